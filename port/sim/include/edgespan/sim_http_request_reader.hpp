// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace edgespan::sim {

// Reads requests from bytes that come in pieces of any size: a head up to its empty line, then as many bytes
// as its Content-Length says. One request after another, one connection after another.
class HttpRequestReader {
 public:
  // Takes bytes up to the end of the present request; returns how many.
  std::size_t feed(std::string_view bytes);
  bool begun() const { return !head_.empty(); }
  bool complete() const { return head_complete_ && body_.size() == body_bytes_; }
  // The head is complete and has no length that can be read, so the request has no end.
  bool unframed() const { return head_complete_ && !has_length_; }
  void next();  // after a complete one, and for a new connection

  const std::string& head() const { return head_; }
  const std::string& body() const { return body_; }
  std::uint64_t body_bytes() const { return body_bytes_; }  // announced; known with the head

 private:
  void on_head();

  std::string head_;
  std::string body_;
  std::uint64_t body_bytes_ = 0;
  bool head_complete_ = false;
  bool has_length_ = false;
};

}  // namespace edgespan::sim
