// SPDX-License-Identifier: Apache-2.0
// Explores a scenario: a few threads that call the agent's own code, in the orders and with the stale values
// that C++ allows them to see. The model checker behind it is Relacy.
#pragma once

#include "model/model_atomic.hpp"

#include <cstdint>
#include <span>

namespace edgespan::model {

// The functions run once for each way that the threads may take. They use no memory but static one, and
// before() puts all of it back to where it begins.
struct Scenario {
  const char* name;
  unsigned threads;  // 2 or 3
  void (*before)();
  void (*thread)(unsigned index);
  void (*after)();
  unsigned switches;  // how often a thread may be interrupted in the search that leaves out nothing else
};
std::span<const Scenario> ring_scenarios() noexcept;
std::span<const Scenario> table_scenarios() noexcept;
std::span<const Scenario> slot_scenarios() noexcept;
std::span<const Scenario> sampler_scenarios() noexcept;

// In a scenario: ends the test if `holds` is false.
void require(bool holds, const char* what) noexcept;
// In a scenario: lets another thread go on, where this one waits for it.
void give_way() noexcept;
// In a scenario: brings threads into an order of time alone. It orders no other memory, so it hides nothing.
class Stage {
 public:
  void reach(std::uint32_t number) noexcept { reached_.store(number, std::memory_order_relaxed); }
  void await(std::uint32_t number) noexcept {
    while (reached_.load(std::memory_order_relaxed) < number) give_way();
  }

 private:
  detail::Atomic<std::uint32_t> reached_{0};
};
// In a scenario: which of its threads this is.
unsigned thread_index() noexcept;

// One part of an order: what makes it more than relaxed.
enum class Part : std::uint8_t { acquire, release, failed };

// An operation of the agent whose order is more than relaxed.
struct Place {
  Site site = Site::current();
  const char* operation = "";
  Part part{};
};
// Those that were carried out since the program began.
std::span<const Place> places() noexcept;
// From now on this one is relaxed; null: none is.
void weaken(const Place* place) noexcept;

struct Found {
  bool passed;
  bool complete;  // every way within the bound was taken
  std::uint64_t ways;
  const char* why;
  const char* steps;  // the last ones of the way that failed, by thread; until the next search
};
// Takes `ways` random ways. The same ones each time.
Found search_at_random(const Scenario& scenario, std::uint64_t ways) noexcept;
// Takes all ways on which threads are interrupted `scenario.switches` times, or the first `ways` of them.
Found search_all(const Scenario& scenario, std::uint64_t ways) noexcept;

}  // namespace edgespan::model
