// SPDX-License-Identifier: Apache-2.0
#include <edgespan/tracing.hpp>
#include <new>

#include "core/consumer_lock.hpp"
#include "core/encoded_endpoint.hpp"
#include "core/ids.hpp"
#include "core/open_spans.hpp"
#include "core/quick_text.hpp"
#include "core/slot_phase.hpp"
#include "core/slot_text.hpp"
#include "core/tracing_state.hpp"

namespace edgespan {
namespace {

std::atomic<std::uint32_t> epochs{0};

// Small code looks at the ring alone: bytes may lie anywhere, while a compiler puts the other arrays where
// their types may.
bool misaligned(const TracingMemory& memory) noexcept {
  const auto off = [](const void* array, std::size_t align) {
    return reinterpret_cast<std::uintptr_t>(array) % align != 0;
  };
  if (off(memory.ring.data(), ring_align)) return true;
  return !detail::small_code &&
         (off(memory.chunks.data(), alignof(RingChunk)) || off(memory.spans.data(), alignof(SpanSlot)));
}

}  // namespace

Tracing::Tracing() noexcept {
  static_assert(sizeof(detail::TracingState) <= sizeof state_ && alignof(detail::TracingState) <= 64);
  new (state_.data()) detail::TracingState{};
}

Tracing::~Tracing() {
  detail::TracingState& inside = detail::state_of(*this);
  if (detail::has_threads && inside.fork_listener.forked != nullptr) {
    EDGESPAN_ASSERT(detail::few_assertions ||
                    (inside.clock.listen_for_fork != nullptr && inside.fork_listener.ctx == &inside));
    inside.clock.listen_for_fork(inside.clock.ctx, &inside.fork_listener, false);
  }
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
  if (misaligned(memory)) return Status::misaligned;
  if (config.local.service_name.empty() ||
      !detail::encode_endpoint(config.local, detail::EndpointField::local, inside.local)) {
    return Status::bad_text;
  }
  EDGESPAN_ASSERT(detail::few_assertions || inside.local.size != 0);
  EDGESPAN_ASSERT(detail::few_assertions || memory.spans.size() <= spans_open_most);
  inside.clock = clock;
  inside.memory = memory;
  inside.sampler = config.sampler;
  inside.span_deadline_s = config.span_deadline_s;
  inside.trace_id_128 = config.trace_id_128;
  inside.drop_oldest = config.drop_oldest;
  inside.ring.init(memory.ring, memory.chunks);
  EDGESPAN_ASSERT(detail::few_assertions || inside.ring.chunks_used() == 0);
  EDGESPAN_ASSERT(detail::few_assertions || inside.ring.chunks() * ring_chunk_bytes == memory.ring.size());
  inside.epoch = epochs.fetch_add(1, std::memory_order_relaxed) + 1;
  EDGESPAN_ASSERT(detail::few_assertions || inside.epoch != 0);
  // A Span that has outlived an earlier use of this memory must not meet its generation again.
  std::uint32_t generation = inside.epoch << 20 & detail::slot_generation_mask;
  if (detail::has_threads && clock.fence_threads == nullptr) generation |= detail::slot_contested;
  for (SpanSlot& slot : memory.spans) {
    slot.state.store(detail::slot_state(generation, detail::SlotPhase::free), std::memory_order_relaxed);
  }
  if (detail::has_threads && clock.listen_for_fork != nullptr) {
    inside.fork_listener.ctx = &inside;
    inside.fork_listener.forked = [](void* state) { static_cast<detail::TracingState*>(state)->on_fork(); };
    clock.listen_for_fork(clock.ctx, &inside.fork_listener, true);
  }
  detail::seed(inside);
  return Status::ok;
}

Span Tracing::child(const Context& parent) noexcept { return detail::start_child(*this, parent, nullptr); }

Span Tracing::span(std::string_view name) noexcept {
  SpanSlot* slot = nullptr;
  Span made = detail::start_child(*this, {}, slot);
  EDGESPAN_ASSERT(detail::few_assertions || slot == nullptr || made.context().sampled());
  if (slot != nullptr && !(detail::quick_texts && detail::add_name_quickly(*slot, name)) &&
      !detail::set_name(*slot, name)) {
    detail::state_of(*this).count(detail::Event::text_cut);
  }
  detail::open_slot(slot);
  return made;
}

void Tracing::enable(bool on) noexcept {
  detail::TracingState& inside = detail::state_of(*this);
  inside.off.store(!on || forked(), std::memory_order_relaxed);
}

bool Tracing::forked() const noexcept { return detail::state_of(const_cast<Tracing&>(*this)).in_child(); }

bool Tracing::enabled() const noexcept { return detail::state_of(const_cast<Tracing&>(*this)).active(); }

Books Tracing::books() noexcept {
  detail::TracingState& inside = detail::state_of(*this);
  if (inside.epoch == 0 || forked()) return {};
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
  if (inside.stopped.load(std::memory_order_relaxed)) {
    books.dropped[static_cast<std::size_t>(DropReason::shutdown)] += books.in_ring;
    books.in_ring = 0;
  }
  EDGESPAN_ASSERT(detail::few_assertions || books.in_ring <= books.finished);
  EDGESPAN_ASSERT(detail::few_assertions || (ledger.sums.finished == 0 && ledger.sums.in_ring == 0));
  const auto event = [&](detail::Event which) {
    return inside.events[static_cast<std::size_t>(which)].load(std::memory_order_relaxed);
  };
  books.expired = event(detail::Event::expired);
  books.inflight_full = event(detail::Event::inflight_full);
  books.texts_cut = event(detail::Event::text_cut);
  books.scopes_refused = event(detail::Event::scope_refused);
  books.headers_failed = event(detail::Event::header_failed);
  books.roots_unshared = event(detail::Event::root_unshared);
  if constexpr (detail::has_threads) {  // messages come from clients with threads
    books.sends_refused = event(detail::Event::send_refused);
    books.refusals_folded = event(detail::Event::refusal_folded);
    books.tracestates_dropped = event(detail::Event::tracestate_dropped);
  }
  books.claims_passed_over = inside.ring.passed_over();
  books.faults = detail::faults.load(std::memory_order_relaxed);
  return books;
}

}  // namespace edgespan
