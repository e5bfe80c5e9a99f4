// SPDX-License-Identifier: Apache-2.0
// Spans that travel through Kafka themselves: what becomes of a batch, by every fate that its record can
// have.
#include <edgespan/kafka_sender.hpp>

#include "support/kafka_clients.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::test;

// A topic that was refused is looked at again after this time.
const Settings::value_type refresh_soon{"topic.metadata.refresh.interval.ms", "50"};

// A broker of the test's own, which may go away.
class OwnBroker {
 public:
  OwnBroker() : cluster_{rd_kafka_mock_cluster_new(owner_.get(), 1)} {
    TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, rd_kafka_mock_topic_create(cluster_, "zipkin", 1, 1));
  }
  OwnBroker(const OwnBroker&) = delete;
  OwnBroker& operator=(const OwnBroker&) = delete;
  ~OwnBroker() { rd_kafka_mock_cluster_destroy(cluster_); }

  std::string address() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }
  void down() { TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, rd_kafka_mock_broker_set_down(cluster_, 1)); }
  void up() { TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, rd_kafka_mock_broker_set_up(cluster_, 1)); }

 private:
  Client owner_ = plain_client(RD_KAFKA_PRODUCER, {});
  rd_kafka_mock_cluster_t* cluster_;
};

// What a topic holds, by a client that knows nothing of tracing. Values are kept, and records counted by what
// they should not have.
struct Records {
  std::vector<std::string> values;
  std::size_t with_header = 0;
  std::size_t with_key = 0;
};

Records read_records(const std::string& brokers, const std::string& topic, std::size_t count) {
  PlainConsumer consumer{{{topic, 1}}, {{"bootstrap.servers", brokers}}};
  Records records;
  TEST_ASSERT_TRUE(eventually([&] {
    if (rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer.handle(), 0)) {
      TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, message->err);
      records.values.push_back(text_of(message->payload, message->len));
      records.with_header += headers_of(message).empty() ? 0 : 1;
      records.with_key += message->key != nullptr ? 1 : 0;
      rd_kafka_message_destroy(message);
    }
    return records.values.size() >= count;
  }));
  return records;
}

std::vector<DecodedSpan> spans_of(const Records& records) {
  std::vector<DecodedSpan> spans;
  for (const std::string& value : records.values) {
    for (DecodedSpan& span : decode_spans(std::as_bytes(std::span{value}))) spans.push_back(std::move(span));
  }
  return spans;
}

// An agent whose spans leave through Kafka, on the producer that it traces. Without a thread.
struct Agent {
  explicit Agent(const std::string& zipkin_topic, const Settings& more = {}) {
    Settings settings{{"bootstrap.servers", MockCluster::shared().brokers()}, {"linger.ms", "0"}};
    for (const auto& [name, value] : more) settings[name] = value;
    TEST_ASSERT_EQUAL(Status::ok,
                      tracing.init(*memory, {.local = {.service_name = "gateway"}}, clock.table()));
    TEST_ASSERT_EQUAL(Status::ok, kafka.init(tracing, kafka_memory->inflight));
    char errstr[256] = "";
    client.reset(kafka.create(RD_KAFKA_PRODUCER, make_conf(settings), errstr, sizeof errstr));
    TEST_CONTEXT(errstr);
    TEST_ASSERT_NOT_NULL(client);
    TEST_ASSERT_EQUAL(Status::ok, sender.init(kafka, client.get(), zipkin_topic));
    TEST_ASSERT_EQUAL(Status::ok, reporter.init(tracing, sender.sender(),
                                                {.flush_ms = 10, .retry_min_ms = 10, .retry_max_ms = 20}));
  }
  ~Agent() { (void)reporter.stop(0); }
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  void finish_spans(int count) {
    for (int i = 0; i < count; ++i) tracing.span("work").finish();
  }
  // One offer, followed to its answer.
  SendResult offer(std::string_view bytes) {
    const Sender table = sender.sender();
    const auto batch = std::as_bytes(std::span{bytes});
    SendResult result;
    TEST_ASSERT_TRUE(eventually([&] {
      result = table.offer(table.ctx, batch, 0);
      return result.outcome != Outcome::pending;
    }));
    return result;
  }
  SendResult offer_once(std::string_view bytes) {
    const Sender table = sender.sender();
    return table.offer(table.ctx, std::as_bytes(std::span{bytes}), 0);
  }
  Books books() {
    const Books books = tracing.books();
    TEST_ASSERT_TRUE(books.balanced());
    TEST_ASSERT_EQUAL(0, books.faults);
    return books;
  }

