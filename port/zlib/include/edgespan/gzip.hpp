// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace edgespan::gzip {

// zlib's window (512 bytes) and level of memory. Spans of one program resemble their neighbours: a window of
// 4 KiB takes three times the memory, and 6 % more off the batch.
inline constexpr int window_bits = 9;
inline constexpr int memory_level = 2;

// What zlib works in: 1.2.13 asks for 10,048 bytes on 64-bit machines; other releases for some more.
inline constexpr std::size_t state_bytes = 10'752;

// A smaller batch is sent as it is: it fits into one packet anyway.
inline constexpr std::size_t batch_bytes_min = 256;
// What the request's header line about it costs on the air.
inline constexpr std::size_t header_bytes = 24;

// All that is ever used for batches of up to `batch_bytes`. What does not shrink to half of that is sent as
// it is.
constexpr std::size_t memory_bytes(std::size_t batch_bytes) noexcept { return state_bytes + batch_bytes / 2; }

template <std::size_t batch_bytes>
struct Memory {
  alignas(std::max_align_t) std::array<std::byte, memory_bytes(batch_bytes)> bytes;
};

// Bytes wrap at 2^32; differences stay right.
struct Counters {
  std::uint32_t packed = 0;        // bodies; one that is offered anew counts again
  std::uint32_t before_bytes = 0;  // of these
  std::uint32_t after_bytes = 0;
  std::uint32_t not_worth_it = 0;  // bodies that go out as they are: small, or hardly smaller afterwards
};

// Compresses batches for an HttpSender (HttpConfig::gzip), in memory that is given once. Pinned.
class Gzip {
 public:
  Gzip() noexcept;
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;
  ~Gzip();

  // Keeps `memory`, memory_bytes() of the largest batch. False: it is too small for this zlib, or this was
  // called before. Call once, before the table is used.
  bool init(std::span<std::byte> memory) noexcept;
  template <std::size_t batch_bytes>
  bool init(Memory<batch_bytes>& memory) noexcept {
    return init(memory.bytes);
  }

  // As long as this object lives. Before init() it packs nothing.
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
