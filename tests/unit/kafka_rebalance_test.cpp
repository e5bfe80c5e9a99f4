// SPDX-License-Identifier: Apache-2.0
// Row 17 of the failure model: partitions are taken away while their records are being worked on. A poll span
// has ended when its poll returns, and the span of the work belongs to the application, so no span waits for
// its partition: each is reported once, whole, and in its trace.
#include "support/kafka_clients.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::test;
using namespace std::chrono_literals;

constexpr int records = 20;

// As eventually(). How long a group takes to agree is up to librdkafka and its coordinator: seconds.
template <typename Condition>
bool in_the_end(Condition condition) {
  for (int rounds = 0; rounds < 6; ++rounds) {
    if (eventually(condition)) return true;
  }
  return false;
}

// A member of a group, which accepts what the group's coordinator gives and takes.
class Member {
 public:
  Member(const std::string& group, const std::string& topic, const Settings& more = {}) {
    Settings settings{{"bootstrap.servers", MockCluster::shared().brokers()},
                      {"group.id", group},
                      {"auto.offset.reset", "earliest"},
                      {"enable.auto.commit", "false"},
                      {"fetch.wait.max.ms", "20"}};
    for (const auto& [name, value] : more) settings[name] = value;
    rd_kafka_conf_t* conf = without_metrics(make_conf(settings));
    rd_kafka_conf_set_opaque(conf, this);
    rd_kafka_conf_set_rebalance_cb(conf, [](rd_kafka_t* rk, rd_kafka_resp_err_t what,
                                            rd_kafka_topic_partition_list_t* list, void* self) {
      const bool given = what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
      ++(given ? static_cast<Member*>(self)->given_ : static_cast<Member*>(self)->taken_);
      rd_kafka_assign(rk, given ? list : nullptr);
    });
    char errstr[256] = "";
    client_.reset(rd_kafka_new(RD_KAFKA_CONSUMER, conf, errstr, sizeof errstr));
    TEST_CONTEXT(errstr);
    TEST_ASSERT_NOT_NULL(client_);
    rd_kafka_poll_set_consumer(client_.get());
    rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic.c_str(), RD_KAFKA_PARTITION_UA);
    const rd_kafka_resp_err_t error = rd_kafka_subscribe(client_.get(), list);
    rd_kafka_topic_partition_list_destroy(list);
    TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, error);
  }
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;

  rd_kafka_t* handle() const { return client_.get(); }
  int given() const { return given_; }
  int taken() const { return taken_; }

  // Leaves the group; has returned when the application has been told that its partitions are gone.
  void leave() {
    const int before = taken_;
    TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, rd_kafka_unsubscribe(handle()));
    serve_until([&] { return taken_ > before; });
  }
  // Serves librdkafka's events past the tracing; what records come along are nobody's.
  void serve() {
    if (rd_kafka_message_t* message = rd_kafka_consumer_poll(handle(), 1)) rd_kafka_message_destroy(message);
  }
  template <typename Condition>
  void serve_until(Condition condition) {
    TEST_ASSERT_TRUE(in_the_end([&] { return serve(), condition(); }));
  }

 private:
  int given_ = 0;
  int taken_ = 0;
  Client client_;
};

std::string filled_topic(int partitions = 1) {
  const std::string topic = MockCluster::shared().topic(partitions);
  Feed feed;
  for (int i = 0; i < records; ++i) feed.add(topic, std::to_string(i), {{"own", "x"}}, i % partitions);
  feed.done();
  return topic;
}

