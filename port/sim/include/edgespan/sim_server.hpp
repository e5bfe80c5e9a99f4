// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/sim_clock.hpp>
#include <edgespan/sim_http_reply.hpp>
#include <edgespan/sim_http_request_reader.hpp>
#include <edgespan/sim_link.hpp>
#include <edgespan/sim_weather.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace edgespan::sim {

// Whoever reads what the collector gets.
struct Receiver {
  void* ctx = nullptr;
  // A whole body has arrived. `stored`: the collector keeps it, whatever it answers. False: it is no list of
  // spans, and the collector says so. A body that was damaged on its way is not shown.
  bool (*receive)(void* ctx, std::string_view body, bool stored) = nullptr;
};

// A collector behind the link: reads requests, and answers as the weather has it.
class Server {
 public:
  Server(Link& link, const Clock& clock, Weather& weather);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void set_receiver(const Receiver& receiver) { receiver_ = receiver; }
  // Larger bodies are answered with 413, by the announced length or once they are there.
  void set_body_limit(std::uint64_t bytes) { body_limit_bytes_ = bytes; }
  // The true time is the monotonic clock's and this; dates in replies are told by it.
  void set_truth(std::uint64_t offset_us) { truth_offset_us_ = offset_us; }

  std::uint64_t requests() const { return requests_; }                             // that arrived whole
  std::uint32_t refused_by_size_in_a_row() const { return refused_by_size_max_; }  // at most
  std::uint64_t request_given_from() const { return given_from_; }  // position of the way back, at its begin
  // The longest wait that the last answer can be said to have asked for: Retry-After, held between a second
  // and an hour; 0 if it asked for none.
  std::uint64_t asked_us() const { return asked_us_; }
  // The least wait that it asked for, by Retry-After in seconds; 0 if it asked otherwise, or for none.
  std::uint64_t asked_least_us() const { return asked_least_us_; }
  // The status of the last answer that was no plain success; 0 if it was one, or no HTTP.
  std::uint32_t said() const { return said_; }

 private:
  const Conduct& accept();
  void take(std::string_view bytes);
  void forget_answer() { asked_us_ = asked_least_us_ = said_ = 0; }
  void on_early();
  void on_request();
  bool receive(bool stored);
  void answer(Fault fault);
  void say(std::uint32_t status, std::string_view headers = {}, std::string_view body = {},
           Framing framing = Framing::sized);
  void say_success(Framing framing);
  void say_busy();
  void say_refusal(Fault fault);
  void say_oddity(Fault fault);
  void write_retry_after();
  void write_number_header(std::uint64_t seconds);
  void write_date_header(std::uint64_t seconds, bool future);
  void send(std::uint64_t after_us = 0);
  void end();

  Link& link_;
  const Clock& clock_;
  Weather& weather_;
  Receiver receiver_;
  std::uint64_t body_limit_bytes_ = unlimited;
  std::uint64_t truth_offset_us_ = 0;
  std::uint64_t requests_ = 0;
  std::uint64_t given_from_ = 0;
  std::uint32_t refused_by_size_ = 0;
  std::uint32_t refused_by_size_max_ = 0;
  std::uint64_t asked_us_ = 0;
  std::uint64_t asked_least_us_ = 0;
  std::uint32_t said_ = 0;
  bool answered_ = false;  // the request being taken, before its end
  bool hasty_ = false;     // with a success
  Conduct conduct_;
  HttpRequestReader reader_;
  std::string reply_;
  std::string headers_;
};

}  // namespace edgespan::sim
