// SPDX-License-Identifier: Apache-2.0
// The rate limit: threads that ask around the edge of a second, some of them late.
#include <edgespan/sampler.hpp>

#include "model/model.hpp"

#include <array>
#include <new>

namespace edgespan::model {
namespace {

constexpr std::uint32_t wrap_s = 65'536;  // half of a second's number is the same again

struct World {
  Sampler one = Sampler::rate_limit(1);
  std::array<std::uint32_t, 3> kept{};  // by each thread
};
alignas(World) std::array<std::byte, sizeof(World)> memory;
World& world() noexcept { return *std::launder(reinterpret_cast<World*>(memory.data())); }

void begin() { new (memory.data()) World; }

void ask(unsigned thread, std::uint64_t second) {
  world().kept[thread] += world().one.keep(1, second * 1'000'000) ? 1U : 0U;
}
void check(std::uint32_t seconds) {
  std::uint32_t all = 0;
  for (const std::uint32_t kept : world().kept) all += kept;
  require(all <= seconds, "more than one trace in a second");
  require(all != 0, "no trace at all");
}

// Two seconds; the third thread is late in one of them.
void around_an_edge(unsigned thread) {
  ask(thread, thread == 1 ? 7 : 6);
  ask(thread, thread == 2 ? 6 : 7);
}
void check_two() { check(2); }

// A window of long ago has the name of the new second.
void begin_long_ago() {
  begin();
  require(world().one.keep(1, 6'000'000), "the first trace is not kept");
}
void after_a_wrap(unsigned thread) {
  ask(thread, 6 + wrap_s);
  ask(thread, 6 + wrap_s);
}
void check_one() { check(1); }

constexpr std::array<Scenario, 3> scenarios{{
    {"rate-edge", 3, begin, around_an_edge, check_two, 3},
    {"rate-edge-of-two", 2, begin, around_an_edge, check_two, 4},
    {"rate-wrap", 2, begin_long_ago, after_a_wrap, check_one, 4},
}};

}  // namespace

std::span<const Scenario> sampler_scenarios() noexcept { return scenarios; }

}  // namespace edgespan::model
