// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/span.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace edgespan::cli {

// A span as a collector sees it, read from the bytes of a post alone.
struct CollectedSpan {
  std::string trace_id;   // lower-case hexadecimal, as are the other ids
  std::string parent_id;  // empty on a root
  std::string id;
  Kind kind = Kind::none;
  std::string name;
  std::uint64_t timestamp_us = 0;  // since 1970; 0: none
  std::uint64_t duration_us = 0;   // 0: none
  std::string service;
  std::string remote_service;
  std::vector<std::pair<std::uint64_t, std::string>> annotations;
  std::vector<std::pair<std::string, std::string>> tags;  // in the order of the wire
  bool debug = false;
  bool shared = false;
};

// Reads the body of a post, a ListOfSpans, and appends its spans to `out`. Returns false, with a sentence in
// `error`, if the body is no ListOfSpans or if a span lacks its trace id or its id; `out` is then as it was.
bool decode_spans(std::string_view body, std::vector<CollectedSpan>& out, std::string& error);

// PRODUCER, CONSUMER, CLIENT, SERVER, or `-` for none.
std::string_view kind_text(Kind kind) noexcept;

}  // namespace edgespan::cli
