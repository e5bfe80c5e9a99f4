// SPDX-License-Identifier: Apache-2.0
// What tracing adds to a poll of 100 records, each with a `b3` header, for one record. The floor makes the
// same calls of the client.
#include <edgespan/client_events.hpp>

#include "bench/floor_poll.hpp"
#include "cost/floor_held.hpp"
#include "cost/floor_kafka.hpp"
#include "cost/kafka_subject.hpp"

#include <array>
#include <chrono>

namespace edgespan::cost {
namespace {

using namespace bench;

constexpr Rounds polls{.stretches = 2, .each = client::messages};

void poll(std::string_view operation, bool next_span) {
  KafkaSubject agent;
  TracingConsumer consumer{agent.kafka, client::handle(), agent.kafka_memory.consumer};
  client::replay_messages();
  count_batches(
      operation, edgespan_peer, polls,
      [&] {
        for (ConsumerRecord& record : consumer.poll(std::chrono::milliseconds{0})) {
          if (!next_span) continue;
          agent.kafka.next_span(record).name("process").finish();
        }
      },
      [&] {
        agent.drain();
        client::replay_messages();
      });
  must(agent.tracing.books().finished == (polls.stretches + 1) * polls.each * (next_span ? 2U : 1U),
       "a span a record");
  agent.check();
}

// The same records, each by a call of its own, as a plugin traces them; and each by a poll that brings no
// more. Rows of the table have no such peers: `cost.py functions` shows them beside the poll of all.
void poll_one_by_one() {
  KafkaSubject agent;
  const auto between = [&] {
    agent.drain();
    client::replay_messages();
  };
  client::replay_messages();
  count_batches(
      "poll_record", "on_consume", polls,
      [&] {
        while (rd_kafka_message_t* const message = rd_kafka_consumer_poll(client::handle(), 0)) {
          Context context = client_events::message_consumed(agent.kafka, client::handle(), message);
          keep(context);
          rd_kafka_message_destroy(message);
        }
      },
      between);
  ConsumerMemory memory = agent.kafka_memory.consumer;
  memory.records = memory.records.first(1);
  TracingConsumer consumer{agent.kafka, client::handle(), memory};
  count_batches(
      "poll_record", "poll_of_one", polls,
      [&] {
        for (std::size_t i = 0; i < polls.each; ++i) {
          must(consumer.poll(std::chrono::milliseconds{0}).size() == 1, "a poll of one record");
        }
      },
      between);
  must(agent.tracing.books().finished == 2 * (polls.stretches + 1) * polls.each, "a span a record");
  agent.check();
}

floor::Header header_of(rd_kafka_headers_t* list) {
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  (void)rd_kafka_header_get_all(list, 0, &name, &value, &size);
  return {{name, 2}, {static_cast<const char*>(value), size}};
}

void poll_floor(std::string_view operation, bool next_span) {
  floor::Ring& ring = floor::fresh_ring();
  static std::array<floor::Polled, client::messages> polled;
  std::uint32_t size = 0;
  client::replay_messages();
  count_batches(
      operation, floor_peer, polls,
      [&] {
        const std::uint64_t now_us = floor::now_us();
        std::size_t used = 0;
        while (rd_kafka_message_t* const message = rd_kafka_consumer_poll(client::handle(), 0)) {
          if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
          rd_kafka_headers_t* list = nullptr;
          (void)rd_kafka_message_headers(message, &list);
          floor::Polled& place = polled[used++];
          place.message = message;
          const floor::Header header = header_of(list);
          char* const text = const_cast<char*>(header.value.data());  // the new one is as long
          floor::poll_one(ring, header, now_us, hidden(topic), text, place.context);
        }
        for (std::size_t i = 0; next_span && i < used; ++i) {
          const rd_kafka_message_t* const message = polled[i].message;
          rd_kafka_headers_t* list = nullptr;
          (void)rd_kafka_message_headers(message, &list);
          floor::hold_start(floor::held, polled[i].context, floor::handed);
          floor::hold_tag(floor::held, "kafka.key", floor::readable_key(message));
          floor::hold_tag(floor::held, "kafka.topic", floor::topic_of(message));
          floor::hold_name(floor::held, hidden(std::string_view{"process"}));
          size = floor::hold_finish_or_drop(ring, floor::held);
        }
        for (std::size_t i = 0; i < used; ++i) {
          rd_kafka_message_destroy(const_cast<rd_kafka_message_t*>(polled[i].message));
        }
      },
      [&] {
        must(polled.back().context.valid() && (size != 0) == next_span, "the floor's poll");
        ring.clear();
        client::replay_messages();
      });
}

}  // namespace

void count_polls() {
  poll("poll_record", false);
  poll_floor("poll_record", false);
  poll_one_by_one();
  poll("poll_next_span", true);
  poll_floor("poll_next_span", true);
}

}  // namespace edgespan::cost
