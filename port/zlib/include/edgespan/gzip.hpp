// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace edgespan::gzip {

// zlib's window (512 bytes) and memory level. A small window does, since spans of one program resemble their
// neighbours: a window of 4 KiB needs three times the memory and makes a batch only 6 % smaller.
inline constexpr int window_bits = 9;
inline constexpr int memory_level = 2;

// The memory that zlib works in. zlib 1.2.13 takes 10,048 bytes on 64-bit machines; other releases take a
// little more.
inline constexpr std::size_t state_bytes = 10'752;

// A batch smaller than this is sent unpacked: it fits into one packet anyway.
inline constexpr std::size_t batch_bytes_min = 256;
// The size of the header line that announces gzip. Packing must save more than that.
inline constexpr std::size_t header_bytes = 24;

// All the memory that is used for batches of up to `batch_bytes`. A batch whose packed form is larger than
// half of `batch_bytes` is sent unpacked.
constexpr std::size_t memory_bytes(std::size_t batch_bytes) noexcept { return state_bytes + batch_bytes / 2; }

template <std::size_t batch_bytes>
struct Memory {
  alignas(std::max_align_t) std::array<std::byte, memory_bytes(batch_bytes)> bytes;
};

// Every counter wraps at 2^32; differences of two readings stay right.
struct Counters {
  std::uint32_t packed = 0;        // bodies that were packed; one that is offered again counts again
  std::uint32_t before_bytes = 0;  // of these bodies, before packing
  std::uint32_t after_bytes = 0;   // of these bodies, after packing
  std::uint32_t not_worth_it = 0;  // bodies that were sent unpacked: small, or hardly smaller when packed
};

// Packs batches for an HttpSender (HttpConfig::gzip), in memory that is given once. Neither copied nor moved,
// since its table points to it.
class Gzip {
 public:
  Gzip() noexcept;
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;
  ~Gzip();

  // Keeps `memory`, which has memory_bytes() of the largest batch. Call once, before the table is used.
  // False: `memory` is too small for this zlib, or init() was called before.
  bool init(std::span<std::byte> memory) noexcept;
  template <std::size_t batch_bytes>
  bool init(Memory<batch_bytes>& memory) noexcept {
    return init(memory.bytes);
  }

  // Valid as long as this object. Before init() it packs nothing.
  const edgespan_gzip& table() const noexcept { return table_; }

  // Any thread.
  Counters counters() const noexcept;

 private:
  const void* pack(const void* bytes, std::size_t n, std::size_t& packed_bytes) noexcept;

  edgespan_gzip table_;
  void* stream_ = nullptr;  // zlib's, in the memory; null: not initialised
  std::span<std::byte> packed_;
  std::atomic<std::uint32_t> packed_count_{0}, before_bytes_{0}, after_bytes_{0}, not_worth_it_{0};
};

}  // namespace edgespan::gzip
