// SPDX-License-Identifier: Apache-2.0
// What tracing adds to a send. KafkaTracing does its work in two interceptors; here they are driven on
// messages that a real producer holds in its queue. What the client itself must do (look for headers, make a
// list, add, attach; for a span name the topic; afterwards detach and destroy the list, to put the message
// back) is measured alone in `_base`, to be taken off. The floor is the work besides: it makes the header's
// text, but calls no client.
#include <edgespan/kafka.hpp>

#include "bench/floor_b3.hpp"
#include "bench/floor_span.hpp"
#include "bench/queued_messages.hpp"
#include "kafka/interceptors.hpp"

#include <array>
#include <atomic>
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
        kafka_detail::message_ended(traced, message);
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

// A message is found again by its address; whoever has its slot may be any thread.
struct FloorSlot {
  std::atomic<std::uintptr_t> message{0};  // 1: being written or read
  floor::Open open;

  bool own(std::uintptr_t expected) noexcept {
    return message.load(std::memory_order_relaxed) == expected &&
           message.compare_exchange_strong(expected, 1, std::memory_order_acquire);
  }
  void release(std::uintptr_t key) noexcept { message.store(key, std::memory_order_release); }
};

// Two functions, as there are two interceptors: what the second knows it finds in memory. Whether the trace
// is new and sampled they find out.
struct FloorTracing {
  floor::Ring ring;
  std::array<FloorSlot, 256> slots;
  std::uint64_t trace_bound = 0;  // the sampler keeps ids up to here

  FloorSlot& of(std::uintptr_t message) noexcept { return slots[(message >> 4) * 0x9E3779B97F4A7C15U >> 56]; }
  Context next(const Context& scope) const noexcept {
    const std::uint64_t id = floor::random.next();
    if (scope.valid()) return {scope.trace_hi, scope.trace_lo, id, scope.span_id, scope.decision};
    return {floor::random.next(), id, id, 0, id <= trace_bound ? Decision::accept : Decision::deny};
  }

  [[gnu::noinline]] void sent(const rd_kafka_message_t* message, char* text) noexcept;
  [[gnu::noinline]] std::uint32_t ended(const rd_kafka_message_t* message,
                                        std::string_view topic_name) noexcept {
    const auto address = reinterpret_cast<std::uintptr_t>(message);
    FloorSlot& slot = of(address);
    if (!slot.own(address)) return 0;
    floor::Open open;
    floor::copy(slot.open.context, open.context);
    open.start_us = slot.open.start_us;
    slot.release(0);
    return floor::record(ring, open.context, floor::until_now(open.start_us),
                         {static_cast<const char*>(message->key), message->key_len}, topic_name);
  }
};

constinit thread_local Context floor_scope{};

void FloorTracing::sent(const rd_kafka_message_t* message, char* text) noexcept {
  const Context ids = next(floor_scope);
  floor::write_short<floor::Vector>(ids, text);
  const auto address = reinterpret_cast<std::uintptr_t>(message);
  FloorSlot& slot = of(address);
  if (!ids.sampled() || !slot.own(0)) return;
  floor::copy(ids, slot.open.context);
  slot.open.start_us = floor::now_us();
  slot.release(address);
}

void send_floor(benchmark::State& state, const Context& parent, std::uint32_t expected) {
  QueuedMessages& messages = QueuedMessages::shared();
  auto tracing = std::make_unique<FloorTracing>();
  floor_scope = parent;
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
  floor_scope = {};
}

BENCHMARK(send_sampled)->Name("send_sampled/edgespan");
BENCHMARK_CAPTURE(send_base, sampled, true)->Name("send_sampled/edgespan_base");
BENCHMARK_CAPTURE(send_floor, sampled, context, 135)->Name("send_sampled/floor");
BENCHMARK(send_unsampled)->Name("send_unsampled/edgespan");
BENCHMARK_CAPTURE(send_base, unsampled, false)->Name("send_unsampled/edgespan_base");
BENCHMARK_CAPTURE(send_floor, unsampled, Context{}, 0)->Name("send_unsampled/floor");

}  // namespace
