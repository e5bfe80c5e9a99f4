// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include "core/record.hpp"
#include "core/text.hpp"

namespace edgespan {
namespace {

// Phases of a slot; its state is generation << 2 | phase.
enum : std::uint32_t { phase_free = 0, phase_open = 1, phase_expired = 2, phase_busy = 3 };
enum : std::uint8_t { flag_error_tag = 1 };  // the application set the tag `error` itself

constexpr std::uint32_t state_of(std::uint32_t generation, std::uint32_t phase) noexcept {
  return generation << 2 | phase;
}
constexpr std::string_view error_key = "error";
constexpr std::size_t text_bytes_max = 127;  // of a name or a tag's key, so that their length is one byte

// Where the fields end that grow from the front: all but the name, which is mostly the last to be known, and
// would push them on.
std::size_t fields_end(const SpanSlot& slot) noexcept {
  return std::size_t{slot.remote_bytes} + slot.annotation_bytes + slot.tag_bytes;
}

// Turns `old_size` bytes at `at` into room for `new_size`; null if the slot's text has no space for that.
std::byte* make_room(SpanSlot& slot, std::size_t at, std::size_t old_size, std::size_t new_size) noexcept {
  const std::size_t used = fields_end(slot);
  if (used - old_size + new_size + slot.name_bytes > slot.text.size()) return nullptr;
  std::byte* const place = slot.text.data() + at;
  const std::size_t behind = used - at - old_size;
  if (behind != 0) std::memmove(place + new_size, place + old_size, behind);
  return place;
}

struct Range {
  std::size_t at = 0;
  std::size_t size = 0;
};

// Where the tag `key` stands among the tags, or the empty range at their end. Lengths are of our own writing.
Range find_tag(const SpanSlot& slot, std::string_view key) noexcept {
  const std::size_t begin = fields_end(slot) - slot.tag_bytes;
  const std::size_t end = begin + slot.tag_bytes;
  for (std::size_t at = begin; at < end;) {
    std::size_t body = static_cast<std::size_t>(slot.text[at + 1]);
    std::size_t head = 2;
    if (body >= 0x80) body = (body & 0x7F) | static_cast<std::size_t>(slot.text[at + head++]) << 7;
    const auto key_size = static_cast<std::size_t>(slot.text[at + head + 1]);
    if (key_size == key.size() && std::memcmp(&slot.text[at + head + 2], key.data(), key_size) == 0) {
      return {at, head + body};
    }
    at += head + body;
  }
  return {end, 0};
}

// False: there is no room in the ring.
[[gnu::noinline]] bool put_slot(detail::TracingState& state, const SpanSlot& slot,
                                std::uint64_t now_us) noexcept {
  const std::uint64_t elapsed_us = now_us - slot.start_us;
  const Context context = detail::context_of(slot);
  detail::SpanFields span{context};
  span.kind = static_cast<Kind>(slot.kind);
  span.start_us = slot.start_us;
  span.duration_us = elapsed_us == 0 ? 1 : elapsed_us;  // the collector takes 0 for absent
  const detail::Bytes text{slot.text};
  span.name = text.last(slot.name_bytes);
  span.local = state.local.view();
  span.text = text.first(fields_end(slot));  // the peer, annotations and tags, as they stand
  span.annotated = slot.annotation_bytes != 0;
  return detail::put(state, span);
}

void end_slot(detail::TracingState& state, const SpanSlot& slot, std::uint64_t now_us) noexcept {
  detail::put_or_drop(state, [&] { return put_slot(state, slot, now_us); });
}

bool set_tag(SpanSlot& slot, std::string_view key, std::string_view value) noexcept {
  if (key.empty() || key.size() > text_bytes_max || !detail::utf8(key) || !detail::utf8(value)) return false;
  if (value.size() > span_text_bytes) return false;
  const Range old = find_tag(slot, key);
  const std::size_t size = detail::encode_impl::tag_size(key, value);
  std::byte* const out = make_room(slot, old.at, old.size, size);
  if (out == nullptr) return false;
  detail::encode_impl::write_tag(out, key, value);
  slot.tag_bytes = static_cast<std::uint16_t>(slot.tag_bytes - old.size + size);
  return true;
}

bool set_name(SpanSlot& slot, std::string_view text) noexcept {
  if (text.size() > text_bytes_max || !detail::utf8(text)) return false;
  const std::size_t size = text.empty() ? 0 : text.size() + 2;
  if (fields_end(slot) + size > slot.text.size()) return false;
  if (size != 0) detail::encode_impl::write_name(&slot.text[slot.text.size() - size], text);
  slot.name_bytes = static_cast<std::uint16_t>(size);
  return true;
}

// Null, or room for a remote endpoint of `size` bytes.
std::byte* remote_room(SpanSlot& slot, std::size_t size) noexcept {
  std::byte* const out = make_room(slot, 0, slot.remote_bytes, size);
  if (out != nullptr) slot.remote_bytes = static_cast<std::uint16_t>(size);
  return out;
}

// As encode_endpoint() does it, without its way through a schema.
bool set_remote(SpanSlot& slot, std::string_view name) noexcept {
  if (name.size() > detail::service_name_max || !detail::utf8(name) || name.find('\0') != name.npos)
    return false;
  std::byte* const out = remote_room(slot, name.empty() ? 0 : 4 + name.size());
  if (out == nullptr) return false;
  if (!name.empty()) detail::encode_impl::write_remote(out, name);
  return true;
}

bool add_annotation(SpanSlot& slot, std::uint64_t now_us, std::string_view text) noexcept {
  if (text.empty() || text.size() > span_text_bytes || !detail::utf8(text)) return false;
  const std::size_t size = detail::encode_impl::annotation_size(text);
  std::byte* const out = make_room(slot, fields_end(slot) - slot.tag_bytes, 0, size);
  if (out == nullptr) return false;
  detail::encode_impl::write_annotation(out, now_us, text);
  slot.annotation_bytes = static_cast<std::uint16_t>(slot.annotation_bytes + size);
  return true;
}

}  // namespace

namespace detail {

void add_tag(TracingState& state, SpanSlot& slot, std::string_view key, std::string_view value) noexcept {
  std::byte* const out = make_room(slot, fields_end(slot), 0, encode_impl::tag_size(key, value));
  if (out == nullptr) return state.count(Event::text_cut);
  const std::byte* const end = encode_impl::write_tag(out, key, value);
  slot.tag_bytes = static_cast<std::uint16_t>(slot.tag_bytes + (end - out));
  slot.touched.store(1, std::memory_order_release);
}

bool sweep_spans(TracingState& state, std::uint64_t now_us, bool all) noexcept {
  const auto limit_us = static_cast<std::int64_t>(std::uint64_t{state.span_deadline_s} * 1'000'000);
  // Signed, as a thread may open a span after `now_us` was read.
  const auto age_us = [&](const SpanSlot& slot) { return static_cast<std::int64_t>(now_us - slot.start_us); };
  bool any_closed = false;
  for (SpanSlot& slot : state.memory.spans) {
    std::uint32_t seen = slot.state.load(std::memory_order_acquire);
    if ((seen & 3) == phase_expired) {
      (void)slot.touched.load(std::memory_order_acquire);
      set_tag(slot, error_key, "abandoned");
      state.count(Event::expired);
      end_slot(state, slot, now_us);
      slot.state.store(state_of(seen >> 2, phase_free), std::memory_order_release);
    } else if ((seen & 3) == phase_open && (all || age_us(slot) >= limit_us)) {
      any_closed |= slot.state.compare_exchange_strong(seen, state_of(seen >> 2, phase_expired),
                                                       std::memory_order_acq_rel);
    }
  }
  return any_closed;
}

}  // namespace detail

SpanSlot* Span::open() const noexcept {
  if (tracing_ == nullptr || slot_ == 0) return nullptr;
  SpanSlot& slot = tracing_->state().memory.spans[slot_ - 1U];
  return slot.state.load(std::memory_order_acquire) == state_of(generation_, phase_open) ? &slot : nullptr;
}

bool Span::recording() const noexcept { return open() != nullptr; }

void Span::swap(Span& other) noexcept {
  std::swap(tracing_, other.tracing_);
  std::swap(context_, other.context_);
  std::swap(generation_, other.generation_);
  std::swap(slot_, other.slot_);
}

void Span::change(bool done, SpanSlot& slot) noexcept {
  if (!done) tracing_->state().count(detail::Event::text_cut);
  slot.touched.store(1, std::memory_order_release);
}

Span& Span::name(std::string_view text) & noexcept {
  if (SpanSlot* slot = open()) change(set_name(*slot, text), *slot);
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
    change(set_tag(*slot, key, value), *slot);
  }
  return *this;
}

