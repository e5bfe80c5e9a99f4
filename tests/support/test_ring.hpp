// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/span_ring.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace edgespan::test {

// A ring with its memory. Records begin with a number, by which they are told apart.
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
    std::byte* out = ring.claim(stripe, size);
    if (out == nullptr) return false;
    std::memset(out, 0xFF, size);
    std::memcpy(out, &value, sizeof value);
    ring.commit(out, size, 7, value % 2 == 1);
    return true;
  }
  bool take(std::uint32_t stripe, std::uint32_t& value, std::uint32_t* size = nullptr) {
    detail::RingElement record;
    if (!ring.peek(stripe, record)) return false;
    std::memcpy(&value, record.bytes.data(), sizeof value);
    if (size != nullptr) *size = static_cast<std::uint32_t>(record.bytes.size());
    ring.pop(stripe);
    return true;
  }
};

}  // namespace edgespan::test
