// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <edgespan/sender.hpp>
#include <edgespan/status.hpp>
#include <span>
#include <string_view>

namespace edgespan {

// Where spans are posted. Texts are views: `host` into the URL that was parsed, `path` into it or a constant.
struct HttpUrl {
  static constexpr std::size_t host_bytes_max = 253;  // the longest DNS name
  static constexpr std::size_t path_bytes_max = 255;

  static constexpr std::uint16_t http_port = 80;
  static constexpr std::uint16_t https_port = 443;

  std::string_view host;           // without brackets
  std::string_view path;           // with its '/'; `/api/v2/spans` if the URL has none or the bare '/'
  std::uint16_t port = http_port;  // of the scheme, where the URL names none
  bool secure = false;             // https
};

// Reads `http://host[:port][/path]` or `https://...`. Status::bad_url for any other scheme, user names, a
// query or fragment, spaces and control characters, an empty or too long host or path, a port that is not 1
// to 65535. `out` is changed on success only.
Status parse_http_url(std::string_view url, HttpUrl& out) noexcept;

struct HttpConfig {
  std::uint32_t connect_ms = 10'000;  // 1 or more; from the start of a connection to its being open
  // 1 or more; from the first byte sent to the end of the reply, and a second more for every
  // `progress_bytes_per_s` that the connection has taken. A request that is slower is given up, so that a
  // link of a byte a second costs about request_ms, and one that moves gets the time that its bytes take.
  std::uint32_t request_ms = 15'000;
  std::uint32_t progress_bytes_per_s = 1'000;  // 1 or more
  // Kept; null: batches are sent as they are. A collector that answers 400 or 415 to a packed batch gets that
  // batch again as it is, and every later one too.
  const edgespan_gzip* gzip = nullptr;
};

// Reads one HTTP/1.x reply that arrives in pieces of any size: status line, the headers that matter here, and
// the body up to its end. Interim replies (1xx) are skipped. Looks at `bytes_max` bytes at most.
class HttpReply {
 public:
  static constexpr std::uint32_t bytes_max = 8192;

  enum class Phase : std::uint8_t {
    head,      // status line and headers; status() is 0
    body,      // status() is known, the end of the reply is not
    complete,  // read to its end
    garbage,   // not HTTP, or longer than the bound; status() stays if the head was sound
  };

  // Takes the next bytes; returns how many belong to this reply: all of them until it is complete or garbage.
  std::size_t feed(std::span<const std::byte> bytes) noexcept;

  Phase phase() const noexcept;
  bool started() const noexcept { return seen_bytes_ != 0; }
  // How much more will be looked at; not 0 before the reply is complete or garbage.
  std::size_t bytes_left() const noexcept { return bytes_max - seen_bytes_; }
  std::uint16_t status() const noexcept { return final_status_; }
  // The server will read another request on this connection. Known with status().
  bool keep_alive() const noexcept { return keep_alive_; }
  // The body begins with "413": how Zipkin words a request that is too large, under status 500.
  bool says_too_large() const noexcept;
  // Nothing that is still to come can change what the reply means for the batch.
  bool meaning_known() const noexcept;
  // Retry-After in its seconds form, held between a second and an hour; 0 if there was none.
  std::uint64_t retry_after_us() const noexcept { return std::uint64_t{retry_after_s_} * 1'000'000; }
  // Retry-After in its date form, in microseconds since 1970, whatever the date; 0 if there was none.
  std::uint64_t retry_at_us() const noexcept { return retry_at_s_ * 1'000'000; }

 private:
  enum class At : std::uint8_t {
    status_line,
    header,
    sized_body,
    open_body,
    chunk_size,
    chunk_data,
    chunk_end,
    trailer,
    complete,
    garbage,
  };
  static constexpr std::size_t opening_bytes = 3;  // of the body, kept for says_too_large()

  void take(unsigned char c) noexcept;
  void take_line_byte(unsigned char c) noexcept;
  void take_body_byte(unsigned char c) noexcept;
  void on_line(std::string_view line) noexcept;
  void on_status_line(std::string_view line) noexcept;
  void on_header(std::string_view line) noexcept;
  void on_field(std::string_view name, std::string_view value) noexcept;
  void on_content_length(std::string_view value) noexcept;
  void on_connection(std::string_view value) noexcept;
  void on_head_end() noexcept;
  void on_chunk_size(std::string_view line) noexcept;

