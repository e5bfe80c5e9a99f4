// SPDX-License-Identifier: Apache-2.0
// What tracing adds to a send: its two interceptors. The floor makes the same calls of the client.
#include "bench/floor_send.hpp"
#include "cost/floor_kafka.hpp"
#include "cost/kafka_subject.hpp"

#include <array>
#include <cstring>

namespace edgespan::cost {
namespace {

using namespace bench;

constexpr std::uint32_t span_bytes = 135;
constexpr Sampler never = Sampler::never();

using Text = std::array<char, floor::short_bytes>;

// The broker answers a request at a time, so so many messages end together.
constexpr std::uint32_t of_response = 4;
constexpr Rounds responses{.stretches = 25, .each = of_response};
using Request = std::array<rd_kafka_message_t*, of_response>;

// The parent is this thread's scope, if there is one.
void send(std::string_view operation, const TracingConfig& config, const Context& parent, bool sampled) {
  KafkaSubject agent{config};
  const Scope scope{agent.tracing, parent};
  Request request{};
  count_batches(
      operation, edgespan_peer, responses,
      [&] {
        for (rd_kafka_message_t*& message : request) {
          message = client::next_message();
          kafka_detail::message_sent(agent.state(), client::handle(), message);
        }
        kafka_detail::begin_response(agent.state(), 0, RD_KAFKA_RESP_ERR_NO_ERROR);
        for (rd_kafka_message_t* const message : request) {
          kafka_detail::message_ended(agent.state(), client::handle(), message);
          client::drop_headers(message);
        }
      },
      [&] { agent.drain(); });
  const std::uint32_t spans = sampled ? (responses.stretches + 1) * responses.each : 0;
  must(agent.tracing.books().finished == spans && agent.tracing.books().inflight_full == 0,
       "a span a message");
  agent.check();
}

void add_header(rd_kafka_message_t* message, const Text& text) {
  rd_kafka_headers_t* const list = rd_kafka_headers_new(1);
  (void)rd_kafka_header_add(list, "b3", 2, text.data(), static_cast<ssize_t>(text.size()));
  rd_kafka_message_set_headers(message, list);
}

floor::SendTracing floor_tracing{.ring = {}, .slots = {}};

void send_floor(std::string_view operation, const Context& parent, std::uint32_t expected) {
  floor::thread_scope = parent;
  Text text{};
  Request request{};
  std::uint32_t size = 0;
  count_batches(
      operation, floor_peer, responses,
      [&] {
        for (rd_kafka_message_t*& message : request) {
          message = client::next_message();
          rd_kafka_headers_t* list = nullptr;
          if (rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR) return;
          floor_tracing.sent(message, text.data());
          add_header(message, text);
        }
        std::uint64_t at_us = 0;
        for (rd_kafka_message_t* const message : request) {
          size += floor::ended(floor_tracing, message, at_us);
          client::drop_headers(message);
        }
      },
      [&] {
        must(size == of_response * expected && text[50] == (expected != 0 ? '1' : '0'), "the floor's send");
        size = 0;
        floor_tracing.ring.clear();
      });
  floor::thread_scope = {};
}

// Messages that nobody reports fill the table: every further one ends its span at once.
void unheld() {
  KafkaSubject agent;
  const Scope scope{agent.tracing, context};
  const auto send = [&](rd_kafka_message_t* message) {
    kafka_detail::message_sent(agent.state(), client::handle(), message);
    client::drop_headers(message);
  };
  std::array<rd_kafka_message_t*, client::messages> taken{};
  std::size_t sent = 0;
  while (agent.tracing.books().inflight_full == 0) send(taken[sent++] = client::next_message());
  rd_kafka_message_t* const one_more = taken[sent - 1];
  count(
      "overload_inflight", edgespan_peer, rounds, [&] { send(one_more); }, [&] { agent.drain(); });
  must(agent.tracing.books().inflight_full > rounds.stretches * rounds.each,
       "a full table of messages in flight");
  for (std::size_t i = 0; i < sent; ++i)
    kafka_detail::message_ended(agent.state(), client::handle(), taken[i]);
  agent.check();
}

void unheld_floor() {
  floor::thread_scope = context;
  rd_kafka_message_t* const one_more = client::next_message();
  for (floor::SendSlot& slot : floor_tracing.slots) slot.release(2);  // other messages'
  Text text{};
  std::uint32_t size = 0;
  count(
      "overload_inflight", floor_peer, rounds,
      [&] {
        rd_kafka_headers_t* list = nullptr;
        if (rd_kafka_message_headers(one_more, &list) == RD_KAFKA_RESP_ERR_NO_ERROR) return;
        if (floor::readable_key(one_more).empty()) return;
        size = floor::sent_unheld(floor_tracing, one_more, text.data(), floor::topic_of(one_more));
        add_header(one_more, text);
        client::drop_headers(one_more);
      },
      [&] {
        must(size == span_bytes, "the floor's message without a place");
        floor_tracing.ring.clear();
      });
  floor::thread_scope = {};
}

// The client refuses each message. The first refusals have a span each, one span stands for all that follow.
void refuse() {
  const std::array<char, value_bytes> value{};
  {
    KafkaSubject agent;
    TracingProducer producer{agent.kafka, client::handle()};
    const Scope scope{agent.tracing, context};
    const ProducerRecord record{.topic = topic.data(), .key = key, .value = {value.data(), value.size()}};
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
    count(
        "overload_queue", edgespan_peer, rounds, [&] { error = producer.send(record); },
        [&] { agent.drain(); });
    const Books books = agent.tracing.books();
    must(error == RD_KAFKA_RESP_ERR__QUEUE_FULL &&
             books.sends_refused == (rounds.stretches + 1) * rounds.each &&
             books.refusals_folded > rounds.stretches * rounds.each,
         "a count of every refusal");
    agent.check();
  }
  floor::Refused known{topic, RD_KAFKA_RESP_ERR__QUEUE_FULL};
  bool counted = false;
  count(
      "overload_queue", floor_peer, rounds,
      [&] {
        const char* const name = hidden(topic.data());
        const std::size_t size = std::strlen(name);
        if (size - 1 >= 249) return;  // as no topic is
        floor::reached_interceptor = false;
        const rd_kafka_resp_err_t error = rd_kafka_producev(
            client::handle(), RD_KAFKA_V_TOPIC(name), RD_KAFKA_V_PARTITION(RD_KAFKA_PARTITION_UA),
            RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
            RD_KAFKA_V_KEY(const_cast<char*>(key.data()), key.size()),
            RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()), RD_KAFKA_V_TIMESTAMP(0),
            RD_KAFKA_V_OPAQUE(nullptr), RD_KAFKA_V_HEADERS(nullptr), RD_KAFKA_V_END);
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR && !floor::reached_interceptor)
          counted = floor::refused(*hidden(&known), {name, size}, error);
      },
      [&] { must(counted, "the floor's refusal"); });
}

}  // namespace

void count_sends() {
  send("send_sampled", {.local = local}, context, true);
  send_floor("send_sampled", context, span_bytes);
  send("send_unsampled", {.local = local, .sampler = never}, {}, false);
  send_floor("send_unsampled", {}, 0);
  unheld();
  unheld_floor();
  refuse();
}

}  // namespace edgespan::cost
