// SPDX-License-Identifier: Apache-2.0
#include "cli/budget/budget_plan.hpp"

#include "cli/io/tool_errors.hpp"
#include "cli/sending/packer.hpp"

#include <edgespan/http_sender.hpp>
#include <edgespan/kafka.hpp>
#include <edgespan/posix_port.hpp>
#include <edgespan/rdkafka_memory.hpp>
#include <edgespan/reporter.hpp>
#include <edgespan/tracing.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace edgespan::cli {
namespace {

// The objects of a program with one producer, one consumer and an HTTP sender.
constexpr std::uint64_t object_bytes = sizeof(Tracing) + sizeof(Reporter) + sizeof(HttpSender) +
                                       sizeof(KafkaTracing) + sizeof(TracingConsumer) + sizeof(posix::Port);

// An allocator keeps more memory than is in use at a moment. The share is an assumption; a test in
// tests/size/budget holds a whole process against the sum.
constexpr std::uint64_t heap_slack(std::uint64_t bytes) { return bytes / 4; }

// message.max.bytes bounds the value together with its key, its headers and the protocol's frame.
constexpr std::uint32_t message_frame_bytes = 1'024;

// The ring gives its chunks out to so many groups of threads. A chunk holds whole spans, each with a word of
// 4 bytes in front and rounded up to such words. A unit test holds both against a real ring.
constexpr std::uint64_t ring_stripes = 4;
constexpr std::uint64_t spans_in_chunk(std::uint32_t span_bytes) {
  return ring_chunk_bytes / 4 / (1 + (span_bytes + 3) / 4);
}

constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) {
  return (value + unit - 1) / unit * unit;
}

std::uint32_t part_of(std::uint64_t bytes, std::uint64_t divisor, std::uint32_t least, std::uint32_t most) {
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(bytes / divisor, least, most));
}

// The limits of both memories.
struct AgentLimits {
  Limits agent;
  KafkaLimits kafka;
};

