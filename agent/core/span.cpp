// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/open_spans.hpp"
#include "core/slot_phase.hpp"
#include "core/slot_text.hpp"
#include "core/utf8.hpp"

namespace edgespan {
namespace {

using detail::error_key;
using detail::slot_state;
using detail::SlotPhase;
using detail::state_of;

enum : std::uint8_t { flag_error_tag = 1 };  // the application set the tag `error` itself

}  // namespace

SpanSlot* Span::open() const noexcept {
  if (tracing_ == nullptr || slot_ == 0) return nullptr;
  SpanSlot& slot = state_of(*tracing_).memory.spans[slot_ - 1U];
  return slot.state.load(std::memory_order_acquire) == slot_state(generation_, SlotPhase::open) ? &slot
                                                                                                : nullptr;
}

bool Span::recording() const noexcept { return open() != nullptr; }

void Span::swap(Span& other) noexcept {
  std::swap(tracing_, other.tracing_);
  std::swap(context_, other.context_);
  std::swap(generation_, other.generation_);
  std::swap(slot_, other.slot_);
}

void Span::change(bool done, SpanSlot& slot) noexcept {
  if (!done) state_of(*tracing_).count(detail::Event::text_cut);
  slot.touched.store(1, std::memory_order_release);
}

Span& Span::name(std::string_view text) & noexcept {
  if (SpanSlot* slot = open()) change(detail::set_name(*slot, text), *slot);
  return *this;
}

Span& Span::kind(Kind value) & noexcept {
  if (SpanSlot* slot = open()) {
    slot->kind = static_cast<std::uint8_t>(value);
    change(true, *slot);
  }
  return *this;
}

Span& Span::tag(std::string_view key, std::string_view value) & noexcept {
  if (SpanSlot* slot = open()) {
    if (key == error_key) slot->flags |= flag_error_tag;
    change(detail::set_tag(*slot, key, value), *slot);
  }
  return *this;
}

Span& Span::annotate(std::string_view text) & noexcept {
  if (SpanSlot* slot = open())
    change(detail::add_annotation(*slot, state_of(*tracing_).now_us(), text), *slot);
  return *this;
}

Span& Span::error(std::string_view message) & noexcept {
  SpanSlot* slot = open();
  if (slot == nullptr || (slot->flags & flag_error_tag) != 0) return *this;
  // The mark of the error matters more than its text: what does not fit is cut, and an unreadable text is
  // left out.
  const bool readable = detail::utf8(message);
  const std::string_view text =
      readable ? detail::cut_utf8(message, detail::slot_text_max) : std::string_view{};
  const bool whole = text.size() == message.size();
  change((detail::set_tag(*slot, error_key, text) || detail::set_tag(*slot, error_key, {})) && whole, *slot);
  return *this;
}

Span& Span::remote_service_name(std::string_view name) & noexcept {
  if constexpr (small_code) return remote_endpoint({.service_name = name});
  if (SpanSlot* slot = open()) change(detail::set_remote_name(*slot, name), *slot);
  return *this;
}

Span& Span::remote_endpoint(const Endpoint& endpoint) & noexcept {
  if (SpanSlot* slot = open()) change(detail::set_remote(*slot, endpoint), *slot);
  return *this;
}

void Span::finish() noexcept {
  if (tracing_ == nullptr) return;
  detail::TracingState& state = state_of(*tracing_);
  if (slot_ != 0) {
    SpanSlot& slot = state.memory.spans[slot_ - 1U];
    std::uint32_t expected = slot_state(generation_, SlotPhase::open);
    if (slot.state.compare_exchange_strong(expected, slot_state(generation_, SlotPhase::busy),
                                           std::memory_order_acq_rel)) {
      detail::end_slot(state, slot, state.now_us());
      slot.state.store(slot_state(generation_, SlotPhase::free), std::memory_order_release);
    }
  } else if (context_.sampled()) {
    state.ring.counters(detail::thread_stripe()).count(DropReason::no_slot);
  }
  tracing_ = nullptr;
}

void Span::discard() noexcept {
  if (tracing_ != nullptr && slot_ != 0) {
    SpanSlot& slot = state_of(*tracing_).memory.spans[slot_ - 1U];
    std::uint32_t expected = slot_state(generation_, SlotPhase::open);
    slot.state.compare_exchange_strong(expected, slot_state(generation_, SlotPhase::free),
                                       std::memory_order_acq_rel);
  }
  tracing_ = nullptr;
}

}  // namespace edgespan
