// SPDX-License-Identifier: Apache-2.0
#include "cli/tracing/books_line.hpp"

#include <cstdint>
#include <string_view>

namespace edgespan::cli {
namespace {

void append(std::string& line, std::string_view name, std::uint64_t count) {
  line += ' ';
  line += name;
  line += '=';
  line += std::to_string(count);
}

void append_event(std::string& line, std::string_view name, std::uint64_t count) {
  if (count != 0) append(line, name, count);
}

}  // namespace

std::string books_line(const Books& books) {
  std::string line = "books";
  append(line, "finished", books.finished);
  append(line, "delivered", books.delivered);
  append(line, "dropped", books.dropped_total());
  for (std::size_t i = 0; i < drop_reasons; ++i) {
    append_event(line, drop_reason_name(static_cast<DropReason>(i)), books.dropped[i]);
  }
  append(line, "ring", books.in_ring);
  append(line, "batch", books.in_batch);
  append_event(line, "bytes_sent", books.bytes_sent);
  append_event(line, "retries", books.retries);
  append_event(line, "suspect", books.suspect);
  append_event(line, "resent", books.resent);
  append_event(line, "cuts", books.cuts);
  append_event(line, "expired", books.expired);
  append_event(line, "inflight_full", books.inflight_full);
  append_event(line, "texts_cut", books.texts_cut);
  append_event(line, "scopes_refused", books.scopes_refused);
  append_event(line, "headers_failed", books.headers_failed);
  append_event(line, "roots_unshared", books.roots_unshared);
  append_event(line, "sends_refused", books.sends_refused);
  append_event(line, "refusals_folded", books.refusals_folded);
  append_event(line, "tracestates_dropped", books.tracestates_dropped);
  append_event(line, "faults", books.faults);
  return line;
}

bool all_delivered(const Books& books) noexcept {
  return books.balanced() && books.finished == books.delivered && books.faults == 0;
}

}  // namespace edgespan::cli
