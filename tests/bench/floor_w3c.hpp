// SPDX-License-Identifier: Apache-2.0
// The floor of `traceparent`: version 00, as every system writes it.
#pragma once

#include <edgespan/w3c.hpp>

#include "bench/floor_b3.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace edgespan::bench::floor {

// A digit of the flags; 16 and more if it is none.
inline unsigned flag_digit(char text) noexcept {
  const unsigned digit = static_cast<unsigned>(text - '0');
  const unsigned letter = static_cast<unsigned>(text - 'a');
  return digit <= 9 ? digit : letter <= 5 ? letter + 10 : 16;
}

template <typename Hex>
[[gnu::noinline]] W3cExtraction parse_traceparent(std::string_view value) noexcept {
  W3cExtraction found{W3cError::bad_character, {}};
  const char* const text = value.data();
  if (value.size() != traceparent_bytes || std::memcmp(text, "00-", 3) != 0) return found;
  std::uint64_t bad = static_cast<unsigned>(text[35] ^ '-') | static_cast<unsigned>(text[52] ^ '-');
  Context& context = found.context;
  context.trace_hi = Hex::decode16(text + 3, bad);
  context.trace_lo = Hex::decode16(text + 19, bad);
  context.span_id = Hex::decode16(text + 36, bad);
  const unsigned flags = flag_digit(text[53]) << 4 | flag_digit(text[54]);
  context.decision = (flags & 1) != 0 ? Decision::accept : Decision::deny;
  if (bad == 0 && flags < 256 && context.valid()) found.error = W3cError::ok;
  return found;
}

template <typename Hex>
[[gnu::noinline]] std::size_t write_traceparent(const Context& context, char* text) noexcept {
  std::memcpy(text, "00-", 3);
  Hex::encode16(context.trace_hi, text + 3);
  Hex::encode16(context.trace_lo, text + 19);
  text[35] = '-';
  Hex::encode16(context.span_id, text + 36);
  std::memcpy(text + 52, context.sampled() ? "-01" : "-00", 3);
  return traceparent_bytes;
}

}  // namespace edgespan::bench::floor
