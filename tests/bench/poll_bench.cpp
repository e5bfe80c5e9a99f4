// SPDX-License-Identifier: Apache-2.0
// What tracing adds to a poll of 500 records, each with a `b3` header. The records are real messages, fetched
// once from a mock broker; TracingConsumer then gets them, again and again, from the stand-ins below for the
// two calls of the client that it polls with. What the client itself does to find a header, and, for
// next_span, to find it once more and to name the topic, is measured alone in `_base`, to be taken off. The
// floor is the work besides: it reads the messages' headers and writes the
// new ones in their place, but calls no client.
#include <edgespan/client_events.hpp>
#include <edgespan/kafka.hpp>

#include "bench/client.hpp"
#include "bench/floor_poll.hpp"

#include <dlfcn.h>

#include <array>
#include <memory>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::bench;

constexpr std::size_t poll_records = 500;

struct Fetched {
  std::vector<rd_kafka_message_t*> messages;
  std::size_t next = 0;
};
Fetched* replay = nullptr;  // null: the client's own calls

template <typename Function>
Function* client_function(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

rd_kafka_message_t* rd_kafka_consumer_poll(rd_kafka_t* rk, int timeout_ms) {
  static auto* const own = client_function<decltype(rd_kafka_consumer_poll)>("rd_kafka_consumer_poll");
  if (replay == nullptr) return own(rk, timeout_ms);
  return replay->next < replay->messages.size() ? replay->messages[replay->next++] : nullptr;
}

void rd_kafka_message_destroy(rd_kafka_message_t* message) {
  static auto* const own = client_function<decltype(rd_kafka_message_destroy)>("rd_kafka_message_destroy");
  if (replay == nullptr) own(message);
}
}

namespace {

// 500 records as a consumer gets them, with a header that a traced producer wrote.
// Every variant leaves one such header in each.
class Records {
 public:
  static Records& shared() {
    static Records records;
    return records;
  }
  Records(const Records&) = delete;
  Records& operator=(const Records&) = delete;

  rd_kafka_t* consumer() const noexcept { return consumer_; }
  Fetched fetched;

 private:
  Records() {
    produce();
    char errstr[256];
    consumer_ = rd_kafka_new(RD_KAFKA_CONSUMER,
                             make_conf({{"bootstrap.servers", broker_.address()},
                                        {"group.id", "bench"},
                                        {"auto.offset.reset", "earliest"}}),
                             errstr, sizeof errstr);
    must(consumer_ != nullptr, "rd_kafka_new");
    rd_kafka_topic_partition_list_t* topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, topic.data(), 0)->offset = RD_KAFKA_OFFSET_BEGINNING;
    must(rd_kafka_assign(consumer_, topics) == RD_KAFKA_RESP_ERR_NO_ERROR, "rd_kafka_assign");
    rd_kafka_topic_partition_list_destroy(topics);
    for (int tries = 0; fetched.messages.size() < poll_records && tries < 3'000; ++tries) {
      rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer_, 10);
      if (message != nullptr && message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
        fetched.messages.push_back(message);
    }
    must(fetched.messages.size() == poll_records, "rd_kafka_consumer_poll");
    replay = &fetched;
  }
  ~Records() {
    replay = nullptr;
    for (rd_kafka_message_t* message : fetched.messages) rd_kafka_message_destroy(message);
    rd_kafka_consumer_close(consumer_);
    rd_kafka_destroy(consumer_);
  }

