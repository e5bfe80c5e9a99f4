// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace edgespan::simtest {

// What the oracle wants to know of one span on the wire.
struct WireSpan {
  std::string_view bytes;  // the whole element
  std::uint64_t trace_lo = 0;
  std::uint64_t id = 0;
  std::uint64_t timestamp_us = 0;
  std::uint64_t duration_us = 0;
  bool named_by = false;  // a local endpoint is there
};

// Reads a ListOfSpans, one element after another, and holds each to what Zipkin's collector demands: known
// fields only, in their wire types, ids of the right length and not zero. Written for the oracle, apart from
// the encoder that it judges.
class SpanList {
 public:
  explicit SpanList(std::string_view body) : rest_(body) {}

  bool done() const { return rest_.empty(); }
  // The next span; false if the bytes are no list of spans.
  bool next(WireSpan& out);

 private:
  std::string_view rest_;
};

}  // namespace edgespan::simtest
