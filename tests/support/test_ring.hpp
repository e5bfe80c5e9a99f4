// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/span_ring.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace edgespan::test {

// A ring with its memory. The test's elements begin with a number, which tells them apart.
template <std::size_t Chunks>
struct Ring {
  alignas(8) std::array<std::byte, Chunks * ring_chunk_bytes> bytes;
  std::array<RingChunk, Chunks> chunks;
  detail::SpanRing ring;
  Ring() {
    bytes.fill(std::byte{0xA5});  // a ring may get dirty memory
    ring.init(bytes, chunks);
  }
  bool put(std::uint32_t stripe, std::uint32_t value, std::uint32_t size = 100) {
    return put(stripe, value, size, [] {});
  }
  // Calls `pause` between claim and commit.
  template <typename Pause>
  bool put(std::uint32_t stripe, std::uint32_t value, std::uint32_t size, Pause pause) {
    std::byte* out = ring.claim(stripe, size);
    if (out == nullptr) return false;
    pause();
    std::memset(out, 0xFF, size);
    std::memcpy(out, &value, sizeof value);
    ring.commit(out, size, 7, value % 2 == 1);
    return true;
  }
  bool peek(std::uint32_t stripe, detail::RingElement& element) {
    detail::SpanRing::Peek found;
    while ((found = ring.peek(stripe, element)) == detail::SpanRing::Peek::moved) {
    }
    return found == detail::SpanRing::Peek::element;
  }
  bool take(std::uint32_t stripe, std::uint32_t& value, std::uint32_t* size = nullptr) {
    detail::RingElement element;
    if (!peek(stripe, element)) return false;
    std::memcpy(&value, element.bytes.data(), sizeof value);
    if (size != nullptr) *size = static_cast<std::uint32_t>(element.bytes.size());
    ring.pop(stripe);
    return true;
  }
  // One whose claim was passed over, and that is committed since.
  bool take_late(std::uint32_t& value) {
    detail::RingElement element;
    if (!ring.peek_late(element)) return false;
    std::memcpy(&value, element.bytes.data(), sizeof value);
    ring.pop_late(element);
    return true;
  }
};

}  // namespace edgespan::test
