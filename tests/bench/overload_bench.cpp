// SPDX-License-Identifier: Apache-2.0
// What an operation costs while a limit is reached. The first claim of every row is that nothing is allocated
// then either; that the limit was reached is looked up in the agent's books.
#include <edgespan/kafka.hpp>

#include <memory>

#include "bench/queued_messages.hpp"
#include "kafka/interceptors.hpp"

#include <array>
#include <string>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::bench;

constexpr Limits small{.ring_bytes = 4'096, .batch_bytes = 4'096, .spans_open_max = 4};
constexpr KafkaLimits small_kafka{.inflight_max = 8};

// All `spans` but `kept` at most, for this one reason.
bool dropped(Tracing& tracing, DropReason reason, benchmark::IterationCount spans, std::uint64_t kept) {
  const Books books = tracing.books();
  const std::uint64_t dropped = books.dropped[static_cast<std::size_t>(reason)];
  return books.balanced() && books.finished == static_cast<std::uint64_t>(spans) &&
         dropped == books.dropped_total() && dropped + kept >= books.finished;
}

// Nobody drains: of all spans the ring keeps its first, or its last, 28.
void ring(benchmark::State& state, bool drop_oldest) {
  Agent<small> agent{{.local = local, .drop_oldest = drop_oldest}};
  measure(state, [&] { one_span(agent.tracing); });
  must(dropped(agent.tracing, DropReason::ring_full, state.iterations(), 28), "a full ring");
}

void slots(benchmark::State& state) {
  Agent<small> agent;
  std::array<Span, small.spans_open_max> open;
  for (Span& span : open) span = agent.tracing.child(context);
  measure(state, [&] { one_span(agent.tracing); });
  must(dropped(agent.tracing, DropReason::no_slot, state.iterations(), 0), "no slot for a span");
}

// Messages that nobody reports fill the table: every further one ends its span at once.
void inflight(benchmark::State& state) {
  QueuedMessages& messages = QueuedMessages::shared();
  Agent<small> agent;
  const auto kafka_memory = std::make_unique<KafkaMemory<small_kafka>>();
  KafkaTracing kafka;
  must(kafka.init(agent.tracing, kafka_memory->inflight) == Status::ok, "KafkaTracing::init");
  kafka_detail::KafkaState& traced = kafka_detail::state_of(kafka);
  const Scope scope{agent.tracing, context};
  const auto send = [&](rd_kafka_message_t* message) {
    kafka_detail::message_sent(traced, messages.producer(), message);
    drop_headers(message);
  };
  std::vector<rd_kafka_message_t*> taken;
  while (agent.tracing.books().inflight_full == 0) send(taken.emplace_back(messages.next()));
  rd_kafka_message_t* const one_more = taken.back();
  measure(
      state, 20, [&] { send(one_more); }, [&] { agent.drain(); });
  const std::uint64_t refused = agent.tracing.books().inflight_full;
  must(refused > static_cast<std::uint64_t>(state.iterations()), "a full table of messages in flight");
  for (rd_kafka_message_t* message : taken) kafka_detail::message_ended(traced, messages.producer(), message);
  agent.check();
}

// A producer whose broker is away and whose queue is full refuses the message. The first refusals have a span
// each, one span stands for all that follow: nearly all that are measured are of those.
void queue(benchmark::State& state) {
  Agent<small> agent;
  const auto kafka_memory = std::make_unique<KafkaMemory<small_kafka>>();
  KafkaTracing kafka;
  must(kafka.init(agent.tracing, kafka_memory->inflight) == Status::ok, "KafkaTracing::init");
  char errstr[256];
  rd_kafka_t* rk = kafka.create(RD_KAFKA_PRODUCER,
                                make_conf({{"bootstrap.servers", "127.0.0.1:1"},
                                           {"message.timeout.ms", "0"},
                                           {"queue.buffering.max.messages", "1"}}),
                                errstr, sizeof errstr);
  must(rk != nullptr, "KafkaTracing::create");
  TracingProducer producer{kafka, rk};
  const Scope scope{agent.tracing, context};
  const std::string value(value_bytes, 'v');
  const ProducerRecord record{.topic = topic.data(), .key = key, .value = value};
  must(producer.send(record) == RD_KAFKA_RESP_ERR_NO_ERROR, "the first send");
  measure(
      state, 20, [&] { must(producer.send(record) == RD_KAFKA_RESP_ERR__QUEUE_FULL, "a full queue"); },
      [&] { agent.drain(); });
  rd_kafka_destroy(rk);
  const Books books = agent.tracing.books();
  must(books.sends_refused == static_cast<std::uint32_t>(state.iterations()), "a count of every refusal");
  must(books.refusals_folded < books.sends_refused, "a span of the first refusals");
  agent.check();
}

BENCHMARK_CAPTURE(ring, drop_newest, false)->Name("overload_newest/edgespan");
BENCHMARK_CAPTURE(ring, drop_oldest, true)->Name("overload_oldest/edgespan");
BENCHMARK(slots)->Name("overload_slots/edgespan");
BENCHMARK(inflight)->Name("overload_inflight/edgespan");
BENCHMARK(queue)->Name("overload_queue/edgespan");

}  // namespace
