// SPDX-License-Identifier: Apache-2.0
// The floor of a span that is told its texts one after another. Between two of these calls the application
// goes on, so each text is checked and copied when it is told: its memory may be another's at the next call.
// All this time a sweep may come to end the span for an owner that does not.
#pragma once

#include "bench/floor_span.hpp"
#include "bench/workload.hpp"
#include "cost/floor_core.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace edgespan::cost::floor {

#ifdef EDGESPAN_NO_THREADS
inline constexpr bool has_threads = false;
#else
inline constexpr bool has_threads = true;
#endif

// The texts of a span as they will stand in its element: the name, then the peer and the tags.
struct Held {
  std::atomic<std::uint32_t> state{0};  // 0: free; 1: open
  std::atomic<std::uint32_t> inside{0};
  Open open;
  std::uint8_t kind = 0;
  std::uint32_t name_size = 0;
  std::uint32_t fields_size = 0;
  std::uint32_t tags_at = 0;  // in `fields`
  std::uint32_t refused = 0;
  std::byte name[24];
  std::byte fields[128];

  // False: the span was ended. An owner shows itself before it looks.
  bool enter() noexcept {
    if constexpr (has_threads) {
      inside.store(1, std::memory_order_relaxed);
      std::atomic_signal_fence(std::memory_order_seq_cst);
    }
    return state.load(std::memory_order_relaxed) == 1;
  }
  // Whether it has such a tag.
  bool has(std::string_view key) const noexcept {
    for (std::uint32_t at = tags_at; at < fields_size;) {
      const auto key_size = static_cast<std::size_t>(fields[at + 3]);
      if (key_size == key.size() && std::memcmp(fields + at + 4, key.data(), key_size) == 0) return true;
      at += 2 + static_cast<std::uint32_t>(fields[at + 1]);
    }
    return false;
  }
  void leave(std::uintptr_t bad) noexcept {
    if (bad != 0) ++refused;
    if constexpr (has_threads) inside.store(0, std::memory_order_release);
  }
};

inline Held held{};
inline Context handed{};  // what the application has of it, after the span's end, too

// Two words that overlap serve all lengths from one word to two; what they hold is all ASCII, or not.
template <typename Word>
std::byte* hold_words(std::byte* out, std::string_view text, std::uintptr_t& bad) noexcept {
  Word first;
  Word last;
  std::memcpy(&first, text.data(), sizeof first);
  std::memcpy(&last, text.data() + text.size() - sizeof last, sizeof last);
  std::memcpy(out, &first, sizeof first);
  std::memcpy(out + text.size() - sizeof last, &last, sizeof last);
  constexpr Word high = static_cast<Word>(~Word{0} / 255 * 0x80);
  if (((first | last) & high) != 0) bad = 1;
  return out + text.size();
}
inline std::byte* hold(std::byte* out, unsigned char field, std::string_view text,
                       std::uintptr_t& bad) noexcept {
  out = put(out, {field, static_cast<unsigned char>(text.size())});
#ifndef EDGESPAN_NO_THREADS
  if (text.size() >= 8 && text.size() <= 16) return hold_words<std::uint64_t>(out, text, bad);
  if (text.size() >= 4 && text.size() < 8) return hold_words<std::uint32_t>(out, text, bad);
#endif
  for (const char c : text) {
    bad |= static_cast<unsigned char>(c) & 0x80U;
    *out++ = static_cast<std::byte>(c);
  }
  return out;
}

// A peer's name has no NUL either; the bytes of a short one are looked at one by one, and so are made small.
inline std::byte* hold_lower(std::byte* out, unsigned char field, std::string_view text,
                             std::uintptr_t& bad) noexcept {
  out = put(out, {field, static_cast<unsigned char>(text.size())});
  for (const char c : text) {
    bad |= (static_cast<unsigned char>(c) & 0x80U) | static_cast<unsigned>(c == '\0');
    *out++ = static_cast<std::byte>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  }
  return out;
}

[[gnu::noinline]] inline void hold_start(Held& span, const Context& parent, Context& given) noexcept {
  if (!switched_on.load(std::memory_order_relaxed) || !parent.valid()) return;
  std::uint32_t free = 0;
  if (!span.state.compare_exchange_strong(free, 1, std::memory_order_acquire)) return count_drop();
  const Context ids{parent.trace_hi, parent.trace_lo, random.next(), parent.span_id, parent.decision};
  copy(ids, span.open.context);
  copy(ids, given);
  if (ids.sampled()) span.open.start_us = now_us();
  span.kind = 0;
  span.name_size = span.fields_size = span.tags_at = 0;
  span.inside.store(0, std::memory_order_relaxed);
}

[[gnu::noinline]] inline void hold_name(Held& span, std::string_view text) noexcept {
  if (text.size() > sizeof span.name - 2 || !span.enter()) return;
  std::uintptr_t bad = 0;
  span.name_size = static_cast<std::uint32_t>(hold_lower(span.name, 0x2A, text, bad) - span.name);
  span.leave(bad);
}

