// SPDX-License-Identifier: Apache-2.0
// The floor of `traceparent`: version 00, as every system writes it.
#pragma once

#include <edgespan/w3c.hpp>

#include "bench/floor_b3.hpp"

#include <array>
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

// Whether a name of 11 letters is `traceparent`, in any case: two words that overlap.
inline bool is_parent_name(const char* text) noexcept {
  constexpr std::string_view name = "traceparent";
  const auto differ = [&](std::size_t at) {
    std::uint64_t left = 0;
    std::uint64_t right = 0;
    std::memcpy(&left, text + at, 8);
    std::memcpy(&right, name.data() + at, 8);
    return (left | 0x2020202020202020) ^ right;
  };
  return (differ(0) | differ(name.size() - 8)) == 0;
}

// `b3` and `traceparent` of one record, the last of different traces; X-B3-* is looked for by the length of
// its names alone.
[[gnu::noinline]] inline B3Extraction extract_both(const Header* headers, std::size_t count) noexcept {
  B3Extraction found;
  bool x = false;
  bool parent_last = false;
  std::string_view parent;
  std::string_view single;
  for (const Header* header = headers; header != headers + count; ++header) {
    switch (header->name.size()) {
      case 2:
        if (std::memcmp(header->name.data(), "b3", 2) != 0) break;
        single = header->value;
        parent_last = false;
        break;
      case 11:
        if (is_parent_name(header->name.data())) {
          parent = header->value;
          parent_last = true;
        }
        [[fallthrough]];
      case 10:
      case 12:
      case 17:
        x |= (header->name[0] | 0x20) == 'x';
        break;
      default:
        break;
    }
  }
  if (x) return found;  // no record of the workload has any
  if (single.data() != nullptr) found = parse<Vector>(single);
  if (parent.data() == nullptr) return found;
  const W3cExtraction w3c = parse_traceparent<Vector>(parent);
  if (w3c.error != W3cError::ok) return found;
  const bool same =
      found.context.trace_lo == w3c.context.trace_lo && found.context.trace_hi == w3c.context.trace_hi;
  if (found.kind != B3Extraction::Kind::ids || parent_last) {
    if (!same || found.context.decision != Decision::debug) found.context = w3c.context;
    found.kind = B3Extraction::Kind::ids;
    found.error = B3Error::ok;
  }
  return found;
}

// What a carrier does with a header: it keeps a copy.
struct Carrier {
  std::array<char, 256> text;
  std::size_t size;

  bool put(std::string_view value) noexcept {
    std::memcpy(text.data() + size, value.data(), value.size());
    size += value.size();
    return true;
  }
};

[[gnu::noinline]] inline void inject_both(const Context& context, Carrier& carrier) noexcept {
  std::array<char, short_bytes> single;
  std::array<char, traceparent_bytes> parent;
  carrier.put({single.data(), write_no_parent<Vector>(context, single.data())});
  carrier.put({parent.data(), write_traceparent<Vector>(context, parent.data())});
}

}  // namespace edgespan::bench::floor