Span& Span::annotate(std::string_view text) & noexcept {
  if (SpanSlot* slot = open()) change(add_annotation(*slot, tracing_->state().now_us(), text), *slot);
  return *this;
}

Span& Span::error(std::string_view message) & noexcept {
  SpanSlot* slot = open();
  if (slot == nullptr || (slot->flags & flag_error_tag) != 0) return *this;
  // The mark of the error matters more than its text: what does not fit is cut, and an unreadable text is
  // left out.
  const bool readable = detail::utf8(message);
  const std::string_view text = readable ? detail::cut_utf8(message, text_bytes_max) : std::string_view{};
  const bool whole = text.size() == message.size();
  change((set_tag(*slot, error_key, text) || set_tag(*slot, error_key, {})) && whole, *slot);
  return *this;
}

Span& Span::remote_service_name(std::string_view name) & noexcept {
  if constexpr (small_code) return remote_endpoint({.service_name = name});
  if (SpanSlot* slot = open()) change(set_remote(*slot, name), *slot);
  return *this;
}

Span& Span::remote_endpoint(const Endpoint& endpoint) & noexcept {
  SpanSlot* slot = open();
  if (slot == nullptr) return *this;
  detail::EncodedEndpoint encoded;
  std::byte* out = nullptr;
  if (detail::encode_endpoint(endpoint, detail::EndpointField::remote, encoded)) {
    out = remote_room(*slot, encoded.size);
    if (out != nullptr) std::memcpy(out, encoded.bytes.data(), encoded.size);
  }
  change(out != nullptr, *slot);
  return *this;
}

