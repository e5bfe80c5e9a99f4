// SPDX-License-Identifier: Apache-2.0
// The floor of a span: the bytes of the workload, written where they belong. All that an agent may encode
// beforehand is; names are constants, texts are short.
#pragma once

#include <edgespan/context.hpp>

#include "bench/floor.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace edgespan::bench::floor {

// Local svc at 10.1.2.3:8080, and with it remote kafka.
inline constexpr unsigned char local_endpoint[] = {0x42, 14, 0x0A, 3, 's', 'v',  'c',  0x12,
                                                   4,    10, 1,    2, 3,   0x20, 0x90, 0x3F};
inline constexpr unsigned char endpoints[] = {0x42, 14, 0x0A, 3,   's',  'v',  'c',  0x12, 4,
                                              10,   1,  2,    3,   0x20, 0x90, 0x3F, 0x4A, 7,
                                              0x0A, 5,  'k',  'a', 'f',  'k',  'a'};
// A tag without its two lengths: of itself, second, and of the value, last.
inline constexpr unsigned char key_tag[] = {0x5A, 0,   0x0A, 9,   'k', 'a',  'f', 'k',
                                            'a',  '.', 'k',  'e', 'y', 0x12, 0};
inline constexpr unsigned char topic_tag[] = {0x5A, 0,   0x0A, 11,  'k', 'a', 'f',  'k', 'a',
                                              '.',  't', 'o',  'p', 'i', 'c', 0x12, 0};
// What a span of this work says of itself: PRODUCER `send`, CONSUMER `poll`, `process`.
inline constexpr unsigned char send_head[] = {0x20, 3, 0x2A, 4, 's', 'e', 'n', 'd', 0x31};
inline constexpr unsigned char poll_head[] = {0x20, 4, 0x2A, 4, 'p', 'o', 'l', 'l', 0x31};
inline constexpr unsigned char process_head[] = {0x2A, 7, 'p', 'r', 'o', 'c', 'e', 's', 's', 0x31};

template <std::size_t Size>
std::byte* put(std::byte* out, const unsigned char (&bytes)[Size]) noexcept {
  std::memcpy(out, bytes, Size);
  return out + Size;
}

inline std::byte* put_be64(std::byte* out, std::uint64_t value) noexcept {
  value = __builtin_bswap64(value);
  std::memcpy(out, &value, 8);
  return out + 8;
}

inline std::byte* put_id(std::byte* out, unsigned char field, std::uint64_t id) noexcept {
  return put_be64(put(out, {field, 8}), id);
}

// Two words that overlap serve all lengths from 8 to 16.
inline std::byte* put_text(std::byte* out, std::string_view text) noexcept {
  if (text.size() >= 8 && text.size() <= 16) {
    std::memcpy(out, text.data(), 8);
    std::memcpy(out + text.size() - 8, text.data() + text.size() - 8, 8);
  } else {
    std::memcpy(out, text.data(), text.size());
  }
  return out + text.size();
}

template <std::size_t Size>
std::byte* put_tag(std::byte* out, const unsigned char (&tag)[Size], std::string_view value) noexcept {
  put(out, tag);
  out[1] = static_cast<std::byte>(Size - 2 + value.size());
  out[Size - 1] = static_cast<std::byte>(value.size());
  return put_text(out + Size, value);
}

struct Times {
  std::uint64_t start_us, duration_us;
};

