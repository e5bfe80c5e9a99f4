// SPDX-License-Identifier: Apache-2.0
// Fields of spans whose texts are short, for the quick ways: their tags have lengths of one byte, and their
// endpoints are copied in one piece.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "core/assert.hpp"
#include "core/encode_impl.hpp"
#include "core/encoded_endpoint.hpp"
#include "kafka/message_text.hpp"
#include "kafka/spelling.hpp"

namespace edgespan::kafka_detail::short_fields {

// With a key or a topic of so many bytes the lengths of a tag still have one byte each.
inline constexpr std::size_t text_bytes_max = 112;
static_assert(key_room(text_bytes_max) >= text_bytes_max && topic_bytes_max >= text_bytes_max);

inline constexpr std::uint8_t key_key = 0x0A;  // in a tag
inline constexpr std::uint8_t key_value = 0x12;

// The bytes of a tag in front of its text, without the two lengths.
template <const std::string_view& Key>
inline constexpr auto tag_front = [] {
  std::array<std::byte, 6 + Key.size()> run{std::byte{detail::encode_impl::key_tag}, std::byte{0},
                                            std::byte{key_key}, static_cast<std::byte>(Key.size())};
  for (std::size_t i = 0; i < Key.size(); ++i) run[4 + i] = static_cast<std::byte>(Key[i]);
  run[4 + Key.size()] = std::byte{key_value};
  return run;
}();

template <const std::string_view& Key>
EDGESPAN_INLINE std::byte* put_tag(std::byte* out, std::string_view text) noexcept {
  constexpr std::size_t front = tag_front<Key>.size();
  std::memcpy(out, tag_front<Key>.data(), front);
  out[1] = static_cast<std::byte>(front - 2 + text.size());
  out[front - 1] = static_cast<std::byte>(text.size());
  return detail::encode_impl::put_run(out + front, text.data(), text.size());
}

// Copies a run of at most `Size` bytes in one piece where it lies in an array of as many: what is written
// behind it is written over by the fields that follow. A longer one is copied by pieces.
template <std::size_t Size>
EDGESPAN_INLINE std::byte* put_front(std::byte* out, const detail::EncodedEndpoint& run) noexcept {
  static_assert(Size <= sizeof run.bytes);
  if (run.size > Size) [[unlikely]]
    return detail::encode_impl::put_run(out, run.bytes.data(), run.size);
  std::memcpy(out, run.bytes.data(), Size);
  return out + run.size;
}
// Behind the begin of a local endpoint so many bytes must be the span's own.
inline constexpr std::size_t local_front = 32;
inline constexpr std::size_t remote_front = 16;
static_assert(remote_front <= tag_front<topic_tag>.size());  // which follows

}  // namespace edgespan::kafka_detail::short_fields
