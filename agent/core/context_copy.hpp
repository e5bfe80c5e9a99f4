// SPDX-License-Identifier: Apache-2.0
// Copies of contexts, member by member. A processor that reads a context in wider pieces than it has just
// written it in waits until the writes have reached the cache.
#pragma once

#include <cstdint>
#include <edgespan/context.hpp>
#include <type_traits>

#include "core/code.hpp"

namespace edgespan::detail {

// A copy where the code is fast; where it is small, the context itself.
#if EDGESPAN_SMALL_CODE
constexpr const Context& copy_of(const Context& from) noexcept { return from; }
#else
// A byte that the compiler does not read together with its neighbour.
constexpr std::uint8_t byte_alone(std::uint8_t value) noexcept {
  if (!std::is_constant_evaluated()) asm("" : "+r"(value));
  return value;
}
constexpr Context copy_of(const Context& from) noexcept {
  const auto decision = static_cast<Decision>(byte_alone(static_cast<std::uint8_t>(from.decision)));
  return {from.trace_hi, from.trace_lo, from.span_id, from.parent_id, decision, from.w3c};
}
#endif

// The context that a slot holds in members of its own, so that the decision takes the place beside other
// small ones. It is there to be recorded, so `w3c`, which only headers need, is not kept.
template <typename Slot>
constexpr Context context_of(const Slot& slot) noexcept {
  return {slot.trace_hi, slot.trace_lo, slot.span_id, slot.parent_id, slot.decision};
}
template <typename Slot>
constexpr void set_context(Slot& slot, const Context& context) noexcept {
  slot.trace_hi = context.trace_hi;
  slot.trace_lo = context.trace_lo;
  slot.span_id = context.span_id;
  slot.parent_id = context.parent_id;
  slot.decision = context.decision;
}

}  // namespace edgespan::detail
