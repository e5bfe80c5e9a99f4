// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "core/code.hpp"
#include "core/encoded_endpoint.hpp"
#include "core/open_spans.hpp"
#include "core/pause_point.hpp"
#include "core/quick_text.hpp"
#include "core/slot_owner.hpp"
#include "core/slot_text.hpp"
#include "core/utf8.hpp"

namespace edgespan {
namespace {

using detail::error_key;
using detail::state_of;

enum : std::uint8_t { flag_error_tag = 1 };  // the application set the tag `error` itself

EDGESPAN_INLINE bool change_kind(SpanSlot& slot, Kind kind) noexcept {
  slot.kind = static_cast<std::uint8_t>(kind);
  return true;
}

EDGESPAN_INLINE bool change_tag(SpanSlot& slot, const std::string_view& key,
                                const std::string_view& value) noexcept {
  if (key == error_key) slot.flags |= flag_error_tag;
  return detail::set_tag(slot, key, value);
}
[[maybe_unused]] EDGESPAN_INLINE bool add_other_tag_quickly(SpanSlot& slot, std::string_view key,
                                                            std::string_view value) noexcept {
  return key != error_key && detail::add_tag_quickly(slot, key, value);
}

}  // namespace

// Enters the slot for one change. Null if the span was ended.
EDGESPAN_INLINE SpanSlot* Span::take() const noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || tracing_ != nullptr);  // while the span has a slot
  SpanSlot& slot = detail::slot_at(state_of(*tracing_), slot_);
  if (!detail::enter_slot(slot, generation_)) return nullptr;
  EDGESPAN_PAUSE_POINT(slot_taken);
  return &slot;
}

EDGESPAN_INLINE void Span::give_back(SpanSlot& slot, bool done) const noexcept {
  if (!done) state_of(*tracing_).count(detail::Event::text_cut);
  detail::leave_slot(slot, generation_);
}

// What `quick` does for most calls, it does without a call of another function: so it needs no place on the
// stack, nor registers of its caller's. What slot_at() would assert is one more reason for the whole way.
template <auto whole, typename Quick, typename... Args>
[[gnu::always_inline]] inline void Span::change(Quick quick, Args... args) const noexcept {
  const detail::TracingState& state = state_of(*tracing_);
  if (detail::assertions && !detail::has_slot(state, slot_)) [[unlikely]]
    return change_whole<whole>(false, args...);
  SpanSlot& slot = detail::slot_of(state, slot_);
  if (!detail::step_in(slot, generation_)) [[unlikely]]
    return change_whole<whole>(false, args...);
  if (detail::is_open(slot, generation_)) [[likely]] {
    EDGESPAN_PAUSE_POINT(slot_taken);
    if (quick(slot, args...)) [[likely]]
      return detail::step_out(slot);
  }
  change_whole<whole>(true, args...);
}

// `inside`: the owner has stepped in already.
template <auto whole, typename... Args>
[[gnu::noinline]] void Span::change_whole(bool inside, Args... args) const noexcept {
  SpanSlot& slot = detail::slot_at(state_of(*tracing_), slot_);
  const bool in = inside ? detail::stay_in(slot, generation_) : detail::enter_slot(slot, generation_);
  if (!in) return;
  EDGESPAN_PAUSE_POINT(slot_taken);
  give_back(slot, whole(slot, args...));
}

bool Span::recording() const noexcept {
  if (slot_ == 0) return false;
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
  other.slot_ = 0;
}

void Span::set_name(std::string_view text) const noexcept {
  if constexpr (detail::quick_texts) {
    change<detail::set_name>(detail::add_name_quickly, text);
  } else if (SpanSlot* slot = take()) {
    give_back(*slot, detail::set_name(*slot, text));
  }
}

void Span::set_kind(Kind kind) const noexcept {
  if constexpr (detail::quick_texts) {
    change<change_kind>(change_kind, kind);
  } else if (SpanSlot* slot = take()) {
    give_back(*slot, change_kind(*slot, kind));
  }
}

void Span::set_tag(std::string_view key, std::string_view value) const noexcept {
  if constexpr (detail::quick_texts) {
    change<change_tag>(add_other_tag_quickly, key, value);
  } else if (SpanSlot* slot = take()) {
    give_back(*slot, change_tag(*slot, key, value));
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
  if constexpr (detail::quick_texts) {
    change<detail::set_remote_name>(detail::add_remote_name_quickly, name);
  } else if (SpanSlot* slot = take()) {
    give_back(*slot, detail::set_remote_name(*slot, name));
  }
}

void Span::set_remote(const Endpoint& endpoint) const noexcept {
  if (SpanSlot* slot = take()) give_back(*slot, detail::set_remote(*slot, detail::view_of(endpoint)));
}

void Span::finish() noexcept {
  if (tracing_ == nullptr) return;
  detail::TracingState& state = state_of(*tracing_);
  if (slot_ == 0) {
    if (context_.sampled()) state.ring.counters(detail::thread_stripe()).count(DropReason::no_slot);
  } else if constexpr (detail::quick_texts) {
    tracing_ = nullptr;
    return detail::finish_quickly(state, std::exchange(slot_, 0), generation_);
  } else if (SpanSlot* slot = take()) {
    detail::end_slot(state, *slot, state.now_us());
    detail::free_slot(*slot, generation_);
  }
  tracing_ = nullptr;
  slot_ = 0;
}

void Span::discard() noexcept {
  if (SpanSlot* slot = slot_ != 0 ? take() : nullptr) {
    detail::free_slot(*slot, generation_);
  }
  tracing_ = nullptr;
  slot_ = 0;
}

}  // namespace edgespan
