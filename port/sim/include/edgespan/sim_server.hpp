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

// What reads the bodies that the collector receives.
struct Receiver {
  void* ctx = nullptr;
  // A whole body has arrived, undamaged. `stored`: the collector keeps it, whatever it answers. False: it is
  // no list of spans, and the collector answers so.
  bool (*receive)(void* ctx, std::string_view body, bool stored) = nullptr;
};

// A collector behind the link: it reads requests and answers as the weather says.
class Server {
 public:
  Server(Link& link, const Clock& clock, Weather& weather);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void set_receiver(const Receiver& receiver) { receiver_ = receiver; }
  // Bodies larger than this are answered with 413.
  void set_body_limit(std::uint64_t bytes) { body_limit_bytes_ = bytes; }
  // Sets the true date: the monotonic time plus this offset. Dates in replies are true dates.
  void set_truth(std::uint64_t offset_us) { truth_offset_us_ = offset_us; }

  std::uint64_t requests() const { return requests_; }                             // that arrived whole
  std::uint32_t refused_by_size_in_a_row() const { return refused_by_size_max_; }  // at most
  std::uint64_t request_given_from() const { return given_from_; }  // bytes given back when the request began
  // The longest wait that the last answer may have asked for: its Retry-After, limited to a second at least
  // and an hour at most. 0: it asked for none.
  std::uint64_t asked_us() const { return asked_us_; }
  // The shortest wait that it asked for, by Retry-After in seconds. 0: it asked in another way, or for none.
  std::uint64_t asked_least_us() const { return asked_least_us_; }
  // The status of the last answer; 0 if that was a plain success, or not HTTP.
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
