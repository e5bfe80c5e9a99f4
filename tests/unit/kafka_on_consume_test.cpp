// SPDX-License-Identifier: Apache-2.0
// Records that an application consumes with librdkafka's own calls, on a client that create() made.
#include "support/kafka_clients.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::test;
using namespace std::chrono_literals;

#define T "000462d53c8abacb"
#define S "000462d53c8abacd"

constexpr int wait_ms = wait_s * 1'000;

void assign(rd_kafka_t* rk, const std::string& topic) {
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic.c_str(), 0)->offset = 0;
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, rd_kafka_assign(rk, list));
  rd_kafka_topic_partition_list_destroy(list);
}

// A traced consumer of the only partition of a topic.
Client traced_consumer(Traced<>& traced, const std::string& topic) {
  Client client{traced.create(RD_KAFKA_CONSUMER, without_metrics(make_conf(consumer_settings())))};
  assign(client.get(), topic);
  return client;
}

struct Seen {
  std::string key;
  std::vector<Header> headers;
};
using Consumed = std::vector<Seen>;

void keep(Consumed& records, const rd_kafka_message_t* message) {
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  records.push_back({text_of(message->key, message->key_len), headers_of(message)});
}

void keep_all(Consumed& records, rd_kafka_message_t** messages, ssize_t count) {
  for (ssize_t i = 0; i < count; ++i) {
    keep(records, messages[i]);
    rd_kafka_message_destroy(messages[i]);
  }
}

// A way to consume: takes what comes within a moment.
struct Way {
  const char* name;
  bool simple;  // by topic and partition, without an assignment
  void (*take)(rd_kafka_t* rk, rd_kafka_topic_t* topic, Consumed& records);
};

constexpr Way ways[] = {
    {"rd_kafka_consumer_poll", false,
     [](rd_kafka_t* rk, rd_kafka_topic_t*, Consumed& records) {
       if (rd_kafka_message_t* message = rd_kafka_consumer_poll(rk, 20)) keep_all(records, &message, 1);
     }},
    {"rd_kafka_consume_batch_queue", false,
     [](rd_kafka_t* rk, rd_kafka_topic_t*, Consumed& records) {
       rd_kafka_queue_t* queue = rd_kafka_queue_get_consumer(rk);
       rd_kafka_message_t* messages[8];
       keep_all(records, messages, rd_kafka_consume_batch_queue(queue, 20, messages, 8));
       rd_kafka_queue_destroy(queue);
     }},
    {"rd_kafka_queue_poll", false,
     [](rd_kafka_t* rk, rd_kafka_topic_t*, Consumed& records) {
       rd_kafka_queue_t* queue = rd_kafka_queue_get_consumer(rk);
       if (rd_kafka_event_t* event = rd_kafka_queue_poll(queue, 20)) {
         while (const rd_kafka_message_t* message = rd_kafka_event_message_next(event))
           keep(records, message);
         rd_kafka_event_destroy(event);
       }
       rd_kafka_queue_destroy(queue);
     }},
    {"rd_kafka_consume", true,
     [](rd_kafka_t*, rd_kafka_topic_t* topic, Consumed& records) {
       if (rd_kafka_message_t* message = rd_kafka_consume(topic, 0, 20)) keep_all(records, &message, 1);
     }},
    {"rd_kafka_consume_batch", true,
     [](rd_kafka_t*, rd_kafka_topic_t* topic, Consumed& records) {
       rd_kafka_message_t* messages[8];
       keep_all(records, messages, rd_kafka_consume_batch(topic, 0, 20, messages, 8));
     }},
    {"rd_kafka_consume_callback", true,
     [](rd_kafka_t*, rd_kafka_topic_t* topic, Consumed& records) {
       rd_kafka_consume_callback(
           topic, 0, 20,
           [](rd_kafka_message_t* message, void* all) { keep(*static_cast<Consumed*>(all), message); },
           &records);
     }},
};