  void produce() {
    char errstr[256];
    rd_kafka_t* producer = rd_kafka_new(
        RD_KAFKA_PRODUCER, make_conf({{"bootstrap.servers", broker_.address()}}), errstr, sizeof errstr);
    must(producer != nullptr, "rd_kafka_new");
    std::vector<char> value(value_bytes, 'v');
    for (std::size_t i = 0; i < poll_records; ++i) {
      must(rd_kafka_producev(producer, RD_KAFKA_V_TOPIC(topic.data()),
                             RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(key.data(), key.size()),
                             RD_KAFKA_V_VALUE(value.data(), value.size()),
                             RD_KAFKA_V_HEADER("b3", b3_value.data(), static_cast<ssize_t>(header_bytes)),
                             RD_KAFKA_V_END) == RD_KAFKA_RESP_ERR_NO_ERROR,
           "rd_kafka_producev");
    }
    must(rd_kafka_flush(producer, 10'000) == RD_KAFKA_RESP_ERR_NO_ERROR, "rd_kafka_flush");
    rd_kafka_destroy(producer);
  }

  MockBroker broker_;
  rd_kafka_t* consumer_ = nullptr;
};

constexpr Limits poll_limits{.ring_bytes = 262'144, .batch_bytes = 65'536};

void poll(benchmark::State& state, bool next_span) {
  Records& records = Records::shared();
  Agent<poll_limits> agent;
  const auto kafka_memory = std::make_unique<KafkaMemory<>>();
  KafkaTracing kafka;
  must(kafka.init(agent.tracing, kafka_memory->inflight) == Status::ok, "KafkaTracing::init");
  TracingConsumer consumer{kafka, records.consumer(), kafka_memory->consumer};
  measure_batches(
      state, poll_records,
      [&] {
        records.fetched.next = 0;
        for (ConsumerRecord& record : consumer.poll(std::chrono::milliseconds{0})) {
          if (!next_span) continue;
          kafka.next_span(record).name("process").finish();
        }
      },
      [&] { agent.drain(); });
  agent.check();
}

// A poll for each record.
void poll_single(benchmark::State& state) {
  Records& records = Records::shared();
  Agent<poll_limits> agent;
  const auto kafka_memory = std::make_unique<KafkaMemory<>>();
  KafkaTracing kafka;
  must(kafka.init(agent.tracing, kafka_memory->inflight) == Status::ok, "KafkaTracing::init");
  ConsumerMemory memory = kafka_memory->consumer;
  memory.records = memory.records.first(1);
  TracingConsumer consumer{kafka, records.consumer(), memory};
  measure_batches(
      state, poll_records,
      [&] {
        records.fetched.next = 0;
        for (std::size_t i = 0; i < poll_records; ++i) {
          must(consumer.poll(std::chrono::milliseconds{0}).size() == 1, "a poll of one record");
        }
      },
      [&] { agent.drain(); });
  agent.check();
}

// What on_consume does, by which the plugin traces: a call for each record, which knows nothing of the poll.
void consumed(benchmark::State& state) {
  Records& records = Records::shared();
  Agent<poll_limits> agent;
  const auto kafka_memory = std::make_unique<KafkaMemory<>>();
  KafkaTracing kafka;
  must(kafka.init(agent.tracing, kafka_memory->inflight) == Status::ok, "KafkaTracing::init");
  measure_batches(
      state, poll_records,
      [&] {
        records.fetched.next = 0;
        while (rd_kafka_message_t* message = rd_kafka_consumer_poll(records.consumer(), 0)) {
          benchmark::DoNotOptimize(client_events::message_consumed(kafka, records.consumer(), message));
          rd_kafka_message_destroy(message);
        }
      },
      [&] { agent.drain(); });
  agent.check();
}

// The client's part of a record, call by call: find its one header; name the topic, which a poll needs once
// only.
void headers_of(rd_kafka_message_t* message, floor::Header& header) {
  rd_kafka_headers_t* list = nullptr;
  (void)rd_kafka_message_headers(message, &list);
  must(rd_kafka_header_cnt(list) == 1, "a record's one header");
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  (void)rd_kafka_header_get_all(list, 0, &name, &value, &size);
  header = {{name, 2}, {static_cast<const char*>(value), size}};
  benchmark::DoNotOptimize(header);
}
void name_topic(const rd_kafka_message_t* message) {
  const char* name = rd_kafka_topic_name(message->rkt);
  benchmark::DoNotOptimize(name);
}

void poll_base(benchmark::State& state, bool next_span) {
  Records& records = Records::shared();
  std::vector<rd_kafka_message_t*> polled(poll_records);
  floor::Header header;
  measure_batches(
      state, poll_records,
      [&] {
        records.fetched.next = 0;
        std::size_t size = 0;
        while (rd_kafka_message_t* message = rd_kafka_consumer_poll(records.consumer(), 0)) {
          headers_of(message, header);
          polled[size++] = message;
        }
        for (rd_kafka_message_t* message : polled) {
          if (!next_span) break;
          headers_of(message, header);
          name_topic(message);
        }
        for (rd_kafka_message_t* message : polled) rd_kafka_message_destroy(message);
      },
      [] {});
}

void poll_floor(benchmark::State& state, bool next_span) {
  Records& records = Records::shared();
  auto ring = std::make_unique<floor::Ring>();
  std::vector<floor::Header> headers(poll_records);
  for (std::size_t i = 0; i < poll_records; ++i) headers_of(records.fetched.messages[i], headers[i]);
  std::vector<floor::Polled> polled(poll_records);
  std::uint32_t size = 0;
  measure_batches(
      state, poll_records,
      [&] {
        const std::uint64_t now_us = floor::now_us();
        for (std::size_t i = 0; i < poll_records; ++i) {
          const rd_kafka_message_t* const message = records.fetched.messages[i];
          if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
          polled[i].message = message;
          char* const text = const_cast<char*>(headers[i].value.data());  // the new one is as long
          floor::poll_one(*ring, headers[i], now_us, hidden(topic), text, polled[i].context);
        }
        for (const floor::Polled& record : polled) {
          if (!next_span) break;
          const floor::Open open = floor::start(record.context);
          const std::string_view record_key{static_cast<const char*>(record.message->key),
                                            record.message->key_len};
          size = floor::finish_process(*ring, open, record_key, hidden(topic));
        }
        benchmark::DoNotOptimize(polled.data());
      },
      [&] {
        must(polled.back().context.valid() && (size != 0) == next_span, "the floor's poll");
        ring->clear();
      });
}

BENCHMARK_CAPTURE(poll, record, false)->Name("poll_record/edgespan");
BENCHMARK_CAPTURE(poll_base, record, false)->Name("poll_record/edgespan_base");
BENCHMARK_CAPTURE(poll_floor, record, false)->Name("poll_record/floor");
BENCHMARK(poll_single)->Name("poll_single/edgespan");
BENCHMARK_CAPTURE(poll_base, record, false)->Name("poll_single/edgespan_base");
BENCHMARK(consumed)->Name("poll_consumed/edgespan");
BENCHMARK_CAPTURE(poll_base, record, false)->Name("poll_consumed/edgespan_base");
BENCHMARK_CAPTURE(poll, next_span, true)->Name("poll_next_span/edgespan");
BENCHMARK_CAPTURE(poll_base, next_span, true)->Name("poll_next_span/edgespan_base");
BENCHMARK_CAPTURE(poll_floor, next_span, true)->Name("poll_next_span/floor");

}  // namespace
