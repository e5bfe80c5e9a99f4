// SPDX-License-Identifier: Apache-2.0
// Who owns a slot decides who ends its span.
#include "core/open_spans.hpp"

#include "core/slot_owner.hpp"
#include "support/small_agent.hpp"
#include "support/span_view.hpp"
#include "support/test.hpp"

#include <array>
#include <cstdint>
#include <utility>

namespace {

using namespace edgespan;
using detail::SlotPhase;

// The only span that is open.
SpanSlot& slot_of(test::SmallAgent& agent) {
  for (SpanSlot& slot : detail::state_of(agent.tracing).memory.spans) {
    if (detail::slot_phase(slot.state.load()) != SlotPhase::free) return slot;
  }
  TEST_FAIL_MESSAGE("no span is open");
  return detail::state_of(agent.tracing).memory.spans[0];
}

EDGESPAN_TEST(a_span_that_finds_no_slot_reads_no_clock, "open_spans") {
  test::SmallAgent agent;
  std::array<Span, test::small_limits.spans_open_max> open;
  for (Span& span : open) span = agent.tracing.span("open");
  const std::uint64_t before = agent.clock.reads();
  agent.tracing.span("one too many").tag("left", "out").finish();
  TEST_ASSERT_EQUAL_UINT64(before, agent.clock.reads());
  for (Span& span : open) span.finish();
  TEST_ASSERT_EQUAL_UINT64(1, agent.dropped(DropReason::no_slot));
}

EDGESPAN_TEST(a_sweep_leaves_a_span_alone_that_its_owner_changes, "open_spans") {
  test::SmallAgent agent;
  detail::TracingState& state = detail::state_of(agent.tracing);
  Span span = agent.tracing.span("slow");
  SpanSlot& slot = slot_of(agent);
  const std::uint32_t generation = detail::slot_generation(slot.state.load());
  TEST_ASSERT_TRUE(detail::enter_slot(slot, generation));  // as its owner does, inside of tag()
  for (int i = 0; i < 3; ++i) detail::sweep_spans(state, state.now_us(), true);
  TEST_ASSERT_EQUAL_UINT64(0, agent.tracing.books().finished);
  detail::leave_slot(slot, generation);
  TEST_ASSERT_TRUE(span.recording());
  detail::sweep_spans(state, state.now_us(), true);
  TEST_ASSERT_EQUAL_UINT64(1, agent.tracing.books().finished);
  TEST_ASSERT_EQUAL_UINT32(1, agent.tracing.books().expired);
}

// Every call that changes a span.
[[gnu::noinline]] void say_everything(Span& span) {
  span.name("x").kind(Kind::client).tag("a", "b").annotate("c").error("d").remote_service_name("e");
  span.remote_endpoint({.service_name = "f"});
  span.finish();
}

[[gnu::noinline]] void expect_next(std::span<const std::byte>& batch, std::string_view name,
                                   std::string_view error) {
  test::SpanView view;
  TEST_ASSERT_TRUE(view.take_from(batch));
  TEST_ASSERT_EQUAL_STRING(name, view.name);
  TEST_ASSERT_EQUAL_STRING(error, view.tag("error"));
  TEST_ASSERT_EQUAL_UINT64(error == "<none>" ? 0 : 1, view.tags);
  TEST_ASSERT_EQUAL_UINT64(0, view.annotations);
  TEST_ASSERT_FALSE(view.has_remote);
  TEST_ASSERT_TRUE(view.kind == Kind::none);
}

EDGESPAN_TEST(calls_on_a_span_that_was_ended_do_nothing, "open_spans") {
  test::SmallAgent agent;
  detail::TracingState& state = detail::state_of(agent.tracing);
  Span span = agent.tracing.span("old");
  detail::sweep_spans(state, state.now_us(), true);
  TEST_ASSERT_FALSE(span.recording());
  Span next = agent.tracing.span("new");
  say_everything(span);
  TEST_ASSERT_TRUE(next.recording());
  next.finish();
  std::span<const std::byte> batch = agent.reported();
  expect_next(batch, "old", "abandoned");
  expect_next(batch, "new", "<none>");
  TEST_ASSERT_EQUAL_UINT64(0, batch.size());
}

// Says everything to `dead`, while a span is open in the slot that it may have had.
[[gnu::noinline]] void expect_silence(test::SmallAgent& agent, Span& dead) {
  TEST_ASSERT_FALSE(dead.recording());
  const Books before = agent.tracing.books();
  Span other = agent.tracing.span("other");
  const Context context = dead.context();
  say_everything(dead);
  dead.discard();
  TEST_ASSERT_FALSE(dead.recording());
  TEST_ASSERT_EQUAL_UINT64(context.span_id, dead.context().span_id);
  TEST_ASSERT_TRUE(other.recording());
  other.finish();
  const Books after = agent.tracing.books();
  TEST_ASSERT_EQUAL_UINT64(before.finished + 1, after.finished);
  TEST_ASSERT_EQUAL_UINT64(before.texts_cut, after.texts_cut);
  const std::size_t seen = agent.sender.delivered().size();
  std::span<const std::byte> batch = agent.reported().subspan(seen);
  expect_next(batch, "other", "<none>");
  TEST_ASSERT_EQUAL_UINT64(0, batch.size());
}

EDGESPAN_TEST(calls_on_a_span_that_records_nothing_do_nothing, "open_spans") {
  test::SmallAgent agent;
  Span never;
  expect_silence(agent, never);
  TEST_ASSERT_FALSE(never.context().valid());
  Span unsampled = agent.tracing.child({.decision = Decision::deny});
  TEST_ASSERT_TRUE(unsampled.context().valid());
  expect_silence(agent, unsampled);
  Span discarded = agent.tracing.span("discarded");
  discarded.discard();
  expect_silence(agent, discarded);
  Span moved = agent.tracing.span("moved");
  Span owner = std::move(moved);
  expect_silence(agent, moved);  // NOLINT(bugprone-use-after-move): what is left of it is what is tested
  owner.discard();
  Span finished = agent.tracing.span("finished");
  finished.finish();
  (void)agent.reported();
  expect_silence(agent, finished);
}

EDGESPAN_TEST(what_is_said_of_a_span_in_one_expression_is_all_in_it, "open_spans") {
  test::SmallAgent agent;
  agent.tracing.span("first")
      .name("whole")
      .kind(Kind::consumer)
      .tag("a", "b")
      .annotate("c")
      .error("d")
      .remote_service_name("e")
      .finish();
  Span kept = agent.tracing.span("second").remote_endpoint({.ipv4 = {10, 0, 0, 9}, .port = 7}).tag("f", "g");
  TEST_ASSERT_TRUE(kept.recording());
  kept.finish();
  std::span<const std::byte> batch = agent.reported();
  test::SpanView view;
  TEST_ASSERT_TRUE(view.take_from(batch));
  TEST_ASSERT_EQUAL_STRING("whole", view.name);
  TEST_ASSERT_TRUE(view.kind == Kind::consumer);
  TEST_ASSERT_EQUAL_STRING("b", view.tag("a"));
  TEST_ASSERT_EQUAL_STRING("d", view.tag("error"));
  TEST_ASSERT_EQUAL_UINT64(2, view.tags);
  TEST_ASSERT_EQUAL_UINT64(1, view.annotations);
  TEST_ASSERT_TRUE(view.has_remote);
  TEST_ASSERT_TRUE(view.take_from(batch));
  TEST_ASSERT_EQUAL_STRING("second", view.name);
  TEST_ASSERT_EQUAL_STRING("g", view.tag("f"));
  TEST_ASSERT_TRUE(view.has_remote);
  TEST_ASSERT_EQUAL_UINT32(7, static_cast<std::uint32_t>(view.remote.port));
  TEST_ASSERT_EQUAL_UINT64(0, batch.size());
}

EDGESPAN_TEST(a_slot_keeps_nothing_of_the_span_before, "open_spans") {
  test::SmallAgent agent;
  agent.clock.advance(1'000);
  Span full = agent.tracing.span("full");
  full.kind(Kind::server).tag("error", "mine").annotate("a").remote_service_name("peer");
  full.discard();
  agent.tracing.span("plain").error("other").finish();
  agent.tracing.span("bare").finish();
  std::span<const std::byte> batch = agent.reported();
  expect_next(batch, "plain", "other");
  expect_next(batch, "bare", "<none>");
  TEST_ASSERT_EQUAL_UINT64(0, batch.size());
}

EDGESPAN_TEST(a_span_that_is_assigned_to_itself_stays_and_to_another_ends_that, "open_spans") {
  test::SmallAgent agent;
  Span first = agent.tracing.span("first");
  Span& same = first;
  first = std::move(same);
  TEST_ASSERT_TRUE(first.recording());
  first = agent.tracing.span("second");
  TEST_ASSERT_EQUAL_UINT64(1, agent.tracing.books().finished);
  TEST_ASSERT_TRUE(first.recording());
  first.discard();
  std::span<const std::byte> batch = agent.reported();
  expect_next(batch, "first", "<none>");
  TEST_ASSERT_EQUAL_UINT64(0, batch.size());
}

EDGESPAN_TEST(a_span_survives_until_its_deadline, "open_spans") {
  test::SmallAgent agent{TracingConfig{.local = {.service_name = "x"}, .span_deadline_s = 10}};
  agent.clock.advance(900'000);
  Span span = agent.tracing.span("long");
  agent.run_for(10'000'000);
  TEST_ASSERT_TRUE(span.recording());
  agent.run_for(1'200'000);  // the sweep comes once a second
  TEST_ASSERT_FALSE(span.recording());
  TEST_ASSERT_EQUAL_UINT32(1, agent.tracing.books().expired);
}

EDGESPAN_TEST(the_deadline_is_kept_wherever_in_a_unit_of_the_sweep_a_span_began, "open_spans") {
  constexpr std::uint64_t unit_us = 65'536, deadline_us = 10'000'000;
  for (const std::uint64_t offset_us : {0U, 1U, 38'000U, 38'912U, 60'000U, 65'535U}) {
    test::SmallAgent agent{TracingConfig{.local = {.service_name = "x"}, .span_deadline_s = 10}};
    detail::TracingState& state = detail::state_of(agent.tracing);
    agent.clock.advance(unit_us - state.now_us() % unit_us + offset_us);
    const std::uint64_t start_us = state.now_us();
    Span span = agent.tracing.span("s");
    detail::sweep_spans(state, start_us - unit_us, false);  // the clock was read before the span began
    detail::sweep_spans(state, start_us + deadline_us - 1, false);
    TEST_ASSERT_TRUE(span.recording());
    detail::sweep_spans(state, start_us + deadline_us + 2 * unit_us, false);
    TEST_ASSERT_FALSE(span.recording());
  }
}

EDGESPAN_TEST(a_deadline_of_whole_units_is_kept_to_the_unit, "open_spans") {
  constexpr std::uint64_t unit_us = 65'536;
  for (const std::uint32_t deadline_s : {1'024U, 1'024'000U}) {  // 15,625 units, and a thousand times as many
    test::SmallAgent agent{TracingConfig{.local = {.service_name = "x"}, .span_deadline_s = deadline_s}};
    detail::TracingState& state = detail::state_of(agent.tracing);
    agent.clock.advance(unit_us - state.now_us() % unit_us);
    const std::uint64_t end_us = state.now_us() + std::uint64_t{deadline_s} * 1'000'000;
    Span span = agent.tracing.span("s");
    detail::sweep_spans(state, end_us, false);
    TEST_ASSERT_TRUE(span.recording());
    detail::sweep_spans(state, end_us + unit_us, false);
    TEST_ASSERT_FALSE(span.recording());
  }
}

// Half of the range of what a slot keeps of its start is an age; the other half are spans that began since.
EDGESPAN_TEST(an_age_is_told_from_a_start_to_come, "open_spans") {
  constexpr std::uint64_t unit_us = 65'536;
  test::SmallAgent agent{TracingConfig{.local = {.service_name = "x"}, .span_deadline_s = 10}};
  detail::TracingState& state = detail::state_of(agent.tracing);
  agent.clock.advance(unit_us * 10);
  Span span = agent.tracing.span("s");
  for (std::uint64_t units = 1; units < 10; ++units) {
    detail::sweep_spans(state, state.now_us() - units * unit_us, false);
    TEST_ASSERT_TRUE(span.recording());
  }
  detail::sweep_spans(state, state.now_us() + (std::uint64_t{UINT32_MAX} / 2 + 1) * unit_us, false);
  TEST_ASSERT_TRUE(span.recording());
  detail::sweep_spans(state, state.now_us() + std::uint64_t{UINT32_MAX} / 2 * unit_us, false);
  TEST_ASSERT_FALSE(span.recording());
}

EDGESPAN_TEST(a_span_takes_a_microsecond_at_least, "open_spans") {
  test::SmallAgent agent;
  for (const std::uint64_t us : {0U, 1U, 2U}) {
    Span span = agent.tracing.span("s");
    agent.clock.advance(us);
    span.finish();
  }
  std::span<const std::byte> batch = agent.reported();
  for (const std::uint64_t us : {1U, 1U, 2U}) {
    test::SpanView view;
    TEST_ASSERT_TRUE(view.take_from(batch));
    TEST_ASSERT_EQUAL_UINT64(us, view.duration);
  }
}

EDGESPAN_TEST(generations_that_begin_again_make_no_unsampled_span_own_a_slot, "open_spans") {
  test::SmallAgent agent;
  for (SpanSlot& slot : detail::state_of(agent.tracing).memory.spans) {
    slot.state.store(detail::slot_state(detail::slot_generation_mask, SlotPhase::free));
  }
  std::array<Span, test::small_limits.spans_open_max> open;  // of generation 0
  for (Span& span : open) span = agent.tracing.span("s");
  Span unsampled = agent.tracing.child({.decision = Decision::deny});
  say_everything(unsampled);
  for (Span& span : open) TEST_ASSERT_TRUE(span.recording());
  for (Span& span : open) span.discard();
  TEST_ASSERT_EQUAL_UINT64(0, agent.tracing.books().finished);
}

// Another span takes its slot; no second one has any.
[[gnu::noinline]] void expect_slot_of(test::SmallAgent& agent, Span& span) {
  span.discard();
  TEST_ASSERT_FALSE(span.recording());
  span = agent.tracing.span("again");
  TEST_ASSERT_TRUE(span.recording());
  Span none = agent.tracing.span("none");
  TEST_ASSERT_FALSE(none.recording());
  none.discard();
}

EDGESPAN_TEST(a_slot_that_is_left_is_found_wherever_it_lies, "open_spans") {
  test::SmallAgent agent;
  std::array<Span, test::small_limits.spans_open_max> open;
  for (Span& span : open) span = agent.tracing.span("s");
  for (std::size_t i = 0; i < open.size(); ++i) expect_slot_of(agent, open[i]);
  for (std::size_t i = open.size(); i > 0; --i) expect_slot_of(agent, open[i - 1]);
  for (Span& span : open) {
    TEST_ASSERT_TRUE(span.recording());
    span.discard();
  }
  TEST_ASSERT_EQUAL_UINT64(0, agent.tracing.books().finished);
}

EDGESPAN_TEST(a_span_that_is_finished_after_the_stop_is_dropped_with_a_reason, "open_spans") {
  test::SmallAgent agent;
  Span span = agent.tracing.span("late");
  SpanSlot& slot = slot_of(agent);
  const std::uint32_t generation = detail::slot_generation(slot.state.load());
  TEST_ASSERT_TRUE(detail::enter_slot(slot, generation));  // as its owner does, inside of tag()
  agent.finish_spans(2);
  agent.sender.fallback.outcome = Outcome::unreachable;
  TEST_ASSERT_TRUE(agent.reporter.stop(10) == Status::timeout);
  TEST_ASSERT_EQUAL_UINT64(2, agent.dropped(DropReason::shutdown));
  detail::leave_slot(slot, generation);
  span.finish();
  const Books books = agent.tracing.books();
  TEST_ASSERT_TRUE(books.balanced());
  TEST_ASSERT_EQUAL_UINT64(3, books.finished);
  TEST_ASSERT_EQUAL_UINT64(3, agent.dropped(DropReason::shutdown));
  TEST_ASSERT_EQUAL_UINT64(0, books.in_ring + books.in_batch);
}

}  // namespace