// Consumes `count` records from the beginning of a topic.
Consumed consume(rd_kafka_t* rk, const Way& way, const std::string& topic, std::size_t count) {
  rd_kafka_topic_t* handle = rd_kafka_topic_new(rk, topic.c_str(), nullptr);
  if (way.simple) {
    TEST_ASSERT_EQUAL(0, rd_kafka_consume_start(handle, 0, 0));
  } else {
    assign(rk, topic);
  }
  Consumed records;
  TEST_ASSERT_TRUE(eventually([&] {
    way.take(rk, handle, records);
    return records.size() >= count;
  }));
  TEST_ASSERT_EQUAL(count, records.size());
  if (way.simple) TEST_ASSERT_EQUAL(0, rd_kafka_consume_stop(handle, 0));
  rd_kafka_topic_destroy(handle);
  return records;
}

EDGESPAN_TEST(kafka_every_way_of_consuming_is_traced, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  Feed feed;
  feed.add(topic, "1", {{"b3", T "-" S "-1"}, {"a", "x"}, {"X-B3-TraceId", "stale"}});
  feed.add(topic, "2", {{"b3", T "-" S "-0"}});
  feed.add(topic, "3");
  feed.done();
  for (const Way& way : ways) {
    TEST_CONTEXT(way.name);
    Traced traced;
    const Client client{traced.create(RD_KAFKA_CONSUMER, without_metrics(make_conf(consumer_settings())))};
    const Consumed records = consume(client.get(), way, topic, 3);
    const std::vector<DecodedSpan>& spans = traced.spans(2);
    for (const DecodedSpan& span : spans) {
      TEST_ASSERT_EQUAL(Kind::consumer, span.kind);
      TEST_ASSERT_EQUAL_STRING("poll", span.name);
      TEST_ASSERT_EQUAL(1, span.duration);
      TEST_ASSERT_EQUAL_STRING("kafka", span.remote.service_name);
      TEST_ASSERT_EQUAL((std::map<std::string, std::string>{{"kafka.topic", topic}}), span.tags);
    }
    TEST_ASSERT_EQUAL(T, spans[0].trace_id);
    TEST_ASSERT_EQUAL(S, spans[0].parent_id);
    TEST_ASSERT_EQUAL_STRING("", spans[1].parent_id);
    TEST_ASSERT_EQUAL((std::vector<Header>{{"a", "x"}, {"b3", b3_of(spans[0])}}), records[0].headers);
    const std::string unsampled = b3_of(records[1].headers);
    TEST_ASSERT_EQUAL(T "-", unsampled.substr(0, 17));
    TEST_ASSERT_EQUAL("-0", unsampled.substr(unsampled.size() - 2));
    TEST_ASSERT_NOT_EQUAL(T "-" S "-0", unsampled);
    TEST_ASSERT_EQUAL((std::vector<Header>{{"b3", b3_of(spans[1])}}), records[2].headers);
    TEST_ASSERT_EQUAL(0, traced.tracing.books().roots_unshared);  // nothing could have been shared
  }
}

EDGESPAN_TEST(kafka_consumed_records_continue_in_the_work_on_them, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  Feed feed;
  feed.add(topic, "1");
  feed.done();
  Traced traced;
  const Client client = traced_consumer(traced, topic);
  rd_kafka_message_t* message = rd_kafka_consumer_poll(client.get(), wait_ms);
  TEST_ASSERT_NOT_NULL(message);
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, message->err);
  traced.kafka.next_span(message).finish();
  rd_kafka_message_destroy(message);
  const std::vector<DecodedSpan>& spans = traced.spans(2);
  TEST_ASSERT_EQUAL(spans[0].trace_id, spans[1].trace_id);
  TEST_ASSERT_EQUAL(spans[0].id, spans[1].parent_id);
}

