// SPDX-License-Identifier: Apache-2.0
// A step of the reporter that finds nothing to do.
#include <edgespan/reporter.hpp>

#include "cost/counted.hpp"
#include "cost/floor_core.hpp"
#include "cost/subject.hpp"

namespace edgespan::cost {
namespace {

SendResult deliver(void*, std::span<const std::byte>, std::uint64_t) noexcept {
  return {.outcome = Outcome::delivered};
}
void cancel(void*) noexcept {}

}  // namespace

void count_steps() {
  {
    Subject agent;
    Reporter reporter;
    must(reporter.init(agent.tracing, {nullptr, deliver, cancel}) == Status::ok, "Reporter::init");
    std::uint64_t again_us = 0;
    count(
        "step_idle", edgespan_peer, rounds,
        [&] {
          again_us = reporter.step();
          keep(again_us);
        },
        nothing);
    must(again_us > 1'000 && agent.tracing.books().finished == 0, "an idle step");
    must(reporter.stop(0) == Status::ok, "Reporter::stop");
  }
  floor::House house{.ring = floor::fresh_ring()};
  std::uint64_t again_us = 0;
  count(
      "step_idle", floor_peer, rounds,
      [&] {
        again_us = floor::step(*bench::hidden(&house));
        keep(again_us);
      },
      nothing);
  must(again_us > 1'000, "the floor's idle step");
}

}  // namespace edgespan::cost
