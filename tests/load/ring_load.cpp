// SPDX-License-Identifier: Apache-2.0
// edgespan_ring_load OPERATIONS: so many elements go into the ring and out of it, two operations each, by 2
// to 16 threads, of which one takes out. For a build with -fsanitize=thread.
#include "support/test_ring.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

namespace {

using namespace edgespan;
using Ring = test::Ring<8>;

constexpr std::uint32_t number_mask = 0x0FFFFFFF;  // of an element, below its producer

struct Load {
  std::unique_ptr<Ring> ring = std::make_unique<Ring>();
  std::atomic<std::uint32_t> running{0};
  std::array<std::uint32_t, 16> newest{};  // of each producer
  std::uint64_t taken = 0;
  std::uint64_t late = 0;
  std::uint64_t disorder = 0;

  // A full ring refuses: then another thread has its turn.
  void produce(std::uint32_t producer, std::uint32_t elements) {
    for (std::uint32_t i = 1; i <= elements; ++i) {
      while (!ring->put(producer % detail::stripes, producer << 28 | i, 8 + (i * 7 + producer) % 60)) {
        std::this_thread::yield();
      }
    }
    running.fetch_sub(1);
  }
  // Returns whether there was something.
  bool consume() {
    const std::uint64_t before = taken;
    std::uint32_t value = 0;
    for (; ring->take_late(value); ++taken) ++late;
    for (std::uint32_t stripe = 0; stripe < detail::stripes; ++stripe) {
      for (; ring->take(stripe, value); ++taken) {
        std::uint32_t& last = newest[value >> 28];
        if ((value & number_mask) <= last) ++disorder;
        last = value & number_mask;
      }
    }
    return taken != before;
  }
};

bool run(std::uint32_t threads, std::uint64_t operations) {
  const std::uint32_t producers = threads - 1;
  const auto each = static_cast<std::uint32_t>(operations / 2 / producers);
  Load load;
  load.running = producers;
  const auto started = std::chrono::steady_clock::now();
  std::vector<std::thread> running;
  for (std::uint32_t p = 0; p < producers; ++p)
    running.emplace_back([&load, p, each] { load.produce(p, each); });
  for (bool ended = false; !ended;) {
    ended = load.running == 0;
    if (!load.consume()) std::this_thread::yield();
  }
  for (std::thread& thread : running) thread.join();
  while (load.consume()) {
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  const std::uint64_t put = std::uint64_t{each} * producers;
  std::printf("%2u threads: %llu elements in %.1f s, %llu of them late\n", threads,
              static_cast<unsigned long long>(load.taken), took.count(),
              static_cast<unsigned long long>(load.late));
  std::fflush(stdout);
  if (load.taken == put && load.disorder == 0 && load.ring->ring.chunks_used() == 0) return true;
  std::printf("wrong: %llu were put, %llu came out of order\n", static_cast<unsigned long long>(put),
              static_cast<unsigned long long>(load.disorder));
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t operations = argc == 2 ? std::strtoull(argv[1], nullptr, 10) : 0;
  constexpr std::array<std::uint32_t, 7> counts{2, 3, 4, 6, 8, 12, 16};
  // A number of 28 bits tells the elements of a producer apart.
  if (operations < 2'000 || operations / counts.size() / 2 > number_mask) {
    std::fputs("edgespan_ring_load OPERATIONS: from 2,000 to three thousand million\n", stderr);
    return 2;
  }
  bool right = true;
  for (const std::uint32_t threads : counts) right &= run(threads, operations / counts.size());
  return right ? 0 : 1;
}
