// SPDX-License-Identifier: Apache-2.0
// Open spans and the agent around them: owners, sweeps, eviction, the drain and the stop, as a whole Tracing.
#include <edgespan/reporter.hpp>
#include <edgespan/tracing.hpp>

#include "core/batch.hpp"
#include "core/consumer_lock.hpp"
#include "core/house_lock.hpp"
#include "core/open_spans.hpp"
#include "core/slot_phase.hpp"
#include "core/thread_state.hpp"
#include "core/tracing_state.hpp"
#include "model/model.hpp"

#include <array>
#include <new>

namespace edgespan::detail {

namespace {
std::array<ThreadState, 3> thread_states;
}
ThreadState& thread_state() noexcept { return thread_states[model::thread_index()]; }

}  // namespace edgespan::detail

namespace edgespan::model {
namespace {

constexpr Limits limits{.ring_bytes = ring_chunk_bytes, .batch_bytes = 2'048, .spans_open_max = 1};
constexpr std::uint32_t deadline_s = 10;
constexpr std::uint64_t late_us = 100'000'000;  // spans of the first minute are over their deadline

struct World {
  Memory<limits> memory;
  Tracing tracing;
  Reporter reporter;
  std::uint64_t started = 0;
  Stage stage;
  Span span;                                                       // that before() has started
  std::array<std::uint64_t, 3> now_us{late_us, late_us, late_us};  // of each thread
};
alignas(World) std::array<std::byte, sizeof(World)> memory;
World& world() noexcept { return *std::launder(reinterpret_cast<World*>(memory.data())); }
detail::TracingState& state() noexcept { return detail::state_of(world().tracing); }

const edgespan_clock clock_table{
    .ctx = nullptr,
    .mono_us = [](void*) { return world().now_us[thread_index()]; },
    .wall_us = [](void*) { return std::uint64_t{1'790'000'000'000'000}; },
    .entropy =
        [](void*, void* out, std::size_t n) {
          std::memset(out, 7, n);
          return true;
        },
    .pause =
        [](void*, std::uint64_t us) {
          world().now_us[thread_index()] += us;
          give_way();
        },
    .listen_for_fork = nullptr,
    .fence_threads = nullptr,
};

void begin_with(bool drop_oldest, void (*fence_threads)(void*) = nullptr) {
  World& w = *new (memory.data()) World;
  for (std::size_t at = 0; at < w.memory.ring.size(); at += 4) share(w.memory.ring.data() + at, 0);
  // Each thread has a stripe of its own.
  for (std::uint32_t i = 0; i < 3; ++i) {
    detail::thread_states[i] = {};
    detail::thread_states[i].stripe_plus_1 = i + 1;
  }
  const TracingConfig config{
      .local = {.service_name = "x"}, .span_deadline_s = deadline_s, .drop_oldest = drop_oldest};
  edgespan_clock clock = clock_table;
  clock.fence_threads = fence_threads;
  require(w.tracing.init(w.memory, config, clock) == Status::ok, "init failed");
}
void begin() { begin_with(false); }
// Where the port can make all threads run a barrier, an owner enters its slot without a compare-and-swap.
void begin_fenced() {
  begin_with(false, [](void*) { fence(); });
}

Span start(const char* name) {
  ++world().started;
  return world().tracing.span(name);
}

void drain() {
  std::uint64_t since_us = late_us;
  static_cast<void>(detail::take_spans(state(), world().memory.batch, since_us));
}

void sweep(bool all) {
  const detail::HouseLock lock{state()};
  detail::sweep_spans(state(), late_us, all);
}

// Every span was counted once.
void end() {
  World& w = world();
  drain();
  const Books books = w.tracing.books();
  require(books.finished == w.started, "not every span was finished once");
  require(books.finished == books.in_ring + books.in_batch + books.delivered + books.dropped_total(),
          "the books do not balance");
  for (const SpanSlot& slot : w.memory.spans) {
    require(detail::slot_phase(slot.state.load(std::memory_order_relaxed)) == detail::SlotPhase::free,
            "a slot is not free");
  }
}

// An owner changes and ends its span, while two threads end all that is open.
void swept(unsigned thread) {
  if (thread == 0) {
    Span span = start("a");
    span.kind(Kind::client);
    span.finish();
  } else {
    sweep(true);
  }
}

// A slot that a span over its deadline had is used by a young one, which no sweep may end.
void begin_with_old_span() {
  begin();
  world().now_us.fill(1);
}
void begin_fenced_with_old_span() {
  begin_fenced();
  world().now_us.fill(1);
}
void used_anew(unsigned thread) {
  World& w = world();
  if (thread == 0) {
    Span old = start("old");
    old.finish();
    w.now_us[0] = late_us;
    SpanSlot* slot = nullptr;
    ++w.started;
    Span young = detail::start_child(w.tracing, {}, slot);
    detail::open_slot(slot);
    w.stage.reach(1);
    if (slot != nullptr) w.stage.await(2);
    require(slot == nullptr || young.recording(), "a sweep ended a young span");
    young.finish();
  } else {
    w.now_us[1] = late_us;
    sweep(false);
    w.stage.await(1);
    sweep(false);
    w.stage.reach(2);
  }
}

// The slot of a span that a sweep ended, and of one that its owner threw away, goes to another thread.
void begin_with_open_span() {
  begin();
  world().span = start("a");
}
void begin_fenced_with_open_span() {
  begin_fenced();
  world().span = start("a");
}
void after_sweep(unsigned thread) {
  World& w = world();
  if (thread == 0) {
    sweep(true);
    w.stage.reach(1);
  } else {
    w.stage.await(1);
    start("b").finish();
  }
}
void after_discard(unsigned thread) {
  World& w = world();
  if (thread == 0) {
    w.span.kind(Kind::client);
    w.span.discard();
    --w.started;
    w.stage.reach(1);
  } else {
    w.stage.await(1);
    start("b").finish();
  }
}

// An owner comes back after a sweep has ended its span, while another thread has the slot and a second sweep
// comes.
void comes_back(unsigned thread) {
  World& w = world();
  if (thread == 0) {
    w.span.kind(Kind::client);
    w.span.finish();
  } else if (thread == 1) {
    sweep(true);
    Span next = start("b");
    next.kind(Kind::server);
    next.finish();
  } else {
    sweep(true);
  }
}

// Two threads that share the only slot.
void shared_slot(unsigned thread) {
  if (thread == 2) return drain();
  Span span = start("a");
  span.kind(Kind::client);
  span.discard();
  --world().started;
  start("b").finish();
}

// The ring is full, and every thread may become the consumer.
void begin_full() {
  begin_with(true);
  while (state().ring.chunks_used() == 0 || world().started < 9) start("a").finish();
}
void evicting(unsigned thread) {
  if (thread == 2) return drain();
  for (int i = 0; i < 2; ++i) start("a").finish();
}

void end_dropping() {
  drain();
  end();
}

// A stop while an owner changes its span and ends it.
void begin_with_reporter() {
  begin();
  World& w = world();
  const Sender sender{.ctx = nullptr,
                      .offer = [](void*, std::span<const std::byte>,
                                  std::uint64_t) { return SendResult{.outcome = Outcome::delivered}; },
                      .cancel = [](void*) {}};
  require(w.reporter.init(w.tracing, sender, {}) == Status::ok, "the reporter does not start");
}
void stopping(unsigned thread) {
  World& w = world();
  if (thread == 0) {
    Span span = start("a");
    if (!span.context().sampled()) --w.started;  // the stop came first
    span.kind(Kind::client);
    span.finish();
  } else if (thread == 1) {
    static_cast<void>(w.reporter.stop(2));
  } else {
    static_cast<void>(w.reporter.step());
  }
}
// Two threads call step(), one after the other.
void stepping(unsigned thread) {
  World& w = world();
  if (thread == 1) w.stage.await(1);
  static_cast<void>(w.reporter.step());
  w.stage.reach(1);
}
void end_stopped() {
  end();
  const Books books = world().tracing.books();
  require(books.in_ring == 0, "a span waits in the ring for ever");
}

constexpr std::array scenarios{
    Scenario{"slots.swept", 3, begin, swept, end, 2},
    Scenario{"slots.entered", 3, begin_fenced, swept, end, 2},
    Scenario{"slots.used_anew", 2, begin_with_old_span, used_anew, end, 2},
    Scenario{"slots.entered_anew", 2, begin_fenced_with_old_span, used_anew, end, 2},
    Scenario{"slots.after_sweep", 2, begin_with_open_span, after_sweep, end, 2},
    Scenario{"slots.comes_back", 3, begin_fenced_with_open_span, comes_back, end, 2},
    Scenario{"slots.after_discard", 2, begin_with_open_span, after_discard, end, 2},
    Scenario{"slots.shared", 3, begin, shared_slot, end, 2},
    Scenario{"slots.evicting", 3, begin_full, evicting, end_dropping, 2},
    Scenario{"slots.stepping", 2, begin_with_reporter, stepping, end, 2},
    Scenario{"slots.stopping", 3, begin_with_reporter, stopping, end_stopped, 2},
};

}  // namespace

std::span<const Scenario> slot_scenarios() noexcept { return scenarios; }

}  // namespace edgespan::model