  TestClock clock;
  std::unique_ptr<Memory<>> memory = std::make_unique<Memory<>>();
  std::unique_ptr<KafkaMemory<>> kafka_memory = std::make_unique<KafkaMemory<>>();
  Tracing tracing;
  KafkaTracing kafka;
  KafkaSender sender;
  Client client;  // before what its interceptors call
  Reporter reporter;
};

EDGESPAN_TEST(kafka_sender_spans_travel_on_the_connection_they_are_about, "kafka") {
  const std::string zipkin = MockCluster::shared().topic();
  const std::string topic = MockCluster::shared().topic();
  Agent agent{zipkin};
  TracingProducer producer{agent.kafka, agent.client.get()};
  for (int i = 0; i < 3; ++i) TEST_ASSERT_EQUAL(0, producer.send({.topic = topic.c_str(), .key = "k"}));
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, rd_kafka_flush(agent.client.get(), wait_s * 1'000));
  TEST_ASSERT_EQUAL(Status::ok, agent.reporter.flush(10'000));
  const Records records = read_records(MockCluster::shared().brokers(), zipkin, 1);
  TEST_ASSERT_EQUAL(0, records.with_header);
  TEST_ASSERT_EQUAL(0, records.with_key);
  const std::vector<DecodedSpan> spans = spans_of(records);
  TEST_ASSERT_EQUAL(3, spans.size());
  for (const DecodedSpan& span : spans) TEST_ASSERT_EQUAL(topic, span.tag("kafka.topic"));
  for (const WireRecord& record : read_wire(topic, 3)) TEST_ASSERT_TRUE(!b3_of(record.headers).empty());
  // No span of its own came of it, not even later.
  TEST_ASSERT_EQUAL(Status::ok, agent.reporter.flush(10'000));
  const Books books = agent.books();
  TEST_ASSERT_EQUAL(3, books.finished);
  TEST_ASSERT_EQUAL(3, books.delivered);
  TEST_ASSERT_EQUAL(1, books.batches);
  TEST_ASSERT_EQUAL(books.bytes_delivered, books.bytes_sent);
  TEST_ASSERT_EQUAL(0, books.resent);
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, agent.sender.last_error());
}

EDGESPAN_TEST(kafka_sender_keeps_spans_until_the_broker_is_back, "kafka") {
  OwnBroker broker;
  Agent agent{"zipkin",
              {{"bootstrap.servers", broker.address()},
               {"message.timeout.ms", "400"},
               {"reconnect.backoff.max.ms", "100"}}};
  broker.down();
  agent.finish_spans(5);
  TEST_ASSERT_TRUE(eventually([&] {
    (void)agent.reporter.flush(50);
    return agent.books().retries > 0;
  }));
  TEST_ASSERT_EQUAL(Outcome::late, agent.reporter.last_outcome());
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, agent.sender.last_error());
  TEST_ASSERT_EQUAL(0, agent.books().delivered);
  TEST_ASSERT_EQUAL(5, agent.books().in_batch);
  broker.up();
  TEST_ASSERT_EQUAL(Status::ok, agent.reporter.flush(wait_s * 1'000));
  TEST_ASSERT_EQUAL(5, agent.books().delivered);
  TEST_ASSERT_EQUAL(0, agent.books().dropped_total());
  TEST_ASSERT_GREATER_OR_EQUAL(5, spans_of(read_records(broker.address(), "zipkin", 1)).size());
}

EDGESPAN_TEST(kafka_sender_reads_the_brokers_answer, "kafka") {
  struct Case {
    rd_kafka_resp_err_t error;
    Outcome outcome;
    std::uint64_t pause_s = 0;
  };
  constexpr Case cases[] = {
      {RD_KAFKA_RESP_ERR_INVALID_RECORD, Outcome::malformed},
      {RD_KAFKA_RESP_ERR_POLICY_VIOLATION, Outcome::refused},
      {RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, Outcome::later, 300},
      {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, Outcome::too_large},
      {RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE, Outcome::too_large},
      {RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR, Outcome::later},
      {RD_KAFKA_RESP_ERR_UNKNOWN, Outcome::later},
      {RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, Outcome::later, 300},
      {RD_KAFKA_RESP_ERR_INVALID_REQUEST, Outcome::refused},
      {RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP, Outcome::refused},
      {RD_KAFKA_RESP_ERR_INVALID_REQUIRED_ACKS, Outcome::refused},
      {RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT, Outcome::refused},
      {RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE, Outcome::refused},
      {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, Outcome::later, 300},
  };
  Agent agent{MockCluster::shared().topic(), {{"message.send.max.retries", "0"}, refresh_soon}};
  TEST_ASSERT_EQUAL(Outcome::delivered, agent.offer("warm-up").outcome);
  for (const Case& wanted : cases) {
    TEST_CONTEXT(rd_kafka_err2name(wanted.error));
    MockCluster::shared().fail_produce({wanted.error});
    const SendResult result = agent.offer("spans");
    TEST_ASSERT_EQUAL(wanted.outcome, result.outcome);
    TEST_ASSERT_EQUAL(0, result.status);
    TEST_ASSERT_EQUAL(wanted.pause_s * 1'000'000, result.asked_pause_us);
    TEST_ASSERT_EQUAL(wanted.error, agent.sender.last_error());
  }
  // librdkafka keeps to the last of these until it asks for the topic again.
  TEST_ASSERT_TRUE(eventually([&] { return agent.offer("spans").outcome == Outcome::delivered; }));
}

EDGESPAN_TEST(kafka_sender_a_refused_record_is_counted_and_the_next_goes_on, "kafka") {
  Agent agent{MockCluster::shared().topic()};
  MockCluster::shared().fail_produce({RD_KAFKA_RESP_ERR_POLICY_VIOLATION});
  agent.finish_spans(4);
  TEST_ASSERT_EQUAL(Status::ok, agent.reporter.flush(10'000));
  TEST_ASSERT_EQUAL(4, agent.books().dropped[static_cast<std::size_t>(DropReason::refused)]);
  agent.finish_spans(2);
  TEST_ASSERT_EQUAL(Status::ok, agent.reporter.flush(10'000));
  TEST_ASSERT_EQUAL(2, agent.books().delivered);
}

EDGESPAN_TEST(kafka_sender_an_invalid_record_is_searched_for_its_bad_span, "kafka") {
  Agent agent{MockCluster::shared().topic(), {{"message.send.max.retries", "0"}}};
  // All four, then the first two of them, then the first: that one is the bad span.
  MockCluster::shared().fail_produce(
      {RD_KAFKA_RESP_ERR_INVALID_RECORD, RD_KAFKA_RESP_ERR_INVALID_RECORD, RD_KAFKA_RESP_ERR_INVALID_RECORD});
  agent.finish_spans(4);
  TEST_ASSERT_EQUAL(Status::ok, agent.reporter.flush(10'000));
  const Books books = agent.books();
  TEST_ASSERT_EQUAL(1, books.dropped[static_cast<std::size_t>(DropReason::malformed)]);
  TEST_ASSERT_EQUAL(3, books.delivered);
  TEST_ASSERT_EQUAL(2, books.cuts);
}

EDGESPAN_TEST(kafka_sender_without_permission_waits_long_and_drops_nothing, "kafka") {
  Agent agent{MockCluster::shared().topic(), {refresh_soon}};
  MockCluster::shared().fail_produce({RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED});
  agent.finish_spans(4);
  TEST_ASSERT_TRUE(eventually([&] {
    (void)agent.reporter.flush(10);
    return agent.books().retries == 1;
  }));
  agent.clock.advance_s(290);
  TEST_ASSERT_EQUAL(Status::timeout, agent.reporter.flush(50));
  TEST_ASSERT_EQUAL(1, agent.books().retries);
  TEST_ASSERT_EQUAL(4, agent.books().in_batch);
  TEST_ASSERT_TRUE(eventually([&] {
    agent.clock.advance_s(301);
    return agent.reporter.flush(100) == Status::ok;
  }));
  TEST_ASSERT_EQUAL(4, agent.books().delivered);
}

EDGESPAN_TEST(kafka_sender_a_full_queue_is_tried_again, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  Agent agent{MockCluster::shared().topic(), {{"queue.buffering.max.messages", "1"}, {"linger.ms", "60000"}}};
  TracingProducer producer{agent.kafka, agent.client.get()};
  TEST_ASSERT_EQUAL(0, producer.send({.topic = topic.c_str(), .key = "first"}));
  const SendResult result = agent.offer_once("spans");
  TEST_ASSERT_EQUAL(Outcome::overloaded, result.outcome);
  TEST_ASSERT_EQUAL(0, result.begun);
  TEST_ASSERT_EQUAL(0, result.sent_bytes);
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR__QUEUE_FULL, agent.sender.last_error());
  TEST_ASSERT_EQUAL(0, rd_kafka_purge(agent.client.get(), RD_KAFKA_PURGE_F_QUEUE));
  TEST_ASSERT_TRUE(eventually([&] { return agent.offer_once("spans").outcome == Outcome::pending; }));
  // Given up by the application: it may go out later.
  TEST_ASSERT_EQUAL(0, rd_kafka_purge(agent.client.get(), RD_KAFKA_PURGE_F_QUEUE));
  TEST_ASSERT_EQUAL(Outcome::later, agent.offer("spans").outcome);
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR__PURGE_QUEUE, agent.sender.last_error());
}

EDGESPAN_TEST(kafka_sender_a_batch_that_is_too_large_goes_in_parts, "kafka") {
  const std::string zipkin = MockCluster::shared().topic();
  Agent agent{zipkin, {{"message.max.bytes", "1000"}}};
  agent.finish_spans(60);
  TEST_ASSERT_EQUAL(Status::ok, agent.reporter.flush(20'000));
  const Books books = agent.books();
  TEST_ASSERT_EQUAL(60, books.delivered);
  TEST_ASSERT_GREATER_THAN(0, books.cuts);
  TEST_ASSERT_GREATER_THAN(1, books.batches);
  const auto batches = static_cast<std::size_t>(books.batches);
  const Records records = read_records(MockCluster::shared().brokers(), zipkin, batches);
  TEST_ASSERT_EQUAL(60, spans_of(records).size());
  for (const std::string& value : records.values) TEST_ASSERT_LESS_THAN(1'000, value.size());
}

EDGESPAN_TEST(kafka_sender_a_batch_beyond_the_queue_is_too_large_and_not_a_full_queue, "kafka") {
  Agent agent{MockCluster::shared().topic(), {{"queue.buffering.max.kbytes", "1"}}};
  TEST_ASSERT_EQUAL(Outcome::too_large, agent.offer_once(std::string(1'025, 'x')).outcome);
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, agent.sender.last_error());
  TEST_ASSERT_EQUAL(Outcome::delivered, agent.offer(std::string(1'024, 'x')).outcome);
}

EDGESPAN_TEST(kafka_sender_never_offers_an_empty_record, "kafka") {
  Agent agent{MockCluster::shared().topic()};
  TEST_ASSERT_EQUAL(Outcome::refused, agent.offer_once({}).outcome);
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR__INVALID_ARG, agent.sender.last_error());
  TEST_ASSERT_EQUAL(Outcome::pending, agent.offer_once("x").outcome);
  TEST_ASSERT_EQUAL(Outcome::delivered, agent.offer("x").outcome);
}

EDGESPAN_TEST(kafka_sender_tells_what_it_gave_and_when_to_ask_again, "kafka") {
  OwnBroker broker;
  Agent agent{"zipkin", {{"bootstrap.servers", broker.address()}, {"reconnect.backoff.max.ms", "100"}}};
  broker.down();
  for (const bool first : {true, false}) {
    const SendResult result = agent.offer_once("spans");
    TEST_ASSERT_EQUAL(Outcome::pending, result.outcome);
    TEST_ASSERT_EQUAL((first ? 1 : 0), result.begun);
    TEST_ASSERT_EQUAL((first ? 5 : 0), result.sent_bytes);
    TEST_ASSERT_GREATER_OR_EQUAL(100'000, result.again_us);
    TEST_ASSERT_LESS_OR_EQUAL(1'000'000, result.again_us);
  }
  broker.up();
  const SendResult result = agent.offer("spans");
  TEST_ASSERT_EQUAL(Outcome::delivered, result.outcome);
  TEST_ASSERT_EQUAL(0, result.begun);
  TEST_ASSERT_EQUAL(0, result.sent_bytes);
}

EDGESPAN_TEST(kafka_sender_waits_for_a_record_it_was_told_to_abandon, "kafka") {
  OwnBroker broker;
  Agent agent{"zipkin", {{"bootstrap.servers", broker.address()}, {"reconnect.backoff.max.ms", "100"}}};
  const Sender table = agent.sender.sender();
  table.cancel(table.ctx);  // nothing is on its way: nothing happens
  TEST_ASSERT_EQUAL(Outcome::delivered, agent.offer("warm-up").outcome);
  broker.down();
  {
    std::string bytes = "first";
    TEST_ASSERT_EQUAL(Outcome::pending, agent.offer_once(bytes).outcome);
    table.cancel(table.ctx);
    table.cancel(table.ctx);
    std::ranges::fill(bytes, '!');  // the sender keeps no view of a batch that was given up
  }
  const SendResult waiting = agent.offer_once("second");
  TEST_ASSERT_EQUAL(Outcome::pending, waiting.outcome);
  TEST_ASSERT_EQUAL(0, waiting.begun);
  broker.up();
  TEST_ASSERT_EQUAL(Outcome::delivered, agent.offer("second").outcome);
  TEST_ASSERT_EQUAL((std::vector<std::string>{"warm-up", "first", "second"}),
                    read_records(broker.address(), "zipkin", 3).values);
}

EDGESPAN_TEST(kafka_sender_stop_is_on_time_with_a_record_on_its_way, "kafka") {
  OwnBroker broker;
  Agent agent{"zipkin", {{"bootstrap.servers", broker.address()}}};
  broker.down();
  agent.finish_spans(3);
  const auto begun = std::chrono::steady_clock::now();
  TEST_ASSERT_EQUAL(Status::timeout, agent.reporter.stop(100));
  TEST_ASSERT_LESS_THAN(std::chrono::seconds{5}, std::chrono::steady_clock::now() - begun);
  TEST_ASSERT_EQUAL(3, agent.books().dropped[static_cast<std::size_t>(DropReason::shutdown)]);
}

EDGESPAN_TEST(kafka_sender_the_end_of_a_record_wakes_the_worker, "kafka") {
  struct Worker {
    std::atomic<int> wakes{0};
    edgespan_worker table{this, [](void*, std::uint64_t (*)(void*), void*) { return true; },
                          [](void* self) { ++static_cast<Worker*>(self)->wakes; },
                          [](void*, std::uint64_t) { return true; }};
  } worker;
  Agent agent{MockCluster::shared().topic()};
  TEST_ASSERT_EQUAL(Status::ok, agent.reporter.start(worker.table));
  TEST_ASSERT_EQUAL(Outcome::pending, agent.offer_once("spans").outcome);
  TEST_ASSERT_TRUE(eventually([&] { return worker.wakes > 0; }));
  TEST_ASSERT_EQUAL(Outcome::delivered, agent.offer_once("spans").outcome);
  (void)agent.reporter.stop(0);
}

EDGESPAN_TEST(kafka_sender_tracing_that_is_off_still_delivers, "kafka") {
  const std::string zipkin = MockCluster::shared().topic();
  Agent agent{zipkin};
  agent.finish_spans(2);
  agent.tracing.enable(false);
  TEST_ASSERT_EQUAL(Status::ok, agent.reporter.flush(10'000));
  TEST_ASSERT_EQUAL(2, agent.books().delivered);
  TEST_ASSERT_EQUAL(0, read_records(MockCluster::shared().brokers(), zipkin, 1).with_header);
}

}  // namespace
