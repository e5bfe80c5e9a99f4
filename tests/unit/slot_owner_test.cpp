// SPDX-License-Identifier: Apache-2.0
// An owner that finds its slot marked, and a sweep that marks one, step by step. Which orders of memory this
// needs the model checker explores (tests/model); here is what each step answers and leaves behind.
#include "core/slot_owner.hpp"

#include "core/open_spans.hpp"
#include "core/slot_text.hpp"
#include "support/manual_clock.hpp"
#include "support/test.hpp"

#include <cstdint>

namespace {

using namespace edgespan;
using namespace edgespan::detail;

constexpr std::uint32_t generation = 2;
static_assert(!contested(generation));

EDGESPAN_TEST(an_owner_has_its_slot_back_whether_the_sweep_is_there_still_or_has_gone, "slot_owner") {
  for (const SlotPhase phase : {SlotPhase::ending, SlotPhase::open}) {
    SpanSlot slot;
    slot.state.store(slot_state(generation, phase));
    slot.inside.store(1);
    TEST_ASSERT_TRUE(take_back(slot, generation, slot_state(generation, SlotPhase::ending)));
    TEST_ASSERT_EQUAL_UINT32(slot_state(generation, SlotPhase::open), slot.state.load());
    TEST_ASSERT_EQUAL_UINT32(1, slot.inside.load());
  }
}

EDGESPAN_TEST(an_owner_leaves_a_slot_that_the_sweep_has_taken, "slot_owner") {
  for (const SlotPhase phase : {SlotPhase::busy, SlotPhase::free}) {
    SpanSlot slot;
    slot.state.store(slot_state(generation, phase));
    slot.inside.store(1);
    TEST_ASSERT_FALSE(take_back(slot, generation, slot_state(generation, SlotPhase::ending)));
    TEST_ASSERT_EQUAL_UINT32(slot_state(generation, phase), slot.state.load());
    TEST_ASSERT_EQUAL_UINT32(0, slot.inside.load());
  }
}

// What a sweep has marked, an owner may not have seen yet: the fence makes it.
EDGESPAN_TEST(a_sweep_looks_for_the_owner_behind_a_fence, "slot_owner") {
  static int fences;
  static Memory<tiny_limits> memory;
  fences = 0;
  test::ManualClock clock;
  edgespan_clock table = clock.table();
  table.fence_threads = [](void*) { ++fences; };
  Tracing tracing;
  TEST_ASSERT_TRUE(tracing.init(memory, {.local = {.service_name = "x"}}, table) == Status::ok);
  TracingState& state = state_of(tracing);
  Span span = tracing.span("s");
  TEST_ASSERT_EQUAL_INT(0, fences);
  sweep_spans(state, state.now_us(), true);
  TEST_ASSERT_EQUAL_INT(1, fences);
  TEST_ASSERT_FALSE(span.recording());
}

EDGESPAN_TEST(texts_of_a_slot_fit_up_to_the_last_byte, "slot_owner") {
  SpanSlot slot;
  clear_texts(slot);
  slot.tag_bytes = 100;
  slot.name_bytes = static_cast<std::uint8_t>(slot.text.size() - 100 < 255 ? slot.text.size() - 100 : 255);
  slot.annotation_bytes = static_cast<std::uint16_t>(slot.text.size() - 100U - slot.name_bytes);
  TEST_ASSERT_TRUE(texts_fit(slot));
  ++slot.annotation_bytes;
  TEST_ASSERT_FALSE(texts_fit(slot));
}

}  // namespace
