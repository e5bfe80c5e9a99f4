// SPDX-License-Identifier: Apache-2.0
// The life of a slot for an open span. Its word `state` packs a generation (upper 30 bits) and a phase (lower
// two), so that a Span which outlived its slot's use does not meet the next span there.
#pragma once

#include <cstdint>

namespace edgespan::detail {

// Who has made a slot busy owns it, and nobody else reads or writes it: the thread that starts a span (free
// -> busy -> open), the thread that changes it (open -> busy -> open), and whoever ends it, be it finish() or
// the sweep (open -> busy -> free). Nobody waits for a busy slot: the owner
// of a span finds its slot busy only when the sweep has ended the span, and the sweep leaves a busy slot
// alone until the next time.
enum class SlotPhase : std::uint32_t { free = 0, open = 1, busy = 2 };

inline constexpr std::uint32_t slot_generation_mask = 0x3FFFFFFF;

constexpr std::uint32_t slot_state(std::uint32_t generation, SlotPhase phase) noexcept {
  return generation << 2 | static_cast<std::uint32_t>(phase);
}
constexpr SlotPhase slot_phase(std::uint32_t state) noexcept { return static_cast<SlotPhase>(state & 3); }
constexpr std::uint32_t slot_generation(std::uint32_t state) noexcept { return state >> 2; }

// The start of a span in a unit that lets a word last for eight years.
inline constexpr unsigned slot_start_shift = 16;
constexpr std::uint32_t slot_start(std::uint64_t start_us) noexcept {
  return static_cast<std::uint32_t>(start_us >> slot_start_shift);
}

}  // namespace edgespan::detail
