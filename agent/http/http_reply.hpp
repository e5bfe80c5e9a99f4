// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <edgespan/dialect.hpp>
#include <span>
#include <string_view>

namespace edgespan::http_detail {

// Reads one HTTP/1.x reply that arrives in pieces of any size: status line, the headers that matter here, and
// the body up to its end. Interim replies (1xx) are skipped. Looks at `bytes_max` bytes at most.
//
// The status line says what the server did with the request. A head that goes on in an unreadable way (a
// folded line, no colon, lengths that differ), or beyond the bound, takes nothing back of that: it costs the
// connection, since where the body ends cannot be told.
class HttpReply {
 public:
  static constexpr std::uint32_t bytes_max = 8192;

  enum class Phase : std::uint8_t {
    head,      // status line and headers; status() is 0
    body,      // status() is known, the end of the reply is not
    complete,  // read to its end
    garbage,   // not HTTP, or longer than the bound; status() stays if there was a status line
  };

  // Takes the next bytes. Returns how many belong to this reply: all of them until it is complete or garbage.
  std::size_t feed(std::span<const std::byte> bytes) noexcept;

  Phase phase() const noexcept;
  bool started() const noexcept { return seen_bytes_ != 0; }
  // How many more bytes will be looked at; not 0 before the reply is complete or garbage.
  std::size_t bytes_left() const noexcept { return bytes_max - seen_bytes_; }
  std::uint16_t status() const noexcept { return final_status_; }
  // The server will read another request on this connection. Known with status().
  bool keep_alive() const noexcept { return keep_alive_; }
  // For the dialect, once status() is known. `ended`: nothing more will come.
  Answer answer(bool ended) const noexcept;
  // Retry-After in its form in seconds, held between a second and an hour; 0 if there was none.
  std::uint64_t retry_after_us() const noexcept { return std::uint64_t{retry_after_s_} * 1'000'000; }
  // Retry-After in its form as a date, in microseconds since 1970, whatever the date; 0 if there was none.
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
  void take(unsigned char c) noexcept;
  void take_line_byte(unsigned char c) noexcept;
  void take_body_byte(unsigned char c) noexcept;
  void on_line(std::string_view line) noexcept;
  void on_status_line(std::string_view line) noexcept;
  void on_header(std::string_view line) noexcept;
  void on_field(std::string_view name, std::string_view value) noexcept;
  void on_content_length(std::string_view value) noexcept;
  void on_connection(std::string_view value) noexcept;
  void on_content_type(std::string_view value) noexcept;
  void on_head_end() noexcept;
  void on_chunk_size(std::string_view line) noexcept;

  At at_ = At::status_line;
  std::uint8_t line_bytes_ = 0;     // kept in line_
  std::uint8_t opening_count_ = 0;  // kept in opening_
  std::uint16_t status_ = 0;        // of the head that is being read, an interim one included
  std::uint16_t final_status_ = 0;
  std::uint16_t retry_after_s_ = 0;
  std::uint64_t retry_at_s_ = 0;
  std::uint32_t seen_bytes_ = 0;
  std::uint32_t left_bytes_ = 0;  // of the sized body or of the chunk
  AnswerType type_ = AnswerType::unnamed;
  bool unsound_ = false;  // the head: where the body ends cannot be told
  bool after_cr_ = false;
  bool line_cut_ = false;  // the line was longer than line_
  bool keep_alive_ = false;
  bool says_close_ = false;  // wins over keep-alive in whatever order they come
  bool has_length_ = false;
  bool has_coding_ = false;      // some Transfer-Encoding
  bool chunked_ = false;         // and its last is `chunked`
  std::array<char, 96> line_{};  // the beginning of a line; headers that matter are shorter
  std::array<char, Answer::opening_bytes_max> opening_{};  // of the body
};

}  // namespace edgespan::http_detail
