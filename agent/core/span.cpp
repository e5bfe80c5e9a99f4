// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/code.hpp"
#include "core/encoded_endpoint.hpp"
#include "core/open_spans.hpp"
#include "core/pause_point.hpp"
#include "core/slot_owner.hpp"
#include "core/slot_text.hpp"
#include "core/utf8.hpp"

namespace edgespan {
namespace {

using detail::error_key;
using detail::state_of;

enum : std::uint8_t { flag_error_tag = 1 };  // the application set the tag `error` itself

}  // namespace

// Enters the slot of a span that has one, for one change. Null if the span was ended.
EDGESPAN_INLINE SpanSlot* Span::take() const noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || slot_ != 0);
  if (tracing_ == nullptr) return nullptr;
  SpanSlot& slot = detail::slot_at(state_of(*tracing_), slot_);
  if (!detail::enter_slot(slot, generation_)) return nullptr;
  EDGESPAN_PAUSE_POINT(slot_taken);
  return &slot;
}

EDGESPAN_INLINE void Span::give_back(SpanSlot& slot, bool done) const noexcept {
  if (!done) state_of(*tracing_).count(detail::Event::text_cut);
  detail::leave_slot(slot, generation_);
}

bool Span::recording() const noexcept {
  if (tracing_ == nullptr || slot_ == 0) return false;
  const SpanSlot& slot = detail::slot_at(state_of(*tracing_), slot_);
  const std::uint32_t seen = slot.state.load(std::memory_order_relaxed);
  using detail::slot_state;
  return seen == slot_state(generation_, detail::SlotPhase::open) ||
         (detail::has_threads && seen == slot_state(generation_, detail::SlotPhase::ending));
}

void Span::take_over(Span& other) noexcept {
  tracing_ = other.tracing_;
  context_ = other.context_;
  generation_ = other.generation_;
  slot_ = other.slot_;
  other.tracing_ = nullptr;
}

void Span::set_name(std::string_view text) const noexcept {
  if (SpanSlot* slot = take()) give_back(*slot, detail::set_name(*slot, text));
}

void Span::set_kind(Kind kind) const noexcept {
  if (SpanSlot* slot = take()) {
    slot->kind = static_cast<std::uint8_t>(kind);
    give_back(*slot, true);
  }
}

void Span::set_tag(std::string_view key, std::string_view value) const noexcept {
  if (SpanSlot* slot = take()) {
    if (key == error_key) slot->flags |= flag_error_tag;
    give_back(*slot, detail::set_tag(*slot, key, value));
  }
}

void Span::add_annotation(std::string_view text) const noexcept {
  if (SpanSlot* slot = take()) {
    give_back(*slot, detail::add_annotation(*slot, state_of(*tracing_).now_us(), text));
  }
}

// The mark of the error matters more than its text: what does not fit is cut, and an unreadable text is left
// out.
void Span::set_error(std::string_view message) const noexcept {
  SpanSlot* slot = take();
  if (slot == nullptr) return;
  bool whole = true;
  if ((slot->flags & flag_error_tag) == 0) {
    const std::string_view text =
        detail::utf8(message) ? detail::cut_utf8(message, detail::slot_text_max) : std::string_view{};
    EDGESPAN_ASSERT(detail::few_assertions || text.size() <= detail::slot_text_max);
    const bool set = detail::set_tag(*slot, error_key, text) || detail::set_tag(*slot, error_key, {});
    whole = set && text.size() == message.size();
  }
  give_back(*slot, whole);
}

void Span::set_remote_name(std::string_view name) const noexcept {
  if (SpanSlot* slot = take()) give_back(*slot, detail::set_remote_name(*slot, name));
}

void Span::set_remote(const Endpoint& endpoint) const noexcept {
  if (SpanSlot* slot = take()) give_back(*slot, detail::set_remote(*slot, detail::view_of(endpoint)));
}

void Span::finish() noexcept {
  if (tracing_ == nullptr) return;
  detail::TracingState& state = state_of(*tracing_);
  if (slot_ != 0) {
    if (SpanSlot* slot = take()) {
      detail::end_slot(state, *slot, state.now_us());
      detail::free_slot(*slot, generation_);
    }
  } else if (context_.sampled()) {
    state.ring.counters(detail::thread_stripe()).count(DropReason::no_slot);
  }
  tracing_ = nullptr;
}

void Span::discard() noexcept {
  if (SpanSlot* slot = slot_ != 0 ? take() : nullptr) {
    detail::free_slot(*slot, generation_);
  }
  tracing_ = nullptr;
}

}  // namespace edgespan
