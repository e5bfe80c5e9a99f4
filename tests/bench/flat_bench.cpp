// SPDX-License-Identifier: Apache-2.0
// The price of a span must depend neither on how many there were nor on the ring's size. In every row five
// spans are recorded and then taken out, again and again, so that a row differs from its like in that one
// number alone.
#include "bench/measure.hpp"

#include <algorithm>
#include <optional>

namespace {

using namespace edgespan;
using namespace edgespan::bench;

constexpr std::int64_t between_drains = 5;  // fit in 1 KiB

template <typename Traced>
void record_and_drain(Traced& agent, std::int64_t spans) {
  for (std::int64_t i = 0; i < spans; i += between_drains) {
    for (std::int64_t k = 0; k < between_drains; ++k) one_span(agent.tracing);
    agent.drain();
  }
}

// range(0) spans on an agent that has just started, again and again. Stopping the clock costs more than a
// span:
// `_base` is that alone, to be taken off.
void spans(benchmark::State& state, bool records) {
  std::optional<Agent<>> agent;
  Allocations allocations;
  while (state.KeepRunningBatch(state.range(0))) {
    state.PauseTiming();
    allocations.pause();
    agent.emplace();
    allocations.resume();
    state.ResumeTiming();
    if (records) record_and_drain(*agent, state.range(0));
  }
  allocations.report(state);
  agent->check();
}

template <std::uint32_t RingBytes>
void ring(benchmark::State& state) {
  Agent<Limits{.ring_bytes = RingBytes}> agent;
  Allocations allocations;
  while (state.KeepRunningBatch(between_drains)) record_and_drain(agent, between_drains);
  allocations.report(state);
  agent.check();
}

void register_spans(const char* name, const char* base, std::int64_t count) {
  const std::int64_t all = std::max<std::int64_t>(count, 500'000);
  benchmark::RegisterBenchmark(name, spans, true)->Arg(count)->Iterations(all);
  benchmark::RegisterBenchmark(base, spans, false)->Arg(count)->Iterations(all);
}

[[maybe_unused]] const bool registered = [] {
  register_spans("flat_spans_10/edgespan", "flat_spans_10/edgespan_base", 10);
  register_spans("flat_spans_1000/edgespan", "flat_spans_1000/edgespan_base", 1'000);
  register_spans("flat_spans_100000/edgespan", "flat_spans_100000/edgespan_base", 100'000);
  register_spans("flat_spans_10000000/edgespan", "flat_spans_10000000/edgespan_base", 10'000'000);
  return true;
}();
BENCHMARK(ring<1'024>)->Name("flat_ring_1024/edgespan");
BENCHMARK(ring<32'768>)->Name("flat_ring_32768/edgespan");
BENCHMARK(ring<1'048'576>)->Name("flat_ring_1048576/edgespan");

}  // namespace
