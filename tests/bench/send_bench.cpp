// SPDX-License-Identifier: Apache-2.0
// What tracing adds to a send. KafkaTracing does its work in two interceptors; here they are driven on
// messages that a real producer holds in its queue. What the client itself must do (look for headers, make a
// list, add, attach; for a span name the topic; afterwards detach and destroy the list, to put the message
// back) is measured alone in `_base`, to be taken off. The floor is the work besides: it makes the header's
// text, but calls no client.
#include <edgespan/kafka.hpp>

#include "bench/floor_send.hpp"
#include "bench/queued_messages.hpp"
#include "kafka/interceptors.hpp"

#include <array>
#include <memory>

namespace {

using namespace edgespan;
using namespace edgespan::bench;

constexpr std::uint32_t between_drains = 400;  // fit in 64 KiB

// The parent is this thread's scope, if there is one.
void send(benchmark::State& state, const TracingConfig& config, const Context& parent) {
  QueuedMessages& messages = QueuedMessages::shared();
  Agent<> agent{config};
  const auto kafka_memory = std::make_unique<KafkaMemory<>>();
  KafkaTracing kafka;
  must(kafka.init(agent.tracing, kafka_memory->inflight) == Status::ok, "KafkaTracing::init");
  kafka_detail::KafkaState& traced = kafka_detail::state_of(kafka);
  const Scope scope{agent.tracing, parent};
  measure(
      state, between_drains,
      [&] {
        rd_kafka_message_t* const message = messages.next();
        kafka_detail::message_sent(traced, messages.producer(), message);
        kafka_detail::message_ended(traced, messages.producer(), message);
        drop_headers(message);
      },
      [&] { agent.drain(); });
  agent.check();
}

void send_sampled(benchmark::State& state) { send(state, {.local = local}, context); }

constexpr Sampler never = Sampler::never();
void send_unsampled(benchmark::State& state) { send(state, {.local = local, .sampler = never}, {}); }

// The client's part alone, call by call.
void send_base(benchmark::State& state, bool sampled) {
  QueuedMessages& messages = QueuedMessages::shared();
  measure(state, [&] {
    rd_kafka_message_t* const message = messages.next();
    rd_kafka_headers_t* list = nullptr;
    rd_kafka_resp_err_t found = rd_kafka_message_headers(message, &list);
    benchmark::DoNotOptimize(found);
    set_bare_header(message);
    if (sampled) {
      const char* name = rd_kafka_topic_name(message->rkt);
      benchmark::DoNotOptimize(name);
    }
    drop_headers(message);
  });
}

void send_floor(benchmark::State& state, const Context& parent, std::uint32_t expected) {
  QueuedMessages& messages = QueuedMessages::shared();
  auto tracing = std::make_unique<floor::SendTracing>();
  floor::thread_scope = parent;
  std::array<char, header_bytes> text{};
  std::uint32_t size = 0;
  measure(
      state, between_drains,
      [&] {
        const rd_kafka_message_t* const message = messages.next();
        tracing->sent(message, text.data());
        benchmark::DoNotOptimize(text);
        size = tracing->ended(message, hidden(topic));
      },
      [&] {
        must(size == expected && text[50] == (expected != 0 ? '1' : '0'), "the floor's send");
        tracing->ring.clear();
      });
  floor::thread_scope = {};
}

BENCHMARK(send_sampled)->Name("send_sampled/edgespan");
BENCHMARK_CAPTURE(send_base, sampled, true)->Name("send_sampled/edgespan_base");
BENCHMARK_CAPTURE(send_floor, sampled, context, 135)->Name("send_sampled/floor");
BENCHMARK(send_unsampled)->Name("send_unsampled/edgespan");
BENCHMARK_CAPTURE(send_base, unsampled, false)->Name("send_unsampled/edgespan_base");
BENCHMARK_CAPTURE(send_floor, unsampled, Context{}, 0)->Name("send_unsampled/floor");

}  // namespace
