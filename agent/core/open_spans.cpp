// SPDX-License-Identifier: Apache-2.0
#include "core/open_spans.hpp"

#include "core/ids_impl.hpp"
#include "core/pause_point.hpp"
#include "core/quick_text.hpp"
#include "core/slot_owner.hpp"
#include "core/slot_text.hpp"

namespace edgespan::detail {
namespace {

// Turns a free slot into a busy one of this thread; null if all are taken. The search begins at the slot that
// this thread used last: threads do not meet while there are enough slots.
EDGESPAN_INLINE SpanSlot* claim_slot(const TracingState& state, std::uint32_t& end,
                                     std::uint32_t& generation) noexcept {
  ThreadState& thread = thread_state();
  constexpr std::uint32_t step = sizeof(SpanSlot);
  const auto bytes = static_cast<std::uint32_t>(state.memory.spans.size_bytes());
  auto* const slots = reinterpret_cast<std::byte*>(state.memory.spans.data());
  std::uint32_t at = thread.slot;
  for (std::uint32_t left = bytes; left != 0; left -= step, at += step) {
    if (at >= bytes) at = 0;
    auto* const slot = reinterpret_cast<SpanSlot*>(slots + at);
    std::uint32_t seen = slot->state.load(std::memory_order_relaxed);
    if (slot_phase(seen) != SlotPhase::free) continue;
    const std::uint32_t next = next_generation(slot_generation(seen));
    if (slot->state.compare_exchange_strong(seen, slot_state(next, SlotPhase::busy),
                                            std::memory_order_acquire, std::memory_order_relaxed)) {
      thread.slot = at;
      end = at + step;
      generation = next;
      return slot;
    }
  }
  return nullptr;
}

// Fills a slot for a sampled span that starts now; null if all are taken.
EDGESPAN_INLINE SpanSlot* begin_slot(TracingState& state, const Context& context, std::uint32_t& end,
                                     std::uint32_t& generation) noexcept {
  SpanSlot* const claimed = claim_slot(state, end, generation);
  if (claimed == nullptr) return nullptr;
  const std::uint64_t start_us = state.now_us();
  SpanSlot& slot = *claimed;
  if constexpr (has_threads) slot.inside.store(0, std::memory_order_relaxed);
  slot.kind = 0;
  slot.flags = 0;
  clear_texts(slot);
  slot.start_us = start_us;
  slot.start.store(slot_start(start_us), std::memory_order_relaxed);
  set_context(slot, context);
  return claimed;
}

// Of a span that ends now; the collector takes 0 for absent.
inline std::uint64_t duration_of(std::uint64_t start_us, std::uint64_t now_us) noexcept {
  const std::uint64_t elapsed_us = now_us - start_us;
  return elapsed_us == 0 ? 1 : elapsed_us;
}

inline Kind kind_of(const SpanSlot& slot) noexcept { return static_cast<Kind>(std::uint8_t{slot.kind}); }

// Puts the span of a slot into the ring, as put_slot() does: without SpanFields, which the stack would have
// to hold while room is claimed.
EDGESPAN_INLINE bool put_quickly(TracingState& state, const SpanSlot& slot, std::uint64_t now_us) noexcept {
  EDGESPAN_ASSERT(slot.decision >= Decision::accept && slot.span_id != 0);
  const std::uint64_t start_us = slot.start_us;
  const std::uint64_t duration_us = duration_of(start_us, now_us);
  const std::size_t local = state.local.view().size();
  const EncodedSize size = encode_impl::element_size(context_of(slot), kind_of(slot), slot.name_bytes,
                                                     duration_us, local + fields_bytes(slot));
  const auto encode = [&](std::byte * out) __attribute__((always_inline)) {
    [[maybe_unused]] const std::byte* const begin = out;
    const Context context = context_of(slot);
    const std::size_t name = slot.name_bytes;
    const std::byte* const text_end = slot.text.data() + slot.text.size();
    // Nearly every name is short: it is copied with what stands before it, and so comes before the head.
    if (name <= 16) encode_impl::move<16>(out + size.timestamp_at - 17, text_end - 16);
    out = encode_impl::put_head(context, kind_of(slot), size, out) + name;
    if (name > 16) encode_impl::put_run(out - name, text_end - name, name);
    EDGESPAN_ASSERT(few_assertions || static_cast<std::size_t>(out - begin) + 1 == size.timestamp_at);
    out = encode_impl::put_times(start_us, duration_us, out);
    out = encode_impl::put_run(out, state.local.bytes.data(), state.local.size);
    out = encode_impl::put_end(context, encode_impl::put_run(out, slot.text.data(), fields_bytes(slot)));
    EDGESPAN_ASSERT(static_cast<std::size_t>(out - begin) == size.total);
  };
  return put_element(state, size, slot.annotation_bytes != 0, encode);
}

// For a span that found no room in the ring.
[[gnu::cold, gnu::noinline]] void put_late(TracingState& state, const SpanSlot& slot,
                                           std::uint64_t now_us) noexcept {
  for (bool again = false; make_ring_room(state, again) && !put_slot(state, slot, now_us); again = true) {
  }
}

}  // namespace

bool put_slot(TracingState& state, const SpanSlot& slot, std::uint64_t now_us) noexcept {
  EDGESPAN_ASSERT(few_assertions || in_hand(slot));
  const Context context = context_of(slot);
  SpanFields span{context};
  span.kind = kind_of(slot);
  span.start_us = slot.start_us;
  span.duration_us = duration_of(slot.start_us, now_us);
  const Bytes text{slot.text};
  span.name = text.last(slot.name_bytes);
  span.local = state.local.view();
  span.text = text.first(fields_bytes(slot));  // the peer, annotations and tags, as they stand
  span.annotated = slot.annotation_bytes != 0;
  return put(state, span);
}

void finish_quickly(TracingState& state, std::uint32_t end, std::uint32_t generation) noexcept {
  if constexpr (!quick_texts) return;
  SpanSlot& slot = slot_at(state, end);
  if (!enter_slot(slot, generation)) return;
  EDGESPAN_PAUSE_POINT(slot_taken);
  const std::uint64_t now_us = state.now_us();
  if (!put_quickly(state, slot, now_us)) [[unlikely]]
    put_late(state, slot, now_us);
  free_slot(slot, generation);
}

Span start_child(Tracing& tracing, const Context& parent, SpanSlot** slot) noexcept {
  TracingState& state = state_of(tracing);
  if (slot != nullptr) *slot = nullptr;
  if (!state.active()) return {};
  const Context* const from = parent.valid() ? &parent : innermost_scope();
  const Context context = from == nullptr ? new_root(state, parent.decision, nullptr)
                          : small_code    ? new_child(state, *from, nullptr)
                                          : make_child(state, *from, nullptr);
  std::uint32_t generation = 0;
  std::uint32_t end = 0;
  if (context.sampled()) {
    SpanSlot* const begun = begin_slot(state, context, end, generation);
    if (slot != nullptr) {
      *slot = begun;
    } else if (begun != nullptr) {
      open_slot(*begun, generation);
    }
  }
  return Access::span(tracing, copy_of(context), end, generation);
}

void add_tag(TracingState& state, SpanSlot& slot, std::string_view key, std::string_view value) noexcept {
  EDGESPAN_ASSERT(in_hand(slot));
  if (quick_texts && append_tag_quickly(slot, key, value)) return;
  if (!append_tag(slot, key, value)) state.count(Event::text_cut);
}

// The slot's `start` is compared before the slot is taken from its owner: a young span is not even marked. If
// the slot was used anew meanwhile, its generation is another and it is left alone.
void sweep_spans(TracingState& state, std::uint64_t now_us, bool all) noexcept {
  EDGESPAN_ASSERT(few_assertions || (state.epoch != 0 && state.span_deadline_s != 0));
  constexpr std::uint64_t unit_us = std::uint64_t{1} << slot_start_shift;
  const std::uint64_t deadline = (std::uint64_t{state.span_deadline_s} * 1'000'000 + unit_us - 1) / unit_us;
  const auto expired = [&](const SpanSlot& slot) {
    const std::uint32_t age = slot_start(now_us) - slot.start.load(std::memory_order_relaxed);
    return age > deadline && age <= UINT32_MAX / 2;  // a thread may start a span after `now_us` was read
  };
  for (SpanSlot& slot : state.memory.spans) {
    const std::uint32_t seen = slot.state.load(std::memory_order_acquire);
    const std::uint32_t generation = slot_generation(seen);
    if (slot_phase(seen) != SlotPhase::open || !(all || expired(slot))) continue;
    EDGESPAN_PAUSE_POINT(slot_found);
    if (!take_from_owner(state, slot, generation)) continue;
    EDGESPAN_PAUSE_POINT(slot_swept);
    EDGESPAN_ASSERT(few_assertions ||
                    slot.start.load(std::memory_order_relaxed) == slot_start(slot.start_us));
    set_tag(slot, error_key, "abandoned");
    state.count(Event::expired);
    end_slot(state, slot, now_us);
    free_contested(slot, generation);
  }
}

}  // namespace edgespan::detail
