// SPDX-License-Identifier: Apache-2.0
#include <new>

#include "core/open_spans.hpp"
#include "core/put_span.hpp"

namespace edgespan {
namespace detail {

std::atomic<std::uint32_t> faults{0};

namespace {

std::atomic<std::uint32_t> epochs{0};

// Drops old spans of this stripe, or else of another, until a chunk is free again. False if that cannot be
// had at once.
bool evict(TracingState& state, std::uint32_t stripe) noexcept {
  if (!ConsumerLock::try_acquire(state)) return false;
  const std::uint32_t used = state.ring.chunks_used();
  bool freed = false;
  RingElement oldest;
  for (std::uint32_t looked = 0; !freed && looked < stripes;) {
    const bool found = state.ring.peek(stripe, oldest);
    freed = state.ring.chunks_used() < used;  // looking on may have done it
    if (!found) {
      stripe = (stripe + 1) % stripes;
      ++looked;
    } else if (!freed) {
      state.ring.pop(stripe);
      ++state.ledger.sums.dropped[static_cast<std::size_t>(DropReason::ring_full)];
    }
  }
  ConsumerLock::release(state);
  return freed;
}

}  // namespace

ConsumerLock::ConsumerLock(TracingState& state) noexcept : state_{state} {
  while (!try_acquire(state)) state.clock->pause(state.clock->ctx, 20);
}

bool ConsumerLock::try_acquire(TracingState& state) noexcept {
  std::uint32_t open = 0;
  return state.consumer_lock.compare_exchange_strong(open, 1, std::memory_order_acquire,
                                                     std::memory_order_relaxed);
}

void wake_reporter(TracingState& state) noexcept {
  if (state.ring.chunks_used() * 2 < state.ring.chunks()) return;
  if (state.wake_sent.load(std::memory_order_relaxed) != 0 ||
      state.wake_sent.exchange(1, std::memory_order_relaxed) != 0)
    return;
  if (const edgespan_worker* worker = state.worker.load(std::memory_order_acquire)) worker->wake(worker->ctx);
}

bool make_ring_room(TracingState& state, bool again) noexcept {
  const std::uint32_t stripe = thread_stripe();
  if (!again && state.drop_oldest && evict(state, stripe)) return true;
  state.ring.counters(stripe).count(DropReason::ring_full);
  return false;
}

void fold_counters(TracingState& state) noexcept {
  const auto fold = [](std::uint64_t& sum, std::uint32_t now) {
    sum += now - static_cast<std::uint32_t>(sum);
  };
  for (std::uint32_t i = 0; i < stripes; ++i) {
    fold(state.ledger.popped[i], state.ring.popped(i));
    StripeCounters& counters = state.ring.counters(i);
    fold(state.ledger.accepted[i], counters.accepted.load(std::memory_order_relaxed));
    for (std::size_t drop = 0; drop < early_drops; ++drop) {
      fold(state.ledger.dropped_early[i][drop], counters.dropped[drop].load(std::memory_order_relaxed));
    }
  }
}

bool add_housekeeper(TracingState& state, const Housekeeper& housekeeper) noexcept {
  for (Housekeeper& place : state.housekeepers) {
    if (place.sweep != nullptr) continue;
    place = housekeeper;
    return true;
  }
  return false;
}

}  // namespace detail

Tracing::Tracing() noexcept {
  static_assert(sizeof(detail::TracingState) <= sizeof state_ && alignof(detail::TracingState) <= 64);
  new (state_.data()) detail::TracingState{};
}

Status Tracing::init(const TracingMemory& memory, const TracingConfig& config,
                     const edgespan_clock& clock) noexcept {
  detail::TracingState& inside = detail::state_of(*this);
  if (inside.epoch != 0) return Status::already_started;
  if (clock.mono_us == nullptr || clock.wall_us == nullptr || clock.entropy == nullptr ||
      clock.pause == nullptr) {
    return Status::bad_config;
  }
  if (config.span_deadline_s == 0) return Status::bad_config;
  if (shortfall(memory).array != nullptr) return Status::too_small;
  if (config.local.service_name.empty() ||
      !detail::encode_endpoint(config.local, detail::EndpointField::local, inside.local)) {
    return Status::bad_text;
  }
  inside.clock = &clock;
  inside.memory = memory;
  inside.sampler = config.sampler;
  inside.span_deadline_s = config.span_deadline_s;
  inside.trace_id_128 = config.trace_id_128;
  inside.drop_oldest = config.drop_oldest;
  inside.ring.init(memory.ring, memory.chunks);
  for (SpanSlot& slot : memory.spans) slot.state.store(0, std::memory_order_relaxed);
  inside.epoch = detail::epochs.fetch_add(1, std::memory_order_relaxed) + 1;
  detail::seed(inside);
  return Status::ok;
}

Span Tracing::child(const Context& parent) noexcept {
  detail::TracingState& inside = detail::state_of(*this);
  if (!inside.active()) return {};
  const Context& from = parent.valid() ? parent : current();
  return detail::open_span(*this,
                           from.valid() ? detail::new_child(inside, from, nullptr)
                                        : detail::new_root(inside, parent.decision, nullptr),
                           0);
}

Span Tracing::span(std::string_view name) noexcept {
  Span made = child(Context{});
  made.name(name);
  return made;
}

void Tracing::enable(bool on) noexcept { detail::state_of(*this).off.store(!on, std::memory_order_relaxed); }

bool Tracing::enabled() const noexcept { return detail::state_of(const_cast<Tracing&>(*this)).active(); }

Books Tracing::books() noexcept {
  detail::TracingState& inside = detail::state_of(*this);
  if (inside.epoch == 0) return {};
  const detail::ConsumerLock lock{inside};
  detail::fold_counters(inside);
  const detail::Ledger& ledger = inside.ledger;
  Books books = ledger.sums;
  for (std::uint32_t i = 0; i < detail::stripes; ++i) {
    books.finished += ledger.accepted[i];
    books.in_ring += ledger.accepted[i] - ledger.popped[i];
    for (std::size_t drop = 0; drop < detail::early_drops; ++drop) {
      const std::uint64_t count = ledger.dropped_early[i][drop];
      books.dropped[drop] += count;
      books.finished += count;
    }
  }
  const auto event = [&](detail::Event which) {
    return inside.events[static_cast<std::size_t>(which)].load(std::memory_order_relaxed);
  };
  books.expired = event(detail::Event::expired);
  books.inflight_full = event(detail::Event::inflight_full);
  books.texts_cut = event(detail::Event::text_cut);
  books.scopes_refused = event(detail::Event::scope_refused);
  books.headers_failed = event(detail::Event::header_failed);
  books.roots_unshared = event(detail::Event::root_unshared);
  books.faults = detail::faults.load(std::memory_order_relaxed);
  return books;
}

}  // namespace edgespan