  At at_ = At::status_line;
  std::uint8_t line_bytes_ = 0;     // kept in line_
  std::uint8_t opening_count_ = 0;  // kept in opening_
  std::uint16_t status_ = 0;        // of the head being read, an interim one included
  std::uint16_t final_status_ = 0;
  std::uint16_t retry_after_s_ = 0;
  std::uint64_t retry_at_s_ = 0;
  std::uint32_t seen_bytes_ = 0;
  std::uint32_t left_bytes_ = 0;  // of the sized body or of the chunk
  bool after_cr_ = false;
  bool line_cut_ = false;  // the line was longer than line_
  bool keep_alive_ = false;
  bool says_close_ = false;  // wins over keep-alive in whatever order they come
  bool has_length_ = false;
  bool has_coding_ = false;      // some Transfer-Encoding
  bool chunked_ = false;         // and its last is `chunked`
  std::array<char, 96> line_{};  // a known header is shorter; of any other line this much is looked at
  std::array<char, opening_bytes> opening_{};
};

// Posts batches as `application/x-protobuf` to a Zipkin collector (`/api/v2/spans`), one at a time, over a
// kept-alive connection. The request carries `b3: 0`, so that instrumented proxies do not trace it. Redirects
// are not followed. A reply's meaning is settled by its head (and, for a 500, the first bytes of its body): a
// body that is cut short or too long costs the connection, not the verdict.
// Pinned: neither copied nor moved once `sender()` was handed out.
class HttpSender {
 public:
  HttpSender() = default;
  HttpSender(const HttpSender&) = delete;
  HttpSender& operator=(const HttpSender&) = delete;

  // `stream` is kept and used by this sender alone; `url` is copied. Status::bad_url; not_secure if the URL
  // says https and the stream is not `secure`: there is no way back to http; bad_config for http on a secure
  // stream, a zero deadline or an incomplete stream table; already_started the second time. Call once, before
  // sender().
  Status init(const edgespan_stream& stream, std::string_view url, const HttpConfig& config = {}) noexcept;

  // The table for the reporter; valid as long as this object.
  Sender sender() noexcept;

 private:
  enum class State : std::uint8_t { idle, connecting, sending, receiving };
  enum class Turn : std::uint8_t { go_on, wait, ended };
  static constexpr std::size_t length_digits_max = 20;
  static constexpr std::size_t head_bytes_max = HttpUrl::path_bytes_max + HttpUrl::host_bytes_max + 143;

  void write_head(const HttpUrl& url) noexcept;
  void write_length() noexcept;
  SendResult offer(std::span<const std::byte> batch, std::uint64_t now_us) noexcept;
  SendResult take_turns(std::uint64_t now_us) noexcept;
  void cancel() noexcept;
  void begin(std::span<const std::byte> batch, std::uint64_t now_us) noexcept;
  void choose_body(std::span<const std::byte> batch) noexcept;
  bool kept_connection_usable(std::uint64_t now_us) noexcept;
  void connect(std::uint64_t now_us) noexcept;
  Turn take_turn(std::uint64_t now_us, SendResult& result) noexcept;
  Turn connect_turn(std::uint64_t now_us, SendResult& result) noexcept;
  Turn send_turn(std::uint64_t now_us, SendResult& result) noexcept;
  Turn receive_turn(std::uint64_t now_us, SendResult& result) noexcept;
  Turn stream_ended(std::int32_t error, std::uint64_t now_us, SendResult& result) noexcept;
  Turn conclude(bool reusable, std::uint64_t now_us, SendResult& result) noexcept;
  Turn give_up(SendReason reason, SendResult& result) noexcept;
  SendResult wait_or_expire(bool busy, std::uint64_t now_us) noexcept;
  std::uint64_t limit_us() const noexcept;
  bool request_sent() const noexcept { return state_ == State::receiving; }

  const edgespan_stream* stream_ = nullptr;
  const edgespan_gzip* gzip_ = nullptr;  // null: none, or the collector does not take it
  std::uint64_t connect_us_ = 0;
  std::uint64_t request_us_ = 0;
  std::uint32_t progress_bytes_per_s_ = 0;
  std::uint32_t newly_sent_bytes_ = 0;  // in this call of offer()
  std::uint64_t started_us_ = 0;        // of the connection attempt, then of the request
  std::uint64_t kept_since_us_ = 0;     // when the open connection fell idle
  std::size_t batch_bytes_ = 0;
  std::span<const std::byte> body_;  // of the request: the batch, or what it was packed to
  std::size_t sent_bytes_ = 0;       // of head and body together
  HttpReply reply_;
  State state_ = State::idle;
  bool open_ = false;    // the stream is connected
  bool reused_ = false;  // the request runs on a kept connection
  bool packed_ = false;  // the body is
  std::uint16_t port_ = 0;
  std::uint16_t newly_begun_ = 0;       // how often a request was begun in this call of offer()
  std::uint16_t head_fixed_bytes_ = 0;  // up to the digits of Content-Length
  std::uint16_t head_bytes_ = 0;
  std::array<char, HttpUrl::host_bytes_max + 1> host_{};
  std::array<char, head_bytes_max> head_{};
};

}  // namespace edgespan
