// SPDX-License-Identifier: Apache-2.0
// The inside of a Tracing: what spans, the reporter and the modules above core share.
#pragma once

#include <array>
#include <cstdint>
#include <edgespan/atomic.hpp>
#include <edgespan/housekeeper.hpp>
#include <edgespan/tracing.hpp>
#include <span>

#include "core/access.hpp"
#include "core/assert.hpp"
#include "core/code.hpp"
#include "core/context_copy.hpp"
#include "core/encode.hpp"
#include "core/encoded_endpoint.hpp"
#include "core/span_ring.hpp"
#include "core/thread_state.hpp"

namespace edgespan::detail {

// Rare events; each is one of the counters at the end of Books.
enum class Event : std::uint8_t {
  expired,
  inflight_full,
  text_cut,
  scope_refused,
  header_failed,
  root_unshared,
  send_refused,
  refusal_folded,
  tracestate_dropped,
  count
};

// What only the consumer of the ring changes, under its lock.
struct Ledger {
  std::array<std::uint64_t, stripes> accepted{};  // 64-bit sums of the stripes' 32-bit counters
  std::array<std::uint64_t, stripes> popped{};
  std::array<std::array<std::uint64_t, early_drops>, stripes> dropped_early{};
  Books sums;  // all but `finished`, `in_ring`, those drops and the rare events
};

// Begins as zeros.
//
// In a forked child the copy of the parent's state is switched off for good: its ids would repeat the
// parent's, its locks may be held by threads that do not exist there, and its spans are the parent's to
// deliver.
struct TracingState {
  edgespan_clock clock{};
  TracingMemory memory{};
  Sampler sampler = Sampler::never();  // this and the next three: as in TracingConfig
  std::uint32_t span_deadline_s = 0;
  bool trace_id_128 = false;
  bool drop_oldest = false;
  EncodedEndpoint local{};
  SpanRing ring{};
  Housekeeper* housekeepers = nullptr;  // the last one that was added; under `house_lock`
  std::array<Atomic<std::uint32_t>, static_cast<std::size_t>(Event::count)> events{};
  Ledger ledger{};
  std::array<std::uint64_t, 4> seed{};
  Atomic<std::uint32_t> consumer_lock{0};
  Atomic<std::uint32_t> house_lock{0};
  Atomic<std::uint32_t> wake_sent{0};
  Atomic<const edgespan_worker*> worker{nullptr};
  Atomic<std::uint32_t> threads_seeded{0};
  std::uint32_t epoch = 0;  // 0: init has not succeeded
  Atomic<bool> off{false};
  Atomic<bool> stopped{false};  // no reporter takes spans any more: what is in the ring is dropped
  Atomic<bool> forked{false};   // this is the copy in a forked child
  Atomic<bool> seeded{false};
  edgespan_fork_listener fork_listener{};

  std::uint64_t now_us() const noexcept { return clock.mono_us(clock.ctx); }
  std::uint64_t wall_us() const noexcept {
    EDGESPAN_ASSERT(few_assertions || epoch != 0);
    return clock.wall_us(clock.ctx);
  }
  void pause(std::uint64_t us) const noexcept {
    EDGESPAN_ASSERT(few_assertions || epoch != 0);
    clock.pause(clock.ctx, us);
  }
  EDGESPAN_SHARED void count(Event event) noexcept {
    EDGESPAN_ASSERT(event < Event::count);
    events[static_cast<std::size_t>(event)].fetch_add(1, std::memory_order_relaxed);
  }
  bool in_child() const noexcept { return has_threads && forked.load(std::memory_order_relaxed); }
  // In a forked child, before anything else runs there.
  void on_fork() noexcept {
    EDGESPAN_ASSERT(few_assertions || epoch != 0);
    forked.store(true, std::memory_order_relaxed);
    off.store(true, std::memory_order_relaxed);
    worker.store(nullptr, std::memory_order_relaxed);
  }
  // Whether new spans are made: switched on, and the ids can be chosen at random.
  bool active() const noexcept {
    return !off.load(std::memory_order_relaxed) && seeded.load(std::memory_order_acquire) &&
           (!assertions || faults.load(std::memory_order_relaxed) == 0);
  }
};

inline TracingState& state_of(Tracing& tracing) noexcept { return Access::state(tracing); }

// Wakes the port's thread when half the ring is taken: once, until spans have left the ring. Any thread.
void wake_reporter(TracingState& state) noexcept;

// Brings the 64-bit sums up to date; under the consumer's lock. Before a counter has gone round once more.
void fold_counters(TracingState& state) noexcept;

}  // namespace edgespan::detail