// A claim and what stands in it from the frame to the duration (one byte: 1 to 127), of a span with a parent;
// the rest is for the caller.
struct Claim {
  std::byte* begin = nullptr;  // null: the ring is full
  std::byte* rest = nullptr;
  std::uint32_t size = 0;
  std::uint32_t timestamp_at = 0;
};
template <std::size_t Head>
Claim begin_span(Ring& ring, const Context& ids, const unsigned char (&head)[Head], Times times,
                 std::size_t rest) noexcept {
  const std::size_t body = 18 + 10 + 10 + Head + 8 + 2 + rest;
  const std::size_t frame = body > 0x7F ? 3 : 2;
  Claim claim{.size = static_cast<std::uint32_t>(frame + body)};
  std::byte* out = claim.begin = ring.claim(claim.size);
  if (out == nullptr) return claim;
  if (body > 0x7F) {
    out = put(out, {0x0A, static_cast<unsigned char>(body | 0x80), static_cast<unsigned char>(body >> 7)});
  } else {
    out = put(out, {0x0A, static_cast<unsigned char>(body)});
  }
  out = put_be64(put_be64(put(out, {0x0A, 16}), ids.trace_hi), ids.trace_lo);
  out = put(put_id(put_id(out, 0x12, ids.parent_id), 0x1A, ids.span_id), head);
  std::memcpy(out, &times.start_us, 8);
  out[8] = std::byte{0x38};
  out[9] = static_cast<std::byte>(std::min<std::uint64_t>(times.duration_us, 0x7F));
  claim.timestamp_at = static_cast<std::uint32_t>(out - claim.begin);
  claim.rest = out + 10;
  return claim;
}

// The span of the workload into the ring; its size, or 0 if there is no room.
inline std::uint32_t record(Ring& ring, const Context& ids, Times times, std::string_view key,
                            std::string_view topic) noexcept {
  const std::size_t rest = sizeof endpoints + sizeof key_tag + key.size() + sizeof topic_tag + topic.size();
  const Claim claim = begin_span(ring, ids, send_head, times, rest);
  if (claim.begin == nullptr) return 0;
  put_tag(put_tag(put(claim.rest, endpoints), key_tag, key), topic_tag, topic);
  Ring::commit(claim.begin, claim.size, claim.timestamp_at);
  return claim.size;
}

// A poll span: one tag, and of zero length.
inline std::uint32_t record_poll(Ring& ring, const Context& ids, std::uint64_t at_us,
                                 std::string_view topic) noexcept {
  const std::size_t rest = sizeof endpoints + sizeof topic_tag + topic.size();
  const Claim claim = begin_span(ring, ids, poll_head, {at_us, 1}, rest);
  if (claim.begin == nullptr) return 0;
  put_tag(put(claim.rest, endpoints), topic_tag, topic);
  Ring::commit(claim.begin, claim.size, claim.timestamp_at);
  return claim.size;
}

// A span of the work on a record: local endpoint and both tags.
inline std::uint32_t record_process(Ring& ring, const Context& ids, Times times, std::string_view key,
                                    std::string_view topic) noexcept {
  const std::size_t rest =
      sizeof local_endpoint + sizeof key_tag + key.size() + sizeof topic_tag + topic.size();
  const Claim claim = begin_span(ring, ids, process_head, times, rest);
  if (claim.begin == nullptr) return 0;
  put_tag(put_tag(put(claim.rest, local_endpoint), key_tag, key), topic_tag, topic);
  Ring::commit(claim.begin, claim.size, claim.timestamp_at);
  return claim.size;
}

// A span that has begun: two calls, since the work that it times stands between them.
struct Open {
  Context context;
  std::uint64_t start_us = 0;
};
[[gnu::noinline]] inline Open start(const Context& parent) noexcept {
  if (!switched_on.load(std::memory_order_relaxed) || !parent.valid()) return {};
  Open open{{parent.trace_hi, parent.trace_lo, random.next(), parent.span_id, parent.decision}};
  if (open.context.sampled()) open.start_us = now_us();
  return open;
}
inline Times until_now(std::uint64_t start_us) noexcept { return {start_us, now_us() - start_us + 1}; }
[[gnu::noinline]] inline std::uint32_t finish(Ring& ring, const Open& open, std::string_view key,
                                              std::string_view topic) noexcept {
  if (!open.context.sampled()) return 0;
  return record(ring, open.context, until_now(open.start_us), key, topic);
}
[[gnu::noinline]] inline std::uint32_t finish_process(Ring& ring, const Open& open, std::string_view key,
                                                      std::string_view topic) noexcept {
  if (!open.context.sampled()) return 0;
  return record_process(ring, open.context, until_now(open.start_us), key, topic);
}

}  // namespace edgespan::bench::floor
