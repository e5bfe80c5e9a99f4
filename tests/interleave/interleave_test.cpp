// SPDX-License-Identifier: Apache-2.0
// Spans and the ring while one thread stands between two steps of its own.
#include "core/batch.hpp"
#include "core/open_spans.hpp"
#include "core/slot_owner.hpp"
#include "core/thread_state.hpp"
#include "interleave/paused.hpp"
#include "support/manual_clock.hpp"
#include "support/recording_sender.hpp"
#include "support/span_view.hpp"
#include "support/test.hpp"

#include <edgespan/reporter.hpp>
#include <edgespan/tracing.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <memory>

namespace {

using namespace edgespan;
using detail::PausePoint;
using test::Paused;

constexpr Limits limits{.ring_bytes = 8'192, .batch_bytes = 8'192, .spans_open_max = 4};

// A tracer with its memory, and what came out of its ring.
struct World {
  std::unique_ptr<Memory<limits>> memory = std::make_unique<Memory<limits>>();
  test::ManualClock clock;
  Tracing tracing;
  // `fence`: whether the port can make all threads run a barrier.
  explicit World(bool fence = true) {
    if (!fence) clock.forbid_fence();
    clock.advance(1'000'000);
    clock.set_wall(1'790'000'000'000'000);
    const TracingConfig config{.local = {.service_name = "x"}, .span_deadline_s = 10};
    TEST_ASSERT_TRUE(tracing.init(*memory, config, clock.table()) == Status::ok);
  }
  detail::TracingState& state() { return detail::state_of(tracing); }
  // All threads of the test share a stripe, so that they are in each other's way.
  static void share_stripe() { detail::thread_state().stripe_plus_1 = 1; }
  void finish_one() {
    share_stripe();
    tracing.span("a").finish();
  }
  void sweep() { detail::sweep_spans(state(), clock.now_us(), true); }
  std::uint32_t drain() {
    std::uint64_t since_us = clock.now_us();
    return detail::take_spans(state(), memory->batch, since_us).spans;
  }
  // Every span that was finished is in the ring, in a batch, or dropped.
  void check_books(std::uint64_t finished) {
    const Books books = tracing.books();
    TEST_ASSERT_EQUAL_UINT64(finished, books.finished);
    TEST_ASSERT_EQUAL_UINT64(finished,
                             books.in_ring + books.in_batch + books.delivered + books.dropped_total());
  }
};

// One thread stands at `point` of its claim while `meanwhile` spans are finished, behind `before` others.
void lose_a_claim(PausePoint point, std::uint32_t before, std::uint32_t meanwhile) {
  World w;
  for (std::uint32_t i = 0; i < before; ++i) w.finish_one();
  Paused producer{point, [&] {
                    World::share_stripe();
                    w.tracing.span("late").finish();
                  }};
  for (std::uint32_t i = 0; i < meanwhile; ++i) w.finish_one();
  producer.go_on();
  std::uint32_t late = 0, others = 0;
  for (std::uint32_t taken = w.drain(); taken != 0; taken = w.drain()) {
    std::span<const std::byte> batch = w.memory->batch;
    test::SpanView view;
    for (; taken != 0 && view.take_from(batch); --taken) ++(view.name == "late" ? late : others);
    TEST_ASSERT_EQUAL_UINT32(0, taken);  // each of them can be read
  }
  TEST_ASSERT_EQUAL_UINT32(1, late);
  TEST_ASSERT_EQUAL_UINT32(before + meanwhile, others);
  TEST_ASSERT_EQUAL_UINT32(0, w.tracing.books().claims_passed_over);
  w.check_books(before + meanwhile + 1);
}

EDGESPAN_TEST(a_claim_that_lost_its_compare_and_swap_writes_over_nobody, "interleave") {
  for (const std::uint32_t meanwhile : {1U, 2U, 60U}) {  // in the same chunk; more than one holds
    lose_a_claim(PausePoint::cursor_seen, 0, meanwhile);
    lose_a_claim(PausePoint::cursor_seen, 1, meanwhile);
    lose_a_claim(PausePoint::chunk_seen, 0, meanwhile);  // the stripe has no chunk, and gets one
  }
}

EDGESPAN_TEST(a_claim_without_its_size_holds_up_nobody_and_is_read_when_it_is_committed, "interleave") {
  World w;
  w.finish_one();
  Paused producer{PausePoint::claimed, [&] { w.finish_one(); }};
  for (int i = 0; i < 3; ++i) w.finish_one();
  std::uint32_t spans = w.drain();
  spans += w.drain();
  for (int i = 0; i < 4; ++i) w.finish_one();  // in another chunk: nobody can tell where that claim ends
  for (int i = 0; i < 3; ++i) spans += w.drain();
  TEST_ASSERT_EQUAL_UINT64(1, w.tracing.books().claims_passed_over);
  TEST_ASSERT_EQUAL_UINT32(5, spans);
  producer.go_on();
  for (int i = 0; i < 3; ++i) spans += w.drain();
  TEST_ASSERT_EQUAL_UINT32(9, spans);
  w.check_books(9);
  TEST_ASSERT_EQUAL_UINT32(0, w.state().ring.chunks_used());
}

EDGESPAN_TEST(an_element_that_is_not_committed_costs_that_element_alone, "interleave") {
  World w;
  w.finish_one();
  Paused producer{PausePoint::encoded, [&] { w.finish_one(); }};
  for (int i = 0; i < 3; ++i) w.finish_one();
  std::uint32_t spans = w.drain();
  TEST_ASSERT_EQUAL_UINT32(1, spans);
  spans += w.drain();  // the second look passes over it
  TEST_ASSERT_EQUAL_UINT32(4, spans);
  TEST_ASSERT_EQUAL_UINT64(1, w.tracing.books().claims_passed_over);
  w.check_books(5);
  producer.go_on();
  spans += w.drain();
  TEST_ASSERT_EQUAL_UINT32(5, spans);
  w.check_books(5);
}

EDGESPAN_TEST(producers_go_on_while_the_consumer_stands_before_an_element, "interleave") {
  World w;
  w.finish_one();
  std::uint32_t first = 0;
  Paused consumer{PausePoint::peeked, [&] { first = w.drain(); }};
  for (int i = 0; i < 20; ++i) w.finish_one();  // into further chunks
  consumer.go_on();
  TEST_ASSERT_EQUAL_UINT32(21, first + w.drain());
  w.check_books(21);
}

EDGESPAN_TEST(a_sweep_that_was_late_leaves_the_next_span_of_the_slot_alone, "interleave") {
  World w;
  Span old = w.tracing.span("old");
  w.clock.advance(60'000'000);
  const std::uint64_t now_us = w.clock.now_us();
  Paused sweep{PausePoint::slot_found, [&] { detail::sweep_spans(w.state(), now_us, false); }};
  old.finish();
  Span young = w.tracing.span("young");
  sweep.go_on();
  TEST_ASSERT_TRUE(young.recording());
  young.finish();
  TEST_ASSERT_EQUAL_UINT64(0, w.tracing.books().expired);
  w.check_books(2);
}

EDGESPAN_TEST(an_owner_whose_span_is_being_swept_changes_and_finishes_nothing, "interleave") {
  for (const bool fence : {true, false}) {
    World w{fence};
    Span span = w.tracing.span("a");
    Paused sweep{PausePoint::slot_swept, [&] { w.sweep(); }};
    TEST_ASSERT_FALSE(span.recording());
    span.tag("key", "value");
    span.finish();
    w.check_books(0);
    sweep.go_on();
    w.check_books(1);
    TEST_ASSERT_EQUAL_UINT64(1, w.tracing.books().expired);
    TEST_ASSERT_EQUAL_UINT32(1, w.drain());
  }
}

EDGESPAN_TEST(a_sweep_leaves_a_span_alone_that_its_owner_is_changing, "interleave") {
  for (const bool fence : {true, false}) {
    World w{fence};
    Span span = w.tracing.span("a");
    Paused owner{PausePoint::slot_taken, [&] { span.tag("key", "value"); }};
    w.sweep();
    w.check_books(0);
    owner.go_on();
    TEST_ASSERT_TRUE(span.recording());
    span.finish();
    w.check_books(1);
    TEST_ASSERT_EQUAL_UINT64(0, w.tracing.books().expired);
  }
}

// The span that is in the batch is whole, and was delivered once.
void check_kept(World& w, std::uint64_t tags) {
  w.check_books(1);
  TEST_ASSERT_EQUAL_UINT64(0, w.tracing.books().expired);
  TEST_ASSERT_EQUAL_UINT32(1, w.drain());
  std::span<const std::byte> batch = w.memory->batch;
  test::SpanView view;
  TEST_ASSERT_TRUE(view.take_from(batch));
  TEST_ASSERT_EQUAL_UINT64(tags, view.tags);
}

EDGESPAN_TEST(an_owner_takes_back_a_span_that_a_sweep_has_marked, "interleave") {
  World w;
  Span span = w.tracing.span("a");
  Paused sweep{PausePoint::slot_marked, [&] { w.sweep(); }};
  TEST_ASSERT_TRUE(span.recording());
  span.tag("key", "value");
  sweep.go_on();
  TEST_ASSERT_TRUE(span.recording());
  span.finish();
  check_kept(w, 1);
}

EDGESPAN_TEST(an_owner_finishes_a_span_that_a_sweep_has_marked, "interleave") {
  World w;
  Span span = w.tracing.span("a");
  Paused sweep{PausePoint::slot_marked, [&] { w.sweep(); }};
  span.finish();
  Span next = w.tracing.span("next");  // has the slot, and another generation
  sweep.go_on();
  TEST_ASSERT_TRUE(next.recording());
  next.discard();
  check_kept(w, 0);
}

EDGESPAN_TEST(an_owner_that_comes_back_after_a_sweep_disturbs_nobody_who_has_its_slot, "interleave") {
  World w;
  Span old = w.tracing.span("old");
  Paused owner{PausePoint::slot_entered, [&] { old.tag("key", "value"); }};
  w.sweep();
  SpanSlot* slot = nullptr;
  Span young = detail::start_child(w.tracing, {}, slot);
  detail::open_slot(slot);
  const std::uint32_t generation = detail::slot_generation(slot->state.load());
  TEST_ASSERT_TRUE(detail::enter_slot(*slot, generation));
  owner.go_on();
  w.sweep();  // the owner of the young span is inside
  detail::leave_slot(*slot, generation);
  TEST_ASSERT_TRUE(young.recording());
  young.finish();
  w.check_books(2);
  TEST_ASSERT_EQUAL_UINT64(1, w.tracing.books().expired);
}

// stop() comes while a thread is inside finish(): at once, or when only the last word is missing.
EDGESPAN_TEST(a_span_that_is_finished_around_a_stop_is_delivered_or_dropped, "interleave") {
  for (const PausePoint point : {PausePoint::slot_taken, PausePoint::claimed, PausePoint::encoded}) {
    World w;
    test::RecordingSender sender;
    Reporter reporter;
    TEST_ASSERT_TRUE(reporter.init(w.tracing, sender.sender(), {}) == Status::ok);
    Span span = w.tracing.span("a");
    Paused owner{point, [&] { span.finish(); }};
    static_cast<void>(reporter.stop(100));
    const Books between = w.tracing.books();
    TEST_ASSERT_EQUAL_UINT64(0, between.in_ring);
    TEST_ASSERT_EQUAL_UINT64(between.finished, between.delivered + between.dropped_total());
    owner.go_on();
    const Books books = w.tracing.books();
    TEST_ASSERT_EQUAL_UINT64(1, books.finished);
    TEST_ASSERT_EQUAL_UINT64(1, books.delivered + books.dropped_total());
    TEST_ASSERT_EQUAL_UINT64(0, books.in_ring + books.in_batch);
  }
}

EDGESPAN_TEST(a_span_that_is_finished_inside_a_stop_is_delivered_or_dropped, "interleave") {
  for (const PausePoint point : {PausePoint::stop_swept, PausePoint::stop_closed}) {
    World w;
    test::RecordingSender sender;
    Reporter reporter;
    TEST_ASSERT_TRUE(reporter.init(w.tracing, sender.sender(), {}) == Status::ok);
    w.finish_one();
    Paused stop{point, [&] { static_cast<void>(reporter.stop(100)); }};
    w.tracing.enable(true);  // and an application that switches tracing on again amid of it
    w.finish_one();
    stop.go_on();
    const Books books = w.tracing.books();
    TEST_ASSERT_EQUAL_UINT64(2, books.finished);
    TEST_ASSERT_EQUAL_UINT64(2, books.delivered + books.dropped_total());
    TEST_ASSERT_EQUAL_UINT64(0, books.in_ring + books.in_batch);
  }
}

edgespan_fork_listener* fork_listener = nullptr;

// What a child does of its parent's agent must not depend on where the parent's threads stood.
EDGESPAN_TEST(a_child_that_is_forked_amid_of_a_claim_neither_hangs_nor_touches_it, "interleave") {
  for (const PausePoint point :
       {PausePoint::claimed, PausePoint::encoded, PausePoint::peeked, PausePoint::slot_taken}) {
    auto memory = std::make_unique<Memory<limits>>();
    test::ManualClock clock;
    clock.set_wall(1'790'000'000'000'000);
    edgespan_clock table = clock.table();
    table.listen_for_fork = [](void*, edgespan_fork_listener* listener, bool add) {
      fork_listener = add ? listener : nullptr;
    };
    Tracing tracing;
    const TracingConfig config{.local = {.service_name = "x"}};
    TEST_ASSERT_TRUE(tracing.init(*memory, config, table) == Status::ok);
    const auto drain = [&] {
      std::uint64_t since_us = clock.now_us();
      return detail::take_spans(detail::state_of(tracing), memory->batch, since_us).spans;
    };
    tracing.span("first").finish();
    std::uint32_t spans = 0;
    Span span = tracing.span("second");
    Paused thread{point, [&] {
                    span.finish();
                    spans += drain();
                  }};
    const pid_t child = fork();
    TEST_ASSERT_TRUE(child >= 0);
    if (child == 0) {
      alarm(60);  // ends a child that hangs
      fork_listener->forked(fork_listener->ctx);
      span.tag("key", "value");
      span.finish();
      tracing.span("third").finish();
      const Books books = tracing.books();
      World own;  // a tracer of the child's own
      own.finish_one();
      _exit(books.finished == 0 && own.drain() == 1 ? 0 : 1);
    }
    int status = 0;
    TEST_ASSERT_TRUE(waitpid(child, &status, 0) == child);
    TEST_ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    thread.go_on();
    spans += drain();
    TEST_ASSERT_EQUAL_UINT32(2, spans);
  }
}

}  // namespace
