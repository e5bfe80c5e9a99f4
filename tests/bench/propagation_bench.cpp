// SPDX-License-Identifier: Apache-2.0
// What each choice of trace headers takes of the thread that sends: ids, decision and clock, the texts of the
// headers, and what librdkafka does for them, which is the larger part. `plain` is librdkafka's part alone,
// for headers of these names and sizes. Messages end, and give their headers back, off the clock.
#include <edgespan/kafka.hpp>

#include "bench/queued_messages.hpp"
#include "kafka/interceptors.hpp"

#include <memory>
#include <optional>
#include <string_view>

namespace {

using namespace edgespan;
using namespace edgespan::bench;
using enum TraceFormat;

constexpr std::uint32_t batch = QueuedMessages::count;

struct Sending {
  explicit Sending(const Propagation& formats) {
    const KafkaConfig config{.propagation = formats};
    must(kafka.init(agent.tracing, memory->inflight, config) == Status::ok, "KafkaTracing::init");
    if (formats.has(b3_parent)) scope.emplace(agent.tracing, context);
  }
  void send(rd_kafka_message_t* message) {
    kafka_detail::message_sent(kafka_detail::state_of(kafka), messages.producer(), message);
  }
  void end(rd_kafka_message_t* message) {
    kafka_detail::message_ended(kafka_detail::state_of(kafka), messages.producer(), message);
    drop_headers(message);
  }

  QueuedMessages& messages = QueuedMessages::shared();
  Agent<> agent{};
  std::unique_ptr<KafkaMemory<>> memory = std::make_unique<KafkaMemory<>>();
  KafkaTracing kafka;
  std::optional<Scope> scope{};  // where a format writes a parent, there is one
};

void traced(benchmark::State& state, const Propagation& formats) {
  Sending sending{formats};
  measure_batches(
      state, batch,
      [&] {
        for (std::uint32_t i = 0; i < batch; ++i) sending.send(sending.messages.next());
      },
      [&] {
        for (std::uint32_t i = 0; i < batch; ++i) sending.end(sending.messages.next());
        sending.agent.drain();
      });
  sending.agent.check();
}

// The headers of a format, of a new trace: their names, and the sizes of their values.
void set_headers_of(rd_kafka_message_t* message, const Propagation& formats) {
  rd_kafka_headers_t* const list = rd_kafka_headers_new(8);
  const auto add = [list](std::string_view name, std::size_t bytes) {
    (void)rd_kafka_header_add(list, name.data(), static_cast<ssize_t>(name.size()), b3_value.data(),
                              static_cast<ssize_t>(bytes));
  };
  for (const TraceFormat format : formats) {
    if (format == b3) add("b3", header_bytes);
    if (format == b3_parent) add("b3", b3_value.size());
    if (format == w3c) add("traceparent", parent_value.size());
    if (format != b3_multi) continue;
    add("X-B3-TraceId", 32);
    add("X-B3-SpanId", 16);
    add("X-B3-Sampled", 1);
  }
  rd_kafka_message_set_headers(message, list);
}

void plain(benchmark::State& state, const Propagation& formats) {
  QueuedMessages& messages = QueuedMessages::shared();
  measure_batches(
      state, batch,
      [&] {
        for (std::uint32_t i = 0; i < batch; ++i) set_headers_of(messages.next(), formats);
      },
      [&] {
        for (std::uint32_t i = 0; i < batch; ++i) drop_headers(messages.next());
      });
}

// Not times: what librdkafka allocates for a message's headers, and what they are on the wire.
void allocations(benchmark::State& state, const Propagation& formats) {
  Sending sending{formats};
  rd_kafka_message_t* const message = sending.messages.next();
  AllocationCount used;
  for (auto _ : state) {
    const AllocationCount before = allocations_of_this_thread();
    sending.send(message);
    used = {allocations_of_this_thread().ours - before.ours,
            allocations_of_this_thread().client - before.client};
  }
  sending.end(message);
  must(used.ours == 0, "a send without an allocation of the agent's");
  state.counters["value"] = static_cast<double>(used.client);
}

void bytes(benchmark::State& state, const Propagation& formats) {
  Sending sending{formats};
  rd_kafka_message_t* const message = sending.messages.next();
  for (auto _ : state) sending.send(message);
  rd_kafka_headers_t* list = nullptr;
  must(rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, "the headers");
  std::size_t sum = 0;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  // A length is a zigzag varint: one byte up to 63.
  for (std::size_t i = 0; rd_kafka_header_get_all(list, i, &name, &value, &size) == 0; ++i) {
    sum += 1 + std::string_view{name}.size() + (size > 63 ? 2 : 1) + size;
  }
  sending.end(message);
  state.counters["value"] = static_cast<double>(sum);
}

#define EDGESPAN_CHOICE(row, ...)                                                                  \
  BENCHMARK_CAPTURE(traced, row, Propagation{__VA_ARGS__})->Name("propagation_" #row "/edgespan"); \
  BENCHMARK_CAPTURE(plain, row, Propagation{__VA_ARGS__})->Name("propagation_" #row "/plain");     \
  BENCHMARK_CAPTURE(allocations, row, Propagation{__VA_ARGS__})                                    \
      ->Name("propagation_" #row "_allocs/edgespan")                                               \
      ->Iterations(1);                                                                             \
  BENCHMARK_CAPTURE(bytes, row, Propagation{__VA_ARGS__})                                          \
      ->Name("propagation_" #row "_bytes/edgespan")                                                \
      ->Iterations(1)

EDGESPAN_CHOICE(b3, b3);
EDGESPAN_CHOICE(b3_parent, b3_parent);
EDGESPAN_CHOICE(b3_multi, b3_multi);
EDGESPAN_CHOICE(w3c, w3c);
EDGESPAN_CHOICE(b3_w3c, b3, w3c);

}  // namespace
