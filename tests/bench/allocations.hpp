// SPDX-License-Identifier: Apache-2.0
// Counts what this thread allocates: calls of malloc and its kin, without those that librdkafka makes itself.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>

namespace edgespan::bench {

struct AllocationCount {
  std::uint64_t ours = 0;
  std::uint64_t client = 0;  // librdkafka's
};
AllocationCount allocations_of_this_thread() noexcept;

// From its making to report(), without the pauses between.
class Allocations {
 public:
  Allocations() noexcept { resume(); }
  void pause() noexcept;
  void resume() noexcept { since_ = allocations_of_this_thread(); }
  // The counters `allocs` and, if there are any, `client_allocs` of one round.
  void report(benchmark::State& state) noexcept;

 private:
  AllocationCount since_{};
  AllocationCount sum_{};
};

}  // namespace edgespan::bench