// The limits beside the ring: those of the default limits in proportion to 64 KiB, at least the tiny ones.
AgentLimits limits_beside_ring(std::uint64_t bytes) {
  return {
      nearest_limits({.ring_bytes = 0,
                      .batch_bytes = part_of(bytes, 8, tiny_limits.batch_bytes, 8'192),
                      .spans_open_max = part_of(bytes, 4'096, tiny_limits.spans_open_max, 16)}),
      nearest_kafka_limits({.inflight_max = part_of(bytes, 256, tiny_kafka_limits.inflight_max, 256),
                            .poll_records_max = part_of(bytes, 131, tiny_kafka_limits.poll_records_max, 500),
                            .poll_topics_max = part_of(bytes, 8'192, tiny_kafka_limits.poll_topics_max, 8)})};
}

std::uint64_t gzip_bytes(const Limits& limits, bool gzip) {
  return gzip ? packer_bytes(limits.batch_bytes) : 0;
}

// The ring gets a quarter at least, and everything beyond 64 KiB.
AgentLimits limits_for_ram(std::uint64_t ram_bytes, bool gzip) {
  constexpr std::uint64_t chunk_bytes = ring_chunk_bytes + sizeof(RingChunk);
  AgentLimits limits;
  std::uint64_t others = 0;
  for (std::uint64_t share = std::min<std::uint64_t>(ram_bytes, 65'536);; share /= 2) {
    limits = limits_beside_ring(share);
    others = object_bytes + memory_bytes(limits.agent) + kafka_memory_bytes(limits.kafka) +
             gzip_bytes(limits.agent, gzip) - chunk_bytes;  // without the one chunk
    if (others + ram_bytes / 4 <= ram_bytes || share == 0) break;
  }
  const std::uint64_t least = others + 2 * chunk_bytes;
  if (ram_bytes < least) {
    throw UsageError{"--ram " + std::to_string(ram_bytes) + " is too little: " + std::to_string(least) +
                     " bytes is the least that traces"};
  }
  const std::uint64_t chunks = std::min<std::uint64_t>((ram_bytes - others) / chunk_bytes, ring_chunks_max);
  limits.agent.ring_bytes = static_cast<std::uint32_t>(chunks * ring_chunk_bytes);
  return limits;
}

// The ring holds the spans of the whole time, the other arrays those of about four seconds.
AgentLimits limits_for_rate(double spans_per_second, double offline_s, std::uint32_t span_bytes) {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(spans_per_second * offline_s));
  const auto in_four_s = static_cast<std::uint64_t>(std::ceil(spans_per_second * 4));
  const KafkaLimits kafka = nearest_kafka_limits(
      {.inflight_max = part_of(in_four_s, 1, 32, 256), .poll_records_max = part_of(in_four_s, 1, 32, 500)});
  Limits limits = nearest_limits(
      {.ring_bytes = 0, .batch_bytes = part_of(round_up(in_four_s * span_bytes, 1'024), 1, 2'048, 65'536)});
  for (std::uint64_t chunks = std::max(ring_stripes, wanted / spans_in_chunk(span_bytes));
       chunks <= ring_chunks_max; ++chunks) {
    limits.ring_bytes = static_cast<std::uint32_t>(chunks) * ring_chunk_bytes;
    if (spans_held(limits.ring_bytes, span_bytes) >= wanted) return {limits, kafka};
  }
  const std::uint64_t most = spans_held(ring_chunks_max * ring_chunk_bytes, span_bytes);
  const double most_s = static_cast<double>(most) / spans_per_second;
  throw UsageError{"the largest ring, 64 MiB, holds the spans of " +
                   std::to_string(static_cast<std::uint64_t>(most_s)) +
                   " s at that rate: shorten --offline, or keep fewer traces with a sampler"};
}

ProducerLimits producer_limits(const KafkaLimits& limits, std::uint32_t message_bytes) {
  ProducerLimits producer;
  producer.queue_messages_max = limits.inflight_max;
  producer.queue_payload_kbytes = static_cast<std::uint32_t>(std::min<std::uint64_t>(
      round_up(std::uint64_t{limits.inflight_max} * message_bytes, 1'024) / 1'024, 2'097'151));
  producer.message_bytes_max = message_bytes + message_frame_bytes;
  return producer;
}

// The bytes of one array, as the difference that it makes to the sum.
template <typename Change>
std::uint64_t share(const Limits& limits, Change change) {
  Limits without = limits;
  change(without);
  return memory_bytes(limits) - memory_bytes(without);
}
template <typename Change>
std::uint64_t kafka_share(const KafkaLimits& limits, Change change) {
  KafkaLimits without = limits;
  change(without);
  return kafka_memory_bytes(limits) - kafka_memory_bytes(without);
}

void add_agent_terms(BudgetPlan& plan, const BudgetWish& wish) {
  const Limits& limits = plan.limits;
  const KafkaLimits& kafka = plan.kafka;
  const auto number = [](std::uint64_t value, const char* what) { return std::to_string(value) + what; };
  plan.agent = {
      {"ring", share(limits, [](Limits& l) { l.ring_bytes = 0; }),
       number(plan.spans_held, " spans that wait")},
      {"batch", share(limits, [](Limits& l) { l.batch_bytes = 0; }),
       number(limits.batch_bytes / wish.span_bytes, " spans a post")},
      {"open spans", share(limits, [](Limits& l) { l.spans_open_max = 0; }),
       number(limits.spans_open_max, " at once")},
      {"messages in flight", kafka_share(kafka, [](KafkaLimits& l) { l.inflight_max = 0; }),
       number(kafka.inflight_max, " at once")},
      {"polled records",
       kafka_share(kafka, [](KafkaLimits& l) { l.poll_records_max = l.poll_topics_max = 0; }),
       number(kafka.poll_records_max, " a poll")},
      {"objects", object_bytes, "Tracing, Reporter, KafkaTracing, sender, port"},
  };
  if (wish.gzip)
    plan.agent.push_back({"gzip", plan.gzip_bytes, "zlib's state, and a batch that it has packed"});
}

void add_process_terms(BudgetPlan& plan, const BudgetWish& wish) {
  const std::uint64_t producer = rdkafka_memory_bytes(plan.producer, wish.brokers);
  const std::uint64_t consumer =
      rdkafka_memory_bytes(plan.consumer, wish.brokers, plan.kafka.poll_records_max);
  plan.process = {
      {"edgespan", plan.agent_bytes, "fixed"},
      {"producer", producer, "heap of librdkafka, bounded"},
      {"consumer", consumer, "heap of librdkafka, bounded"},
      {"heap slack", heap_slack(producer + consumer), "what an allocator keeps between"},
      {"threads", plan.threads * (rdkafka_thread_touched_bytes + wish.thread_local_bytes),
       std::to_string(plan.threads) + " stacks with thread-local data"},
      {"program", wish.program_bytes, "its pages and its libraries'"},
  };
}

std::uint64_t sum(const std::vector<BudgetTerm>& terms) {
  return std::accumulate(terms.begin(), terms.end(), std::uint64_t{0},
                         [](std::uint64_t bytes, const BudgetTerm& term) { return bytes + term.bytes; });
}

}  // namespace

std::uint64_t spans_held(std::uint32_t ring_bytes, std::uint32_t span_bytes) {
  const std::uint64_t chunks = ring_bytes / ring_chunk_bytes;
  // The last chunks are too few for all threads: the first thread without one drops its span.
  return chunks / ring_stripes * ring_stripes * spans_in_chunk(span_bytes) + chunks % ring_stripes;
}

BudgetPlan plan_budget(const BudgetWish& wish) {
  BudgetPlan plan;
  const AgentLimits limits = wish.ram_bytes
                                 ? limits_for_ram(*wish.ram_bytes, wish.gzip)
                                 : limits_for_rate(*wish.spans_per_second, *wish.offline_s, wish.span_bytes);
  plan.limits = limits.agent;
  plan.kafka = limits.kafka;
  plan.producer = producer_limits(plan.kafka, wish.message_bytes);
  plan.consumer.batch_bytes_max = wish.batch_bytes;
  plan.spans_held = spans_held(plan.limits.ring_bytes, wish.span_bytes);
  plan.threads =
      static_cast<std::uint32_t>(producer_threads(wish.brokers) + consumer_threads(wish.brokers) + 1);
  plan.reporter_stack_bytes = static_cast<std::uint32_t>(posix::Config{}.stack_bytes);
  plan.kafka_stack_bytes = rdkafka_thread_stack_bytes;
  plan.gzip_bytes = gzip_bytes(plan.limits, wish.gzip);
  add_agent_terms(plan, wish);
  plan.agent_bytes = sum(plan.agent);
  add_process_terms(plan, wish);
  plan.process_bytes = sum(plan.process);
  plan.memory_max_bytes = round_up(plan.process_bytes, 1U << 20);
  return plan;
}

}  // namespace edgespan::cli
