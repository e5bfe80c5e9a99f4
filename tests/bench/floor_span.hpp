// SPDX-License-Identifier: Apache-2.0
// The floor of a span: the bytes of the workload, written where they belong.
#pragma once

#include "bench/floor.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace edgespan::bench::floor {

// Local svc at 10.1.2.3:8080, and with it remote kafka: encoded beforehand, as every agent may.
inline constexpr unsigned char local_endpoint[] = {0x42, 14, 0x0A, 3, 's', 'v',  'c',  0x12,
                                                   4,    10, 1,    2, 3,   0x20, 0x90, 0x3F};
inline constexpr unsigned char endpoints[] = {0x42, 14, 0x0A, 3,   's',  'v',  'c',  0x12, 4,
                                              10,   1,  2,    3,   0x20, 0x90, 0x3F, 0x4A, 7,
                                              0x0A, 5,  'k',  'a', 'f',  'k',  'a'};
inline constexpr unsigned char key_tag[] = {0x5A, 23,  0x0A, 9,   'k', 'a',  'f', 'k',
                                            'a',  '.', 'k',  'e', 'y', 0x12, 10};
inline constexpr unsigned char topic_tag[] = {0x5A, 23,  0x0A, 11,  'k', 'a', 'f',  'k', 'a',
                                              '.',  't', 'o',  'p', 'i', 'c', 0x12, 8};

inline constexpr std::size_t topic_bytes = 8;
inline constexpr std::size_t key_bytes = 10;
inline constexpr std::size_t both_tags = sizeof key_tag + key_bytes + sizeof topic_tag + topic_bytes;

template <std::size_t Size>
std::byte* put(std::byte* out, const unsigned char (&bytes)[Size]) noexcept {
  std::memcpy(out, bytes, Size);
  return out + Size;
}
inline std::byte* put_id(std::byte* out, unsigned char field, std::uint64_t id) noexcept {
  out[0] = std::byte{field};
  out[1] = std::byte{8};
  store_be64(out + 2, id);
  return out + 10;
}

// What a span of this work says of itself: PRODUCER `send`, CONSUMER `poll`, `process`.
inline constexpr unsigned char send_head[] = {0x20, 3, 0x2A, 4, 's', 'e', 'n', 'd', 0x31};
inline constexpr unsigned char poll_head[] = {0x20, 4, 0x2A, 4, 'p', 'o', 'l', 'l', 0x31};
inline constexpr unsigned char process_head[] = {0x2A, 7, 'p', 'r', 'o', 'c', 'e', 's', 's', 0x31};

// Ids to duration (below 128) of a span with a parent: what stands before `After` bytes of endpoints and
// tags.
template <std::size_t After, std::size_t Head>
std::byte* put_head(std::byte* out, const Ids& ids, const unsigned char (&head)[Head], std::uint64_t start_us,
                    std::uint64_t duration_us) noexcept {
  constexpr std::size_t body = 18 + 10 + 10 + Head + 8 + 2 + After;
  if constexpr (body > 0x7F) {
    out = put(out, {0x0A, static_cast<unsigned char>(body | 0x80), body >> 7, 0x0A, 16});
  } else {
    out = put(out, {0x0A, body, 0x0A, 16});
  }
  store_be64(out, ids.trace_hi);
  store_be64(out + 8, ids.trace_lo);
  out = put(put_id(put_id(out + 16, 0x12, ids.parent_id), 0x1A, ids.span_id), head);
  std::memcpy(out, &start_us, 8);
  out[8] = std::byte{0x38};
  out[9] = static_cast<std::byte>(duration_us);
  return out + 10;
}

inline std::byte* put_tags(std::byte* out, const char* key, const char* topic) noexcept {
  out = put(out, key_tag);
  std::memcpy(out, key, key_bytes);
  out = put(out + key_bytes, topic_tag);
  std::memcpy(out, topic, topic_bytes);
  return out + topic_bytes;
}

// Frame, ids and times around what is said.
inline constexpr std::uint32_t span_bytes = 3 + 38 + sizeof send_head + 8 + 2 + sizeof endpoints + both_tags;
inline constexpr std::uint32_t timestamp_at = 3 + 38 + sizeof send_head;
static_assert(span_bytes == 135);

// The span of the workload into the ring.
inline void record(Ring& ring, const Ids& ids, std::uint64_t start_us, std::uint64_t duration_us,
                   const char* key, const char* topic) noexcept {
  std::byte* const claimed = ring.claim(span_bytes);
  std::byte* out = put_head<sizeof endpoints + both_tags>(claimed, ids, send_head, start_us, duration_us);
  put_tags(put(out, endpoints), key, topic);
  Ring::commit(claimed, span_bytes);
}

// A poll span: one tag, and of zero length.
inline void record_poll(Ring& ring, const Ids& ids, std::uint64_t at_us, const char* topic) noexcept {
  constexpr std::size_t after = sizeof endpoints + sizeof topic_tag + topic_bytes;
  constexpr std::uint32_t size = 2 + 38 + sizeof poll_head + 8 + 2 + after;
  std::byte* const claimed = ring.claim(size);
  std::byte* out = put(put(put_head<after>(claimed, ids, poll_head, at_us, 1), endpoints), topic_tag);
  std::memcpy(out, topic, topic_bytes);
  Ring::commit(claimed, size);
}

// A span of the work on a record: local endpoint and both tags.
inline void record_process(Ring& ring, const Ids& ids, std::uint64_t start_us, std::uint64_t duration_us,
                           const char* key, const char* topic) noexcept {
  constexpr std::size_t after = sizeof local_endpoint + both_tags;
  constexpr std::uint32_t size = 2 + 38 + sizeof process_head + 8 + 2 + after;
  std::byte* const claimed = ring.claim(size);
  put_tags(put(put_head<after>(claimed, ids, process_head, start_us, duration_us), local_endpoint), key,
           topic);
  Ring::commit(claimed, size);
}

}  // namespace edgespan::bench::floor
