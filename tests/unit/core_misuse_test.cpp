// SPDX-License-Identifier: Apache-2.0
// What the assertions of core catch. Each expression is a mistake that only the agent's own code can make.
#include <edgespan/tracing.hpp>

#include "core/consumer_lock.hpp"
#include "core/encode.hpp"
#include "core/housekeepers.hpp"
#include "core/ids.hpp"
#include "core/open_spans.hpp"
#include "core/put_span.hpp"
#include "core/slot_text.hpp"
#include "support/manual_clock.hpp"
#include "support/misuse.hpp"
#include "support/test.hpp"
#include "support/test_ring.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <new>

namespace {

using namespace edgespan;
using detail::state_of;

constexpr Context sampled{1, 2, 3, 0, Decision::accept};

// An empty ring for each test, in one memory: boards have little.
detail::SpanRing& fresh_ring() {
  static test::Ring<2> memory;
  memory.ring.~SpanRing();
  new (&memory.ring) detail::SpanRing{};
  memory.ring.init(memory.bytes, memory.chunks);
  return memory.ring;
}

// A tracing with one slot. Every test makes its own: a fault leaves them as they were
// then.
struct Traced {
  test::ManualClock clock;
  Tracing tracing;
  Traced() {
    TEST_ASSERT_TRUE(tracing.init(memory, {.local = {.service_name = "x"}}, clock.table()) == Status::ok);
  }
  detail::TracingState& state() { return state_of(tracing); }

  static inline Memory<Limits{.ring_bytes = 1'024, .batch_bytes = 1'024, .spans_open_max = 1}> memory;
};

EDGESPAN_TEST(a_claim_has_a_size_that_a_chunk_can_hold, "misuse") {
  detail::SpanRing& ring = fresh_ring();
  TEST_ASSERT_FAULT(ring.claim(0, 0));
  TEST_ASSERT_FAULT(ring.claim(0, ring_chunk_bytes - 3));
  TEST_ASSERT_FAULT(ring.claim(detail::stripes, 100));
  TEST_ASSERT_NOT_NULL(ring.claim(0, ring_chunk_bytes - 4));
}

EDGESPAN_TEST(a_claim_is_committed_once, "misuse") {
  detail::SpanRing& ring = fresh_ring();
  std::byte* const claimed = ring.claim(0, 100);
  ring.commit(claimed, 100, 7, false);
  TEST_ASSERT_FAULT(ring.commit(claimed, 100, 7, false));
  std::byte* const next = ring.claim(0, 100);
  TEST_ASSERT_FAULT(ring.commit(next, 99, 7, false));
}

EDGESPAN_TEST(what_is_popped_was_committed, "misuse") {
  detail::SpanRing& ring = fresh_ring();
  ring.commit(ring.claim(0, 100), 100, 7, false);
  detail::RingElement element;
  TEST_ASSERT_TRUE(ring.peek(0, element) == detail::SpanRing::Peek::element);
  ring.pop(0);
  TEST_ASSERT_FAULT(ring.pop(0));
}

EDGESPAN_TEST(a_claim_is_zero_when_it_is_given_out, "misuse") {
  detail::SpanRing& ring = fresh_ring();
  std::byte* const claimed = ring.claim(0, 100);
  claimed[100] = std::byte{1};  // where the next claim begins
  TEST_ASSERT_FAULT(ring.claim(0, 100));
}

EDGESPAN_TEST(only_sampled_spans_with_a_length_enter_the_ring, "misuse") {
  Traced traced;
  Context denied = sampled;
  denied.decision = Decision::deny;
  detail::SpanFields span{denied};
  span.duration_us = 1;
  TEST_ASSERT_FAULT(detail::put(traced.state(), span));
  detail::SpanFields without_length{sampled};
  TEST_ASSERT_FAULT(detail::put(traced.state(), without_length));
}

EDGESPAN_TEST(the_consumers_lock_is_held_where_it_is_needed, "misuse") {
  Traced traced;
  TEST_ASSERT_FAULT(detail::fold_counters(traced.state()));
  TEST_ASSERT_FAULT(detail::ConsumerLock::release(traced.state()));
}

EDGESPAN_TEST(a_slot_is_in_use_when_it_is_written_or_ended, "misuse") {
  Traced traced;
  detail::TracingState& state = traced.state();
  SpanSlot& slot = state.memory.spans[0];
  TEST_ASSERT_FAULT(detail::end_slot(state, slot, 5));
  TEST_ASSERT_FAULT(detail::add_tag(state, slot, "a", "b"));
  TEST_ASSERT_FAULT(detail::slot_at(state, 0));
  TEST_ASSERT_FAULT(detail::slot_at(state, sizeof(SpanSlot) - 1));
  TEST_ASSERT_FAULT(detail::slot_at(state, 2 * sizeof(SpanSlot)));
}

EDGESPAN_TEST(the_texts_of_a_slot_fit_into_it, "misuse") {
  Traced traced;
  SpanSlot& slot = traced.state().memory.spans[0];
  detail::clear_texts(slot);
  TEST_ASSERT_FAULT(detail::append_tag(slot, "", "b"));
  slot.name_bytes = span_text_bytes + 1;
  TEST_ASSERT_FAULT(detail::set_tag(slot, "a", "b"));
}

EDGESPAN_TEST(an_element_is_rebased_where_its_time_stands, "misuse") {
  std::array<std::byte, 24> element{};
  std::uint64_t since_us = 0;
  TEST_ASSERT_FAULT(detail::rebase(element, 16, false, 1, since_us));
}

EDGESPAN_TEST(ids_come_from_a_tracing_that_was_initialised, "misuse") {
  // Elsewhere a generator of zeros would draw for ever.
  if constexpr (!detail::few_assertions) {
    Tracing tracing;
    TEST_ASSERT_FAULT(detail::random_id(state_of(tracing)));
  }
  Traced traced;
  TEST_ASSERT_FAULT(detail::new_child(traced.state(), Context{}, nullptr));
}

EDGESPAN_TEST(a_housekeeper_has_work_and_stands_in_one_list_once, "misuse") {
  Traced traced;
  static Housekeeper idle;
  TEST_ASSERT_FAULT(detail::add_housekeeper(traced.state(), idle));
  static Housekeeper first{.sweep = [](void*, std::uint64_t, bool) {}};
  static Housekeeper second = first;
  detail::add_housekeeper(traced.state(), first);
  detail::add_housekeeper(traced.state(), second);
  TEST_ASSERT_FAULT(detail::add_housekeeper(traced.state(), second));
  detail::remove_housekeeper(traced.state(), first);
  TEST_ASSERT_FAULT(detail::remove_housekeeper(traced.state(), first));
}

#if EDGESPAN_ASSERTIONS
EDGESPAN_TEST(a_fault_turns_tracing_off_and_is_counted, "misuse") {
  Traced traced;
  TEST_ASSERT_TRUE(traced.tracing.enabled());
  const detail::FaultHandler before = detail::fault_handler;
  detail::fault_handler = nullptr;  // as in a product
  detail::fault();
  detail::fault_handler = before;
  const Books books = traced.tracing.books();
  const bool enabled = traced.tracing.enabled();
  const bool recorded = traced.tracing.span("late").recording();
  detail::faults.store(0);
  TEST_ASSERT_EQUAL_UINT32(1, books.faults);
  TEST_ASSERT_FALSE(enabled);
  TEST_ASSERT_FALSE(recorded);
}
#endif

}  // namespace
