// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace edgespan::sim {

// Random numbers from one seed, the same on every machine and with every standard library; the distributions
// of <random> do not promise that. The generator is splitmix64, integers only. Draw once an expression: each
// compiler chooses the order in which arguments and operands are evaluated.
class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) : state_(seed) {}

  constexpr std::uint64_t next() {
    std::uint64_t value = state_ += 0x9E3779B97F4A7C15;
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9;
    value = (value ^ value >> 27) * 0x94D049BB133111EB;
    return value ^ value >> 31;
  }

  // 0 to n - 1; 0 if n is 0.
  constexpr std::uint32_t below(std::uint32_t n) {
    return static_cast<std::uint32_t>(((next() >> 32) * n) >> 32);
  }

  // True `rate` times in a million.
  constexpr bool hits(std::uint32_t rate) { return rate != 0 && below(1'000'000) < rate; }

  // `low` to `high`, both included.
  constexpr std::uint64_t between(std::uint64_t low, std::uint64_t high) {
    const std::uint64_t count = high - low + 1;
    return count == 0 ? next() : low + next() % count;
  }

  // `low` (1 or more) to `high`. Every power of two is equally likely, so small values come as often as large
  // ones.
  constexpr std::uint64_t scaled(std::uint64_t low, std::uint64_t high) {
    std::uint32_t doublings = 0;
    while (doublings < 63 && low << doublings < high / 2) ++doublings;
    const std::uint64_t from = low << below(doublings + 1);
    return between(from, from * 2 < high ? from * 2 : high);
  }

  // One of several values.
  template <typename T, std::uint32_t N>
  constexpr const T& pick(const T (&values)[N]) {
    return values[below(N)];
  }

  // A stream of numbers of its own, so that what one part draws does not change what another draws.
  constexpr Random split() { return Random{next() ^ 0x6A09E667F3BCC909}; }

 private:
  std::uint64_t state_;
};

}  // namespace edgespan::sim
