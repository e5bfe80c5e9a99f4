// SPDX-License-Identifier: Apache-2.0
// The names of all trace headers.
#pragma once

#include <edgespan/b3.hpp>
#include <edgespan/w3c.hpp>

#include "core/b3_impl.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace edgespan::detail {

// A trace header of either format. The first seven are those of B3Key, by number.
enum class TraceKey : std::uint8_t {
  b3,
  trace_id,
  span_id,
  parent_span_id,
  sampled,
  flags,
  none,
  traceparent,
  tracestate
};
static_assert(static_cast<TraceKey>(B3Key::flags) == TraceKey::flags);
static_assert(static_cast<TraceKey>(B3Key::none) == TraceKey::none);

// The spelling that is written, by TraceKey.
inline constexpr std::array<std::string_view, 9> trace_key_names{
    b3_key_names[0],  b3_key_names[1], b3_key_names[2], b3_key_names[3], b3_key_names[4], b3_key_names[5], {},
    traceparent_name, tracestate_name};

constexpr std::uint16_t trace_key_bit(TraceKey key) noexcept {
  return static_cast<std::uint16_t>(1U << static_cast<unsigned>(key));
}

// Which trace header a name is, in any case of its letters: name by name and letter by letter, for names that
// look like one already.
constexpr TraceKey find_trace_key(std::string_view name) noexcept {
  for (std::size_t key = 0; key < trace_key_names.size(); ++key) {
    const std::string_view wanted = trace_key_names[key];
    if (wanted.size() != name.size()) continue;
    std::size_t i = 0;
    while (i < name.size() && (name[i] == wanted[i] || ((name[i] ^ wanted[i]) == 0x20 && wanted[i] >= 'A')))
      ++i;
    if (i == name.size() && !name.empty()) return static_cast<TraceKey>(key);
  }
  return TraceKey::none;
}

// Of a name that begins with 't' or 'T'. The names have letters only, so that folding is exact.
constexpr TraceKey w3c_key(std::string_view name) noexcept {
  if (b3_impl::same_folded(name, traceparent_name)) return TraceKey::traceparent;
  return b3_impl::same_folded(name, tracestate_name) ? TraceKey::tracestate : TraceKey::none;
}

}  // namespace edgespan::detail