EDGESPAN_TEST(kafka_consumed_records_are_left_alone_while_tracing_is_off, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  Feed feed;
  feed.add(topic, "1", {{"b3", T "-" S "-1"}});
  feed.done();
  for (const Way& way : ways) {
    TEST_CONTEXT(way.name);
    Traced traced;
    traced.tracing.enable(false);
    const Client client{traced.create(RD_KAFKA_CONSUMER, without_metrics(make_conf(consumer_settings())))};
    const Consumed records = consume(client.get(), way, topic, 1);
    TEST_ASSERT_EQUAL((std::vector<Header>{{"b3", T "-" S "-1"}}), records[0].headers);
    (void)traced.spans(0);
  }
}

EDGESPAN_TEST(kafka_a_tracing_consumer_traces_a_record_of_a_traced_client_once, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  Feed feed;
  for (int i = 0; i < 3; ++i) feed.add(topic, std::to_string(i));
  feed.done();
  Traced traced;
  const Client client = traced_consumer(traced, topic);
  TracingConsumer tracing{traced.kafka, client.get(), traced.kafka_memory->consumer};
  std::size_t polls = 0;
  std::size_t records = 0;
  TEST_ASSERT_TRUE(eventually([&] {
    const std::size_t taken = tracing.poll(1s).size();
    records += taken;
    polls += taken != 0 ? 1 : 0;
    return records == 3;
  }));
  (void)traced.spans(polls);  // each has a root that its records share

  assign(client.get(), topic);
  rd_kafka_message_t* message = tracing.consumer_poll(wait_ms);
  TEST_ASSERT_NOT_NULL(message);
  TEST_ASSERT_EQUAL(b3_of(traced.spans(polls + 1).back()), b3_of(headers_of(message)));
  rd_kafka_message_destroy(message);

  rd_kafka_queue_t* queue = rd_kafka_queue_get_consumer(client.get());
  rd_kafka_message_t* messages[1];
  TEST_ASSERT_EQUAL(1, tracing.consume_batch_queue(queue, wait_ms, messages, 1));
  rd_kafka_queue_destroy(queue);
  TEST_ASSERT_EQUAL(b3_of(traced.spans(polls + 2).back()), b3_of(headers_of(messages[0])));
  rd_kafka_message_destroy(messages[0]);

  // After a TracingConsumer, too, the thread's own calls are traced.
  message = rd_kafka_consumer_poll(client.get(), wait_ms);
  TEST_ASSERT_NOT_NULL(message);
  TEST_ASSERT_EQUAL(b3_of(traced.spans(polls + 3).back()), b3_of(headers_of(message)));
  rd_kafka_message_destroy(message);
}

// librdkafka runs callbacks of the application inside a poll.
EDGESPAN_TEST(kafka_a_callback_inside_a_poll_consumes_from_another_client, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  Feed feed;
  feed.add(topic, "1");
  feed.done();
  Traced traced;
  Client inner = traced_consumer(traced, topic);
  std::size_t taken = 0;
  std::function<void()> on_statistics = [&] {
    if (rd_kafka_message_t* message = rd_kafka_consumer_poll(inner.get(), 0)) {
      taken += message->err == RD_KAFKA_RESP_ERR_NO_ERROR ? 1U : 0U;
      rd_kafka_message_destroy(message);
    }
  };
  rd_kafka_conf_t* conf = without_metrics(make_conf(consumer_settings({{"statistics.interval.ms", "10"}})));
  rd_kafka_conf_set_opaque(conf, &on_statistics);
  rd_kafka_conf_set_stats_cb(conf, [](rd_kafka_t*, char*, std::size_t, void* opaque) {
    (*static_cast<std::function<void()>*>(opaque))();
    return 0;
  });
  const Client outer{traced.create(RD_KAFKA_CONSUMER, conf)};
  rd_kafka_poll_set_consumer(outer.get());
  TracingConsumer tracing{traced.kafka, outer.get(), traced.kafka_memory->consumer};
  TEST_ASSERT_TRUE(eventually([&] {
    (void)tracing.poll(10ms);
    return taken == 1;
  }));
  (void)traced.spans(1);
}

}  // namespace