void Span::finish() noexcept {
  if (tracing_ == nullptr) return;
  detail::TracingState& state = tracing_->state();
  if (slot_ != 0) {
    SpanSlot& slot = state.memory.spans[slot_ - 1U];
    std::uint32_t expected = state_of(generation_, phase_open);
    if (slot.state.compare_exchange_strong(expected, state_of(generation_, phase_busy),
                                           std::memory_order_acq_rel)) {
      end_slot(state, slot, state.now_us());
      slot.state.store(state_of(generation_, phase_free), std::memory_order_release);
    }
  } else if (context_.sampled()) {
    state.ring.counters(detail::thread_stripe()).count(DropReason::no_slot);
  }
  tracing_ = nullptr;
}

void Span::discard() noexcept {
  if (tracing_ != nullptr && slot_ != 0) {
    SpanSlot& slot = tracing_->state().memory.spans[slot_ - 1U];
    std::uint32_t expected = state_of(generation_, phase_open);
    slot.state.compare_exchange_strong(expected, state_of(generation_, phase_free),
                                       std::memory_order_acq_rel);
  }
  tracing_ = nullptr;
}

// The search begins at the slot that this thread used last, so that threads do not meet while there are
// enough.
Span Tracing::open(const Context& context, std::uint64_t start_us) noexcept {
  detail::TracingState& inside = state();
  Span made{*this, detail::copy_of(context), 0, 0};
  if (!context.sampled()) return made;
  if (start_us == 0) start_us = inside.now_us();
  detail::ThreadState& thread = detail::thread_state();
  const auto count = static_cast<std::uint32_t>(inside.memory.spans.size());
  std::uint32_t at = thread.slot;
  for (std::uint32_t looked = 0; looked < count; ++looked, ++at) {
    if (at >= count) at = 0;
    SpanSlot& slot = inside.memory.spans[at];
    std::uint32_t seen = slot.state.load(std::memory_order_relaxed);
    if ((seen & 3) != phase_free) continue;
    const std::uint32_t generation = ((seen >> 2) + 1) & 0x3FFFFFFF;
    if (!slot.state.compare_exchange_strong(seen, state_of(generation, phase_busy),
                                            std::memory_order_acquire))
      continue;
    thread.slot = at;
    slot.kind = 0;
    slot.flags = 0;
    slot.name_bytes = slot.remote_bytes = slot.annotation_bytes = slot.tag_bytes = 0;
    slot.start_us = start_us;
    detail::set_context(slot, context);
    slot.state.store(state_of(generation, phase_open), std::memory_order_release);
    made.slot_ = static_cast<std::uint16_t>(at + 1);
    made.generation_ = generation;
    break;
  }
  return made;
}

Span Tracing::child(const Context& parent) noexcept {
  detail::TracingState& inside = state();
  if (!inside.active()) return {};
  const Context& from = parent.valid() ? parent : current();
  return open(from.valid() ? detail::new_child(inside, from, nullptr)
                           : detail::new_root(inside, parent.decision, nullptr),
              0);
}

Span Tracing::span(std::string_view name) noexcept {
  Span made = child(Context{});
  made.name(name);
  return made;
}

}  // namespace edgespan
