// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <edgespan/http_sender.hpp>
#include <edgespan/sender.hpp>
#include <span>

#include "http/http_reply.hpp"
#include "http/http_request_head.hpp"
#include "http/wide_ids.hpp"

namespace edgespan::http_detail {

// One request and its reply at a time, over a connection that is kept between them. This is the work of
// HttpSender, whose header has the contract.
class HttpExchange {
 public:
  HttpExchange(const edgespan_stream& stream, const HttpUrl& url, const Dialect& dialect,
               const HttpConfig& config) noexcept;

  // As Sender::offer and Sender::cancel.
  SendResult offer(std::span<const std::byte> portion, std::uint64_t now_us) noexcept;
  void cancel() noexcept;

 private:
  enum class State : std::uint8_t { idle, connecting, sending, receiving };
  enum class Turn : std::uint8_t { go_on, wait, ended };

  SendResult take_turns(std::uint64_t now_us) noexcept;
  bool begin(std::span<const std::byte> portion, std::uint64_t now_us) noexcept;
  bool choose_body() noexcept;
  bool kept_connection_usable(std::uint64_t now_us) noexcept;
  void connect(std::uint64_t now_us) noexcept;
  Turn take_turn(std::uint64_t now_us, SendResult& result) noexcept;
  Turn connect_turn(std::uint64_t now_us, SendResult& result) noexcept;
  Turn send_turn(std::uint64_t now_us, SendResult& result) noexcept;
  Turn receive_turn(std::uint64_t now_us, SendResult& result) noexcept;
  Turn stream_ended(std::int32_t error, std::uint64_t now_us, SendResult& result) noexcept;
  SendResult meaning(bool ended) const noexcept;
  bool can_try_wide_ids() const noexcept;
  Turn conclude(bool reusable, std::uint64_t now_us, SendResult& result) noexcept;
  Turn fail(const SendResult& why, SendResult& result) noexcept;
  SendResult wait_or_expire(bool busy, std::uint64_t now_us) noexcept;
  std::span<const std::byte> unsent() noexcept;
  std::uint64_t limit_us() const noexcept;
  bool request_sent() const noexcept { return state_ == State::receiving; }

  const edgespan_stream stream_;
  const Dialect dialect_;
  edgespan_gzip gzip_{};  // without a function: none was given, or the collector does not take it
  const std::uint32_t connect_ms_;
  const std::uint32_t request_ms_;
  // When the connection attempt began, then the request; in State::idle when the open connection fell idle.
  std::uint64_t since_us_ = 0;
  std::uint32_t progress_bytes_per_s_;
  std::uint32_t newly_sent_bytes_ = 0;  // in this call of offer()
  std::span<const std::byte> portion_;
  std::span<const std::byte> body_;  // of the request: the portion, or what it was packed to
  std::size_t sent_bytes_ = 0;       // of head, headers and body together
  HttpReply reply_;
  State state_ = State::idle;
  bool open_ : 1 = false;          // the stream is connected
  bool reused_ : 1 = false;        // the request runs on a kept connection
  bool packed_ : 1 = false;        // the body is
  bool wide_ids_ : 1 = false;      // the collector takes no others
  bool widened_ : 1 = false;       // the body goes out with wide ids, in pieces
  WideHead wide_head_;             // of the piece that is sent
  std::uint16_t newly_begun_ = 0;  // how often a request was begun in this call of offer()
  const std::uint16_t port_;
  const std::uint16_t headers_bytes_;
  std::array<char, HttpUrl::host_bytes_max + 1> host_{};  // with its NUL
  HttpRequestHead head_;
  const char* const headers_;  // the caller's, which end the head
};

}  // namespace edgespan::http_detail