// Polls and works until `until` records are done; calls `amid` once, in the middle of the work on record
// `point`, or behind the last one. Returns how many records were polled.
template <typename Traced, typename Amid>
int work(Traced& traced, TracingConsumer& consumer, int point, Amid amid) {
  int polled = 0;
  bool over = false;
  TEST_ASSERT_TRUE(in_the_end([&] {
    for (ConsumerRecord& record : consumer.poll(5ms)) {
      if (record.error() != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
      Span span = traced.kafka.next_span(record).name("process").tag("key", record.key());
      if (polled++ == point) {
        amid();
        over = true;
      }
      TEST_ASSERT_TRUE(span.recording());
      span.finish();
    }
    return over || polled == records;
  }));
  if (!over) amid();
  return polled;
}

// Every poll span once, and below it the span of the work on each of its records.
void check_spans(const std::vector<DecodedSpan>& spans, const std::string& topic, std::size_t polled) {
  std::map<std::string, const DecodedSpan*> polls;
  std::map<std::string, int> keys;
  for (const DecodedSpan& span : spans) {
    if (span.name == "poll") TEST_ASSERT_TRUE(polls.emplace(span.id, &span).second);
  }
  for (const DecodedSpan& span : spans) {
    TEST_ASSERT_EQUAL_STRING("<none>", span.tag("error"));
    if (span.name == "poll") {
      TEST_ASSERT_EQUAL(topic, span.tag("kafka.topic"));
      TEST_ASSERT_EQUAL(1, span.duration);
      continue;
    }
    TEST_ASSERT_EQUAL_STRING("process", span.name);
    TEST_ASSERT_EQUAL(1, ++keys[span.tag("key")]);
    TEST_ASSERT_EQUAL(1, polls.count(span.parent_id));
    TEST_ASSERT_EQUAL(polls[span.parent_id]->trace_id, span.trace_id);
  }
  TEST_ASSERT_EQUAL(polled, polls.size());
  TEST_ASSERT_EQUAL(polled, keys.size());
}

// A tracing in which each record has a poll span of its own.
KafkaConfig own_roots() {
  KafkaConfig config;
  config.shared_root = false;
  return config;
}

EDGESPAN_TEST(kafka_a_revoke_at_any_point_of_a_poll_loop_costs_no_span, "kafka") {
  const std::string topic = filled_topic();
  std::vector<std::unique_ptr<Member>> members;  // all join while the first of them waits
  for (int point = 0; point <= records; ++point) {
    members.push_back(std::make_unique<Member>("group" + std::to_string(point), topic));
  }
  for (int point = 0; point <= records; ++point) {
    TEST_CONTEXT("point = " << point);
    Traced traced{own_roots()};
    Member& member = *members[static_cast<std::size_t>(point)];
    TracingConsumer consumer{traced.kafka, member.handle(), traced.kafka_memory->consumer};
    const int polled = work(traced, consumer, point, [&] { member.leave(); });
    TEST_ASSERT_EQUAL(1, member.given());
    TEST_ASSERT_EQUAL(1, member.taken());
    TEST_ASSERT_GREATER_OR_EQUAL(std::min(point + 1, records), polled);
    check_spans(traced.spans(2 * static_cast<std::size_t>(polled)), topic, static_cast<std::size_t>(polled));
    TEST_ASSERT_EQUAL(0, consumer.poll(0ms).size());
    members[static_cast<std::size_t>(point)].reset();
  }
}

EDGESPAN_TEST(kafka_a_consumer_that_is_closed_at_any_point_of_a_poll_loop_costs_no_span, "kafka") {
  const std::string topic = filled_topic();
  for (int point = 0; point <= records; ++point) {
    TEST_CONTEXT("point = " << point);
    Traced traced{own_roots()};
    PlainConsumer client{{{topic, 1}}};
    TracingConsumer consumer{traced.kafka, client.handle(), traced.kafka_memory->consumer};
    const int polled = work(traced, consumer, point, [&] {
      TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, rd_kafka_consumer_close(client.handle()));
    });
    check_spans(traced.spans(2 * static_cast<std::size_t>(polled)), topic, static_cast<std::size_t>(polled));
  }
}

// A second member joins while the first works on a record. Both go on, each with its own share.
EDGESPAN_TEST(kafka_a_rebalance_amid_of_the_work_costs_no_span, "kafka") {
  const Settings quick{{"session.timeout.ms", "6000"}, {"heartbeat.interval.ms", "500"}};
  const std::string topic = filled_topic(2);
  Traced traced{own_roots()};
  Member first{"shared", topic, quick};
  std::unique_ptr<Member> second;
  TracingConsumer consumer{traced.kafka, first.handle(), traced.kafka_memory->consumer};
  const int polled = work(traced, consumer, records / 2, [&] {
    second = std::make_unique<Member>("shared", topic, quick);
    first.serve_until([&] { return second->serve(), first.taken() > 0; });
  });
  // Neither gets its share before both have heard of the last one.
  first.serve_until([&] { return second->serve(), first.given() > 1 && second->given() > 0; });
  check_spans(traced.spans(2 * static_cast<std::size_t>(polled)), topic, static_cast<std::size_t>(polled));
}

}  // namespace
