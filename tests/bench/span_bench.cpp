// SPDX-License-Identifier: Apache-2.0
// A span of the application's own, from its start until it lies encoded in the ring; and the way out again.
#include "bench/floor_span.hpp"
#include "bench/workload.hpp"

#include <array>
#include <cstring>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::bench;

constexpr std::uint32_t between_drains = 400;  // fit in 64 KiB

void span(benchmark::State& state) {
  Agent<> agent;
  one_span(agent.tracing);
  must(agent.drain() == floor::span_bytes, "the span of 135 bytes");
  measure(
      state, between_drains, [&] { one_span(agent.tracing); }, [&] { agent.drain(); });
  agent.check();
}

void span_floor(benchmark::State& state) {
  auto ring = std::make_unique<floor::Ring>();
  floor::Random random;
  const char* key_text = key.data();
  const char* topic_text = topic.data();
  measure(state, [&] {
    benchmark::DoNotOptimize(key_text);
    benchmark::DoNotOptimize(topic_text);
    const std::uint64_t start_us = floor::now_us();
    const floor::Ids ids{context.trace_hi, context.trace_lo, random.next(), context.span_id, '1'};
    floor::record(*ring, ids, start_us, floor::now_us() - start_us + 1, key_text, topic_text);
  });
}

// Not a time: what a collector gets for one span.
void span_bytes(benchmark::State& state) {
  Agent<> agent;
  for (auto _ : state) one_span(agent.tracing);
  state.counters["value"] = static_cast<double>(agent.drain());
}

constexpr std::uint32_t batch_spans = 400;

// What the reporter does for a span between the ring and the sender: one batch a round.
void drain(benchmark::State& state) {
  Agent<Limits{.ring_bytes = 65'536, .batch_bytes = 65'536}> agent;
  const auto refill = [&] {
    for (std::uint32_t i = 0; i < batch_spans; ++i) one_span(agent.tracing);
  };
  refill();
  measure_batches(
      state, batch_spans,
      [&] {
        std::size_t bytes = agent.drain();
        benchmark::DoNotOptimize(bytes);
      },
      refill);
  agent.check();
}

// A copy and a true time for each, and the bytes counted.
void drain_floor(benchmark::State& state) {
  auto ring = std::make_unique<floor::Ring>();
  const floor::Ids ids{context.trace_hi, context.trace_lo, context.span_id, context.parent_id, '1'};
  for (std::uint32_t i = 0; i < batch_spans; ++i) {
    floor::record(*ring, ids, floor::now_us(), 1, key.data(), topic.data());
  }
  std::vector<std::byte> batch(65'536);
  measure_batches(
      state, batch_spans,
      [&] {
        const std::byte* in = ring->memory;
        std::byte* out = batch.data();
        const std::uint64_t offset_us = floor::now_us();
        for (std::uint32_t i = 0; i < batch_spans; ++i) {
          std::uint32_t size;
          std::memcpy(&size, in, 4);
          std::memcpy(out, in + 4, floor::span_bytes);
          std::uint64_t start_us;
          std::memcpy(&start_us, out + floor::timestamp_at, 8);
          start_us += offset_us;
          std::memcpy(out + floor::timestamp_at, &start_us, 8);
          in += floor::Ring::step(size);
          out += size;
        }
        benchmark::DoNotOptimize(out);
        benchmark::ClobberMemory();
      },
      [] {});
}

BENCHMARK(span)->Name("span_2tags/edgespan");
BENCHMARK(span_floor)->Name("span_2tags/floor");
BENCHMARK(span_bytes)->Name("span_bytes/edgespan")->Iterations(1);
BENCHMARK(drain)->Name("drain/edgespan");
BENCHMARK(drain_floor)->Name("drain/floor");

}  // namespace
