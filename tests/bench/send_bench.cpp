// SPDX-License-Identifier: Apache-2.0
// What tracing adds to a send. KafkaTracing does its work in two interceptors; here they are driven on
// messages that a real producer holds in its queue. What the client itself must do for a header of that size
// (make a list, add, attach; afterwards detach and destroy it, to put the message back) is measured alone in
// `_base`, to be taken off. The floor is the work besides: it makes the header's text, but calls no client.
#include <edgespan/kafka.hpp>

#include "bench/client.hpp"
#include "bench/floor_span.hpp"

#include <array>
#include <memory>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::bench;

// Messages of a producer that never reaches a broker: they wait, whole, until it is destroyed.
class QueuedMessages {
 public:
  static QueuedMessages& shared() {
    static QueuedMessages messages;
    return messages;
  }
  QueuedMessages(const QueuedMessages&) = delete;
  QueuedMessages& operator=(const QueuedMessages&) = delete;

  rd_kafka_t* producer() const noexcept { return producer_; }
  rd_kafka_message_t* next() noexcept { return messages_[next_++ % count]; }

 private:
  static constexpr std::size_t count = 64;

  QueuedMessages() {
    rd_kafka_conf_t* conf = make_conf({{"bootstrap.servers", "127.0.0.1:1"}, {"message.timeout.ms", "0"}});
    rd_kafka_conf_interceptor_add_on_new(conf, "bench", on_new, this);
    char errstr[256];
    producer_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, errstr, sizeof errstr);
    must(producer_ != nullptr, "rd_kafka_new");
    std::vector<char> value(value_bytes, 'v');
    for (std::size_t i = 0; i < count; ++i) {
      must(rd_kafka_producev(producer_, RD_KAFKA_V_TOPIC(topic.data()),
                             RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(key.data(), key.size()),
                             RD_KAFKA_V_VALUE(value.data(), value.size()),
                             RD_KAFKA_V_END) == RD_KAFKA_RESP_ERR_NO_ERROR,
           "rd_kafka_producev");
    }
    must(messages_.size() == count, "the interceptor");
  }
  ~QueuedMessages() { rd_kafka_destroy(producer_); }

  static rd_kafka_resp_err_t on_new(rd_kafka_t* rk, const rd_kafka_conf_t*, void* self, char*, std::size_t) {
    return rd_kafka_interceptor_add_on_send(rk, "bench", on_send, self);
  }
  static rd_kafka_resp_err_t on_send(rd_kafka_t*, rd_kafka_message_t* message, void* self) {
    static_cast<QueuedMessages*>(self)->messages_.push_back(message);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  }

  std::vector<rd_kafka_message_t*> messages_;
  rd_kafka_t* producer_ = nullptr;
  std::size_t next_ = 0;
};

constexpr std::uint32_t between_drains = 400;  // fit in 64 KiB

// The parent is this thread's scope, if there is one.
void send(benchmark::State& state, const TracingConfig& config, const Context& parent) {
  QueuedMessages& messages = QueuedMessages::shared();
  Agent<> agent{config};
  KafkaTracing kafka;
  must(kafka.init(agent.tracing, agent.memory->inflight) == Status::ok, "KafkaTracing::init");
  const Scope scope{agent.tracing, parent};
  measure(
      state, between_drains,
      [&] {
        rd_kafka_message_t* const message = messages.next();
        kafka.message_sent(messages.producer(), message);
        kafka.message_ended(message);
        drop_headers(message);
      },
      [&] { agent.drain(); });
  agent.check();
}

void send_sampled(benchmark::State& state) { send(state, {.local = local}, context); }

constexpr Sampler never = Sampler::never();
void send_unsampled(benchmark::State& state) { send(state, {.local = local, .sampler = &never}, {}); }

// The client's part alone.
void send_base(benchmark::State& state) {
  QueuedMessages& messages = QueuedMessages::shared();
  measure(state, [&] {
    rd_kafka_message_t* const message = messages.next();
    set_bare_header(message);
    drop_headers(message);
  });
}

// The message is found again by its address.
struct FloorTable {
  struct Slot {
    const void* message;
    std::uint64_t start_us;
    floor::Ids ids;
  };
  std::array<Slot, 256> slots{};
  Slot& of(const void* message) noexcept {
    return slots[(reinterpret_cast<std::uintptr_t>(message) >> 4) * 0x9E3779B97F4A7C15U >> 56];
  }
};

// Two functions, as there are two interceptors: what the second knows it finds in memory.
struct FloorTracing {
  floor::Ring ring;
  floor::Random random;
  FloorTable table;
  floor::Ids scope{context.trace_hi, context.trace_lo, context.span_id, context.parent_id, '1'};
  std::uint64_t trace_bound = 0;  // the sampler keeps ids up to here
  char text[header_bytes];

  [[gnu::noinline]] void sent(const rd_kafka_message_t* message) noexcept {
    const floor::Ids ids{scope.trace_hi, scope.trace_lo, random.next(), scope.span_id, scope.decision};
    floor::write<floor::Vector>(ids, text);
    if (ids.decision == '1') table.of(message) = {message, floor::now_us(), ids};
  }
  [[gnu::noinline]] void sent_new_trace(const rd_kafka_message_t* message) noexcept {
    const std::uint64_t id = random.next();
    const floor::Ids ids{random.next(), id, id, 0, id <= trace_bound ? '1' : '0'};
    floor::write<floor::Vector>(ids, text);
    if (ids.decision == '1') table.of(message) = {message, floor::now_us(), ids};
  }
  [[gnu::noinline]] void ended(const rd_kafka_message_t* message) noexcept {
    FloorTable::Slot& slot = table.of(message);
    if (slot.message != message) return;
    floor::record(ring, slot.ids, slot.start_us, floor::now_us() - slot.start_us + 1,
                  static_cast<const char*>(message->key), topic.data());
    slot.message = nullptr;
  }
};

void send_sampled_floor(benchmark::State& state) {
  QueuedMessages& messages = QueuedMessages::shared();
  auto tracing = std::make_unique<FloorTracing>();
  measure(state, [&] {
    const rd_kafka_message_t* const message = messages.next();
    tracing->sent(message);
    tracing->ended(message);
  });
}

void send_unsampled_floor(benchmark::State& state) {
  QueuedMessages& messages = QueuedMessages::shared();
  auto tracing = std::make_unique<FloorTracing>();
  measure(state, [&] {
    const rd_kafka_message_t* const message = messages.next();
    tracing->sent_new_trace(message);
    tracing->ended(message);
  });
}

BENCHMARK(send_sampled)->Name("send_sampled/edgespan");
BENCHMARK(send_base)->Name("send_sampled/edgespan_base");
BENCHMARK(send_sampled_floor)->Name("send_sampled/floor");
BENCHMARK(send_unsampled)->Name("send_unsampled/edgespan");
BENCHMARK(send_base)->Name("send_unsampled/edgespan_base");
BENCHMARK(send_unsampled_floor)->Name("send_unsampled/floor");

}  // namespace