[[gnu::noinline]] inline void hold_kind(Held& span, std::uint8_t kind) noexcept {
  if (!span.enter()) return;
  span.kind = kind;
  span.leave(0);
}

[[gnu::noinline]] inline void hold_remote(Held& span, std::string_view name) noexcept {
  if (span.fields_size != 0 || name.size() > 63 || !span.enter()) return;
  std::uintptr_t bad = 0;
  std::byte* const out = put(span.fields, {0x4A, static_cast<unsigned char>(2 + name.size())});
  span.fields_size = static_cast<std::uint32_t>(hold_lower(out, 0x0A, name, bad) - span.fields);
  span.tags_at = span.fields_size;
  span.leave(bad);
}

[[gnu::noinline]] inline void hold_tag(Held& span, std::string_view key, std::string_view value) noexcept {
  const std::size_t body = 4 + key.size() + value.size();
  if (body > 0x7F || span.fields_size + 2 + body > sizeof span.fields || !span.enter()) return;
  // A key that the span has replaces its value, and `error` is not set by the agent any more.
  std::uintptr_t bad = key == "error" || span.has(key) ? 1 : 0;
  std::byte* out = put(span.fields + span.fields_size, {0x5A, static_cast<unsigned char>(body)});
  out = hold(hold(out, 0x0A, key, bad), 0x12, value, bad);
  span.fields_size = static_cast<std::uint32_t>(out - span.fields);
  span.leave(bad);
}

// The element of a held span; its size, or 0 if the ring has no room.
inline std::uint32_t record_held(Ring& ring, const Held& span, Times times) noexcept {
  const std::uint32_t kind_size = span.kind != 0 ? 2 : 0;
  const std::uint32_t body = 18 + 10 + 10 + kind_size + span.name_size + 9 + 2 +
                             static_cast<std::uint32_t>(sizeof local_endpoint) + span.fields_size;
  const std::uint32_t frame = body > 0x7F ? 3 : 2;
  std::byte* const begin = ring.claim(frame + body);
  if (begin == nullptr) return 0;
  std::byte* out = begin;
  if (body > 0x7F) {
    out = put(out, {0x0A, static_cast<unsigned char>(body | 0x80), static_cast<unsigned char>(body >> 7)});
  } else {
    out = put(out, {0x0A, static_cast<unsigned char>(body)});
  }
  const Context& ids = span.open.context;
  out = put_be64(put_be64(put(out, {0x0A, 16}), ids.trace_hi), ids.trace_lo);
  out = put_id(put_id(out, 0x12, ids.parent_id), 0x1A, ids.span_id);
  if (kind_size != 0) out = put(out, {0x20, span.kind});
  std::memcpy(out, span.name, span.name_size);
  out += span.name_size;
  *out++ = std::byte{0x31};
  const auto timestamp_at = static_cast<std::uint32_t>(out - begin);
  std::memcpy(out, &times.start_us, 8);
  out[8] = std::byte{0x38};
  out[9] = static_cast<std::byte>(std::min<std::uint64_t>(times.duration_us, 0x7F));
  out = put(out + 10, local_endpoint);
  std::memcpy(out, span.fields, span.fields_size);
  Ring::commit(begin, frame + body, timestamp_at);
  return frame + body;
}

// `again(ring)`: whether to try once more where there is no room.
template <typename Again>
std::uint32_t hold_finish(Ring& ring, Held& span, Again again) noexcept {
  if (!span.open.context.sampled() || !span.enter()) return 0;
  const Times times = until_now(span.open.start_us);
  std::uint32_t size = record_held(ring, span, times);
  while (size == 0 && again(ring)) size = record_held(ring, span, times);
  span.state.store(0, std::memory_order_release);
  return size;
}
[[gnu::noinline]] inline std::uint32_t hold_finish_or_drop(Ring& ring, Held& span) noexcept {
  return hold_finish(ring, span, [](Ring&) noexcept {
    count_drop();
    return false;
  });
}
[[gnu::noinline]] inline std::uint32_t hold_finish_and_drop_oldest(Ring& ring, Held& span) noexcept {
  return hold_finish(ring, span, [](Ring& full) noexcept {
    drop_oldest(full);
    count_drop();
    return true;
  });
}

// The workload's span, all but its end.
inline void hold_one(Held& span, const Context& parent) noexcept {
  using bench::hidden;
  using namespace std::string_view_literals;
  hold_start(span, parent, handed);
  hold_name(span, hidden("send"sv));
  hold_kind(span, hidden<std::uint8_t>(3));
  hold_remote(span, hidden("kafka"sv));
  hold_tag(span, hidden("kafka.key"sv), hidden(bench::key));
  hold_tag(span, hidden("kafka.topic"sv), hidden(bench::topic));
}

}  // namespace edgespan::cost::floor
