// SPDX-License-Identifier: Apache-2.0
// The floor: straight-line code for the workload alone, doing only what cannot be left out. Of its input it
// knows the form, not the content nor the length of a text. It shares nothing with the agent but the types of
// answers.
#pragma once

#include <edgespan/context.hpp>

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

#ifdef EDGESPAN_NO_THREADS
#define EDGESPAN_FLOOR_THREAD_LOCAL
#else
#include <ctime>
#define EDGESPAN_FLOOR_THREAD_LOCAL thread_local
#endif

namespace edgespan::bench::floor {

#ifdef EDGESPAN_NO_THREADS
inline constexpr std::uint32_t ring_bytes = 2'048;
std::uint64_t now_us() noexcept;  // whoever asks on a board without a system has a clock
#else
inline constexpr std::uint32_t ring_bytes = 262'144;
inline std::uint64_t now_us() noexcept {
  timespec now;
  clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 + static_cast<std::uint32_t>(now.tv_nsec) / 1'000;
}
#endif

// xoshiro256**, one a thread: any thread may trace. Ids must not repeat, so a thread seeds its own before its
// first id.
struct Random {
  std::uint64_t s[4] = {0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0x2545F4914F6CDD1D};
  bool seeded = false;
  [[gnu::cold, gnu::noinline]] void seed() noexcept {
    s[0] ^= now_us();
    seeded = true;
  }
  std::uint64_t next() noexcept {
    if (!seeded) [[unlikely]]
      seed();
    const std::uint64_t result = std::rotl(s[1] * 5, 7) * 9;
    const std::uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = std::rotl(s[3], 45);
    return result;
  }
};

inline constinit EDGESPAN_FLOOR_THREAD_LOCAL Random random{};

// Tracing may be switched off at any moment, so what begins a span asks.
inline std::atomic<bool> switched_on{true};

// Word by word, as it was written: a wider load of what was just stored in words would wait for them.
inline void copy(const Context& from, Context& to) noexcept {
  const auto word = [](std::uint64_t value) {
    asm("" : "+r"(value));
    return value;
  };
  to.trace_hi = word(from.trace_hi);
  to.trace_lo = word(from.trace_lo);
  to.span_id = word(from.span_id);
  to.parent_id = word(from.parent_id);
  to.decision = from.decision;
}

// A ring for one thread's spans: one claim, one copy, one store that shows it. A record is its size and the
// place of its time stamp, then its bytes, in whole words.
struct Ring {
  static constexpr std::uint32_t bytes = ring_bytes;
  static constexpr std::uint32_t step(std::uint32_t size) noexcept { return 4 + (size + 3) / 4 * 4; }

  // Null if what was not read yet leaves no room.
  std::byte* claim(std::uint32_t size) noexcept {
    std::uint32_t at = end.load(std::memory_order_relaxed);
    std::uint32_t begin = 0;
    do {
      begin = at % bytes + step(size) > bytes ? (at / bytes + 1) * bytes : at;
      if (begin + step(size) - read.load(std::memory_order_acquire) > bytes) return nullptr;
    } while (!end.compare_exchange_weak(at, begin + step(size), std::memory_order_relaxed));
    return memory + begin % bytes + 4;
  }
  static void commit(std::byte* claimed, std::uint32_t size, std::uint32_t timestamp_at) noexcept {
    auto* const header = reinterpret_cast<std::uint32_t*>(claimed - 4);
    std::atomic_ref<std::uint32_t>{*header}.store(size | timestamp_at << 16, std::memory_order_release);
  }
  // All of it was read.
  void clear() noexcept { read.store(end.load(std::memory_order_relaxed), std::memory_order_release); }

  alignas(64) std::byte memory[bytes];
  alignas(64) std::atomic<std::uint32_t> end{0};
  alignas(64) std::atomic<std::uint32_t> read{0};
};

}  // namespace edgespan::bench::floor
