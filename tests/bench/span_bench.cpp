// SPDX-License-Identifier: Apache-2.0
// A span of the application's own, from its start until it lies encoded in the ring; and the way out again.
#include "bench/floor_drain.hpp"
#include "bench/floor_span.hpp"
#include "bench/measure.hpp"
#include "support/decoded_span.hpp"

#include <atomic>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::bench;

constexpr std::uint32_t between_drains = 400;  // fit in 64 KiB

void span(benchmark::State& state) {
  Agent<> agent;
  one_span(agent.tracing);
  must(agent.drain() == 135, "the span of 135 bytes");
  measure(
      state, between_drains, [&] { one_span(agent.tracing); }, [&] { agent.drain(); });
  agent.check();
}

void tagged(Tracing& tracing, std::string_view name) {
  Span span = tracing.span(name);
  span.tag("kafka.key", key).tag("kafka.topic", topic);
}

// What another tracer calls a root span: of a new trace, with two tags.
void roots(Agent<>& agent) {
  for (std::uint32_t i = 0; i < between_drains; ++i) tagged(agent.tracing, "send");
}

// Spans of one trace, one after another, under a root that is this thread's scope.
void traces(Agent<>& agent) {
  constexpr std::uint32_t children = 100;
  for (std::uint32_t i = 0; i < between_drains; i += children) {
    Span root = agent.tracing.span("send");
    const Scope scope{agent.tracing, root.context()};
    for (std::uint32_t child = 0; child < children; ++child) tagged(agent.tracing, "work");
  }
}

// `all`: with the way out of the ring, after which the spans are ready to be sent.
template <void (*spans)(Agent<>&), bool all>
void many(benchmark::State& state) {
  Agent<> agent;
  measure_batches(
      state, between_drains,
      [&] {
        spans(agent);
        if (all) agent.drain();
      },
      [&] { agent.drain(); });
  agent.check();
}

void span_floor(benchmark::State& state) {
  auto ring = std::make_unique<floor::Ring>();
  const Context parent = context;
  std::uint32_t size = 0;
  measure(
      state, between_drains,
      [&] {
        const floor::Open open = floor::start(*hidden(&parent));
        size = floor::finish(*ring, open, hidden(key), hidden(topic));
      },
      [&] {
        must(size == 135, "the floor's span");
        ring->clear();
      });
}

// Whether a collector would get the workload's span, in every field.
bool is_workload(const test::DecodedSpan& span) {
  return span.trace_id == b3_value.substr(0, 32) && span.parent_id == b3_value.substr(33, 16) &&
         span.id.size() == 16 && span.kind == Kind::producer && span.name == "send" && span.timestamp != 0 &&
         span.duration >= 1 && span.duration <= 127 && span.local.service_name == "svc" &&
         span.local.ipv4 == "0a010203" && span.local.ipv6.empty() && span.local.port == 8080 &&
         span.remote.service_name == "kafka" && span.remote.ipv4.empty() && span.remote.ipv6.empty() &&
         span.remote.port == 0 && span.tags_written == 2 && span.tag("kafka.key") == key &&
         span.tag("kafka.topic") == topic && span.annotations.empty() && !span.debug && !span.shared;
}

// Not a time: what a collector gets for one span, decoded to see that it is that span.
void span_bytes(benchmark::State& state) {
  Agent<> agent;
  for (auto _ : state) one_span(agent.tracing);
  const std::size_t bytes = agent.drain();
  const auto spans = test::decode_spans(std::span{agent.memory->batch}.first(bytes));
  must(spans.size() == 1 && is_workload(spans.front()), "the workload's span, decoded");
  state.counters["value"] = static_cast<double>(bytes);
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

void drain_floor(benchmark::State& state) {
  auto ring = std::make_unique<floor::Ring>();
  std::vector<std::byte> batch(65'536);
  std::size_t bytes = batch_spans * 135;
  const auto refill = [&] {
    must(bytes == batch_spans * 135, "the floor's drain");
    ring->end = ring->read = 0;
    for (std::uint32_t i = 0; i < batch_spans; ++i)
      floor::record(*ring, context, {floor::now_us(), 1}, key, topic);
  };
  refill();
  measure_batches(
      state, batch_spans,
      [&] {
        bytes = floor::drain_ring(*hidden(ring.get()), batch);
        benchmark::ClobberMemory();
      },
      refill);
}

BENCHMARK(span)->Name("span_2tags/edgespan");
BENCHMARK(span_floor)->Name("span_2tags/floor");
BENCHMARK((many<roots, false>))->Name("span_root/edgespan");
BENCHMARK((many<roots, true>))->Name("span_root_all/edgespan");
BENCHMARK((many<traces, false>))->Name("trace_100/edgespan");
BENCHMARK((many<traces, true>))->Name("trace_100_all/edgespan");
BENCHMARK(span_bytes)->Name("span_bytes/edgespan")->Iterations(1);
BENCHMARK(drain)->Name("drain/edgespan");
BENCHMARK(drain_floor)->Name("drain/floor");

}  // namespace
