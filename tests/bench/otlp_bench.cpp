// SPDX-License-Identifier: Apache-2.0
// The way from the ring to an OTLP request: a batch is drained, and its spans become those of OTLP.
#include <edgespan/otlp_dialect.hpp>

#include "bench/floor_drain.hpp"
#include "bench/floor_otlp.hpp"
#include "bench/floor_span.hpp"
#include "bench/measure.hpp"

#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::bench;

constexpr std::uint32_t batch_spans = 400;
constexpr std::size_t batch_bytes = 65'536;

// Of the workload's span, and of what stands ahead of 400 of them.
constexpr std::size_t otlp_span_bytes = 210;
constexpr std::size_t otlp_head_bytes = 45;

void drain_otlp(benchmark::State& state) {
  Agent<Limits{.ring_bytes = batch_bytes, .batch_bytes = batch_bytes}> agent;
  std::vector<std::byte> room(OtlpDialect::room_bytes(batch_bytes));
  OtlpDialect otlp{room};
  std::size_t bytes = otlp_head_bytes + batch_spans * otlp_span_bytes;
  const auto refill = [&] {
    must(bytes == otlp_head_bytes + batch_spans * otlp_span_bytes, "the request");
    for (std::uint32_t i = 0; i < batch_spans; ++i) one_span(agent.tracing);
  };
  refill();
  measure_batches(
      state, batch_spans,
      [&] {
        const std::size_t drained = agent.drain();
        bytes = otlp.table().encode(otlp.table().ctx, std::span{agent.memory->batch}.first(drained)).size();
      },
      refill);
  agent.check();
}

// The same bytes, by straight-line code that knows where everything stands.
void drain_otlp_floor(benchmark::State& state) {
  auto ring = std::make_unique<floor::Ring>();
  std::vector<std::byte> batch(batch_bytes), room(OtlpDialect::room_bytes(batch_bytes));
  std::size_t bytes = otlp_head_bytes + batch_spans * otlp_span_bytes;
  const auto refill = [&] {
    must(bytes == otlp_head_bytes + batch_spans * otlp_span_bytes, "the floor's request");
    ring->end = ring->read = 0;
    for (std::uint32_t i = 0; i < batch_spans; ++i)
      floor::record(*ring, context, {floor::now_us(), 1}, key, topic);
  };
  refill();
  measure_batches(
      state, batch_spans,
      [&] {
        const std::size_t drained = floor::drain_ring(*hidden(ring.get()), batch);
        bytes = floor::otlp_request(std::span{batch}.first(drained), room.data());
        benchmark::ClobberMemory();
      },
      refill);
}

BENCHMARK(drain_otlp)->Name("drain_otlp/edgespan");
BENCHMARK(drain_otlp_floor)->Name("drain_otlp/floor");

}  // namespace
