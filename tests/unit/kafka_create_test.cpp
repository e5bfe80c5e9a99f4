// SPDX-License-Identifier: Apache-2.0
// Start-up, and what the application keeps of librdkafka's own ways: its configuration, its delivery reports
// in every style, its opaque values, its header lists.
#include "support/kafka_clients.hpp"
#include "support/leaks_expected.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::test;

rd_kafka_conf_t* broker_conf() {
  return make_conf({{"bootstrap.servers", MockCluster::shared().brokers()}, {"linger.ms", "0"}});
}

EDGESPAN_TEST(kafka_init_says_what_is_wrong, "kafka") {
  const auto memory = std::make_unique<Memory<>>();
  const auto kafka_memory = std::make_unique<KafkaMemory<>>();
  const TestClock clock;
  Tracing tracing;
  KafkaTracing kafka;
  TEST_ASSERT_EQUAL(Status::not_started, kafka.init(tracing, kafka_memory->inflight));
  TEST_ASSERT_EQUAL(Status::ok, tracing.init(*memory, TracingConfig{}, clock.table()));
  TEST_ASSERT_EQUAL(Status::too_small, kafka.init(tracing, {}));
  TEST_ASSERT_EQUAL(Status::bad_config,
                    kafka.init(tracing, kafka_memory->inflight, {.inflight_deadline_s = 0}));
  TEST_ASSERT_EQUAL(Status::bad_config, kafka.init(tracing, kafka_memory->inflight, {.key_bytes_max = 256}));
  const std::string too_long(64, 'k');
  TEST_ASSERT_EQUAL(Status::bad_text,
                    kafka.init(tracing, kafka_memory->inflight, {.remote_service_name = too_long}));
  TEST_ASSERT_EQUAL(Status::bad_text,
                    kafka.init(tracing, kafka_memory->inflight, {.remote_service_name = "\xFF"}));
  TEST_ASSERT_EQUAL(Status::ok, kafka.init(tracing, kafka_memory->inflight));
  TEST_ASSERT_EQUAL(Status::already_started, kafka.init(tracing, kafka_memory->inflight));
}

EDGESPAN_TEST(kafka_create_before_init_gives_a_reason_and_the_configuration_back, "kafka") {
  KafkaTracing kafka;
  rd_kafka_conf_t* conf = broker_conf();
  std::array<char, 16> errstr;
  errstr.fill('#');
  TEST_ASSERT_NULL(kafka.create(RD_KAFKA_PRODUCER, conf, errstr.data(), errstr.size() - 1));
  TEST_ASSERT_EQUAL_STRING("KafkaTracing::", std::string{errstr.data()});  // cut, and ended, within its size
  TEST_ASSERT_EQUAL('#', errstr.back());
  TEST_ASSERT_NULL(kafka.create(RD_KAFKA_PRODUCER, conf, nullptr, 0));
  rd_kafka_conf_destroy(conf);
}

EDGESPAN_TEST(kafka_create_fails_as_librdkafka_does_and_leaves_the_configuration, "kafka") {
  Traced traced;
  rd_kafka_conf_t* conf = make_conf({{"bootstrap.servers", MockCluster::shared().brokers()},
                                     {"enable.idempotence", "true"},
                                     {"acks", "1"}});
  char expected[256] = "";
  char errstr[256] = "";
  TEST_ASSERT_NULL(rd_kafka_new(RD_KAFKA_PRODUCER, conf, expected, sizeof expected));
  {
    const LeaksExpected leaks;
    TEST_ASSERT_NULL(traced.kafka.create(RD_KAFKA_PRODUCER, conf, errstr, sizeof errstr));
  }
  TEST_ASSERT_EQUAL(expected, std::string{errstr});
  TEST_ASSERT_FALSE(std::string{errstr}.empty());
  // Mended, the same configuration serves.
  TEST_ASSERT_EQUAL(RD_KAFKA_CONF_OK, rd_kafka_conf_set(conf, "acks", "all", errstr, sizeof errstr));
  const Client client{traced.create(RD_KAFKA_PRODUCER, conf)};
  TracingProducer producer{traced.kafka, client.get()};
  TEST_ASSERT_EQUAL(0, producer.send({.topic = MockCluster::shared().topic().c_str()}));
  TEST_ASSERT_EQUAL(0, rd_kafka_flush(client.get(), 10'000));
  TEST_ASSERT_EQUAL_STRING("<none>", traced.spans(1)[0].tag("error"));

  rd_kafka_conf_t* unused = make_conf({{"enable.idempotence", "true"}, {"acks", "1"}});
  const LeaksExpected leaks;
  TEST_ASSERT_NULL(traced.kafka.create(RD_KAFKA_PRODUCER, unused, nullptr, 0));
  rd_kafka_conf_destroy(unused);
}

EDGESPAN_TEST(kafka_create_takes_no_configuration_and_makes_consumers_too, "kafka") {
  Traced traced;
  const Client producer{traced.create(RD_KAFKA_PRODUCER, nullptr)};
  TEST_ASSERT_EQUAL(RD_KAFKA_PRODUCER, rd_kafka_type(producer.get()));
  const Client consumer{traced.create(RD_KAFKA_CONSUMER, Settings{{"group.id", "g"}})};
  TEST_ASSERT_EQUAL(RD_KAFKA_CONSUMER, rd_kafka_type(consumer.get()));
}

EDGESPAN_TEST(kafka_several_clients_share_one_tracing, "kafka") {
  Traced traced;
  ReportingProducer first{traced};
  ReportingProducer second{traced};
  const std::string topic = MockCluster::shared().topic();
  first.warm_up(topic);
  second.warm_up(topic);
  TEST_ASSERT_NOT_EQUAL(traced.spans(2)[1].trace_id, traced.spans(2)[0].trace_id);
}

EDGESPAN_TEST(kafka_reports_keep_their_opaque_and_give_the_ids, "kafka") {
  Traced traced;
  ReportingProducer producer{traced};
  const std::string topic = MockCluster::shared().topic();
  std::vector<std::string> ids;
  producer.on_report = [&](const rd_kafka_message_t* message) {
    const Scope scope = traced.kafka.scope(message);
    const LogIds now = log_ids();
    ids.push_back(std::string{now.trace_id()} + "-" + std::string{now.span_id()});
  };
  int token = 0;
  TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .key = "k", .opaque = &token}));
  const RecordHeader denied[] = {{"b3", "0"}};
  TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .headers = denied}));
  traced.tracing.enable(false);
  TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .opaque = &ids}));
  traced.tracing.enable(true);
  const std::vector<Report>& reports = producer.reports(3);
  TEST_ASSERT_EQUAL(&token, reports[0].opaque);
  TEST_ASSERT_NULL(reports[1].opaque);
  TEST_ASSERT_EQUAL(&ids, reports[2].opaque);
  TEST_ASSERT_FALSE(current().valid());
  const DecodedSpan& span = traced.spans(1)[0];
  TEST_ASSERT_EQUAL(span.trace_id + "-" + span.id, ids[0]);
  TEST_ASSERT_EQUAL(b3_of(reports[1].headers), ids[1] + "-0");
  TEST_ASSERT_EQUAL_STRING("-", ids[2]);  // no header, no context
}

EDGESPAN_TEST(kafka_reports_as_events, "kafka") {
  Traced traced;
  rd_kafka_conf_t* conf = broker_conf();
  rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_DR);
  const Client client{traced.create(RD_KAFKA_PRODUCER, conf)};
  TracingProducer producer{traced.kafka, client.get()};
  int token = 0;
  TEST_ASSERT_EQUAL(0, producer.send({.topic = MockCluster::shared().topic().c_str(), .opaque = &token}));
  rd_kafka_queue_t* queue = rd_kafka_queue_get_main(client.get());
  rd_kafka_event_t* event = rd_kafka_queue_poll(queue, 10'000);
  TEST_ASSERT_EQUAL(RD_KAFKA_EVENT_DR, rd_kafka_event_type(event));
  const rd_kafka_message_t* message = rd_kafka_event_message_next(event);
  TEST_ASSERT_NOT_NULL(message);
  TEST_ASSERT_EQUAL(&token, message->_private);
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, message->err);
  TEST_ASSERT_EQUAL(b3_of(traced.spans(1)[0]), b3_of(headers_of(message)));
  rd_kafka_event_destroy(event);
  rd_kafka_queue_destroy(queue);
}

EDGESPAN_TEST(kafka_without_reports_spans_end_all_the_same, "kafka") {
  for (const bool errors_only : {false, true}) {
    Traced traced;
    rd_kafka_conf_t* conf = broker_conf();
    char errstr[128];
    if (errors_only) {
      TEST_ASSERT_EQUAL(RD_KAFKA_CONF_OK,
                        rd_kafka_conf_set(conf, "delivery.report.only.error", "true", errstr, sizeof errstr));
      rd_kafka_conf_set_dr_msg_cb(
          conf, [](rd_kafka_t*, const rd_kafka_message_t*, void*) { TEST_FAIL_MESSAGE("no error here"); });
    }
    const Client client{traced.create(RD_KAFKA_PRODUCER, conf)};
    TracingProducer producer{traced.kafka, client.get()};
    TEST_ASSERT_EQUAL(0, producer.send({.topic = MockCluster::shared().topic().c_str()}));
    TEST_ASSERT_EQUAL(0, rd_kafka_flush(client.get(), 10'000));
    const DecodedSpan& span = traced.spans(1)[0];
    TEST_ASSERT_EQUAL_STRING("<none>", span.tag("error"));
    TEST_ASSERT_EQUAL(0, traced.tracing.books().expired);
  }
}

EDGESPAN_TEST(kafka_header_lists_go_with_the_message_or_stay_with_the_caller, "kafka") {
  Traced traced;
  ReportingProducer producer{traced};
  const std::string topic = MockCluster::shared().topic();
  producer.warm_up(topic);
  rd_kafka_headers_t* list = rd_kafka_headers_new(1);
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, rd_kafka_header_add(list, "a", -1, "x", -1));
  constexpr std::int32_t no_such_partition = 99;
  TEST_ASSERT_EQUAL(
      RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
      rd_kafka_producev(producer.handle(), RD_KAFKA_V_TOPIC(topic.c_str()),
                        RD_KAFKA_V_PARTITION(no_such_partition), RD_KAFKA_V_HEADERS(list), RD_KAFKA_V_END));
  // The list is still the caller's, with its own header in its place.
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, rd_kafka_header_get_all(list, 0, &name, &value, &size));
  TEST_ASSERT_EQUAL_STRING("a", std::string{name});
  // It goes with the message that is accepted: with a single `b3`, though the failed call has left one, too.
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR,
                    rd_kafka_producev(producer.handle(), RD_KAFKA_V_TOPIC(topic.c_str()),
                                      RD_KAFKA_V_HEADERS(list), RD_KAFKA_V_END));
  const std::vector<Header> sent = producer.reports(2)[1].headers;
  TEST_ASSERT_EQUAL(2, sent.size());
  TEST_ASSERT_EQUAL((Header{"a", "x"}), sent[0]);
  // Spans of several threads leave in no order that a test could rely on.
  const std::vector<DecodedSpan>& spans = traced.spans(3);
  const auto named = [&](const DecodedSpan& span) { return b3_of(span) == b3_of(sent); };
  TEST_ASSERT_EQUAL(1, std::count_if(spans.begin(), spans.end(), named));
}

// Existing code that produces with librdkafka's own functions is traced by create() alone.
EDGESPAN_TEST(kafka_every_produce_call_is_traced, "kafka") {
  Traced traced;
  ReportingProducer producer{traced};
  const std::string topic = MockCluster::shared().topic();
  producer.warm_up(topic);
  rd_kafka_topic_t* handle = rd_kafka_topic_new(producer.handle(), topic.c_str(), nullptr);
  char value[] = "v";
  TEST_ASSERT_EQUAL(
      0, rd_kafka_produce(handle, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, value, 1, "1", 1, nullptr));
  TEST_ASSERT_EQUAL(
      0, producer->produce(handle, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, value, 1, "2", 1, nullptr));
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR,
                    rd_kafka_producev(producer.handle(), RD_KAFKA_V_RKT(handle), RD_KAFKA_V_KEY("3", 1),
                                      RD_KAFKA_V_HEADER("a", "x", 1), RD_KAFKA_V_END));
  rd_kafka_vu_t arguments[2] = {};
  arguments[0].vtype = RD_KAFKA_VTYPE_RKT;
  arguments[0].u.rkt = handle;
  arguments[1].vtype = RD_KAFKA_VTYPE_KEY;
  arguments[1].u.mem = {const_cast<char*>("4"), 1};
  TEST_ASSERT_NULL(producer->produceva(arguments, 2));
  rd_kafka_message_t message{};
  message.key = const_cast<char*>("5");
  message.key_len = 1;
  TEST_ASSERT_EQUAL(1,
                    producer->produce_batch(handle, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &message, 1));
  rd_kafka_topic_destroy(handle);
  producer.delivered(6);
  std::map<std::string, std::string> spans;
  for (const DecodedSpan& span : traced.spans(6)) spans[span.tag("kafka.key")] = b3_of(span);
  for (const WireRecord& wire : read_wire(topic, 6)) TEST_ASSERT_EQUAL(b3_of(wire.headers), spans[wire.key]);
}

// A client of the configuration, which it then owns, by librdkafka's own call.
Client new_producer(rd_kafka_conf_t* conf) {
  char errstr[256] = "";
  rd_kafka_t* rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, errstr, sizeof errstr);
  TEST_CONTEXT(errstr);
  TEST_ASSERT_NOT_NULL(rk);
  return Client{rk};
}

void send_one(Traced<>& traced, const Client& client) {
  TracingProducer producer{traced.kafka, client.get()};
  TEST_ASSERT_EQUAL(0, producer.send({.topic = MockCluster::shared().topic().c_str()}));
  TEST_ASSERT_EQUAL(0, rd_kafka_flush(client.get(), 10'000));
}

EDGESPAN_TEST(kafka_copies_of_a_traced_configuration_are_traced, "kafka") {
  Traced traced;
  rd_kafka_conf_t* conf = broker_conf();
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, traced.kafka.install(conf));
  rd_kafka_conf_t* copy = rd_kafka_conf_dup(conf);
  rd_kafka_conf_t* of_copy = rd_kafka_conf_dup(copy);
  const char* no_linger[] = {"linger.ms"};
  rd_kafka_conf_t* filtered = rd_kafka_conf_dup_filter(conf, 1, no_linger);
  std::size_t sent = 0;
  for (rd_kafka_conf_t* each : {of_copy, copy, conf, filtered}) {
    send_one(traced, new_producer(each));
    (void)traced.spans(++sent);
  }
}

EDGESPAN_TEST(kafka_a_copy_may_be_destroyed_after_its_client_could_not_be_made, "kafka") {
  Traced traced;
  const LeaksExpected leaks;
  rd_kafka_conf_t* conf = broker_conf();
  char errstr[256] = "";
  TEST_ASSERT_EQUAL(RD_KAFKA_CONF_OK, rd_kafka_conf_set(conf, "partition.assignment.strategy", "nonsense",
                                                        errstr, sizeof errstr));
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, traced.kafka.install(conf));
  rd_kafka_conf_t* copy = rd_kafka_conf_dup(conf);
  TEST_ASSERT_NULL(rd_kafka_new(RD_KAFKA_PRODUCER, copy, errstr, sizeof errstr));
  rd_kafka_conf_destroy(copy);
  rd_kafka_conf_destroy(conf);
}

EDGESPAN_TEST(kafka_a_configuration_is_traced_once, "kafka") {
  Traced traced;
  rd_kafka_conf_t* conf = broker_conf();
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, traced.kafka.install(conf));
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR__CONFLICT, traced.kafka.install(conf));
  const Client client{traced.create(RD_KAFKA_PRODUCER, conf)};
  send_one(traced, client);
  (void)traced.spans(1);
}

int own_calls = 0;

// An application's interceptor that counts its messages in `own_calls`.
rd_kafka_resp_err_t on_new(rd_kafka_t* rk, const rd_kafka_conf_t*, void*, char*, std::size_t) {
  return rd_kafka_interceptor_add_on_send(
      rk, "own",
      [](rd_kafka_t*, rd_kafka_message_t*, void*) {
        ++own_calls;
        return RD_KAFKA_RESP_ERR_NO_ERROR;
      },
      nullptr);
}

rd_kafka_conf_t* intercepted_conf() {
  own_calls = 0;
  rd_kafka_conf_t* conf = broker_conf();
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR,
                    rd_kafka_conf_interceptor_add_on_new(conf, "own", on_new, nullptr));
  return conf;
}

EDGESPAN_TEST(kafka_install_keeps_the_applications_own_interceptors, "kafka") {
  Traced traced;
  rd_kafka_conf_t* conf = intercepted_conf();
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, traced.kafka.install(conf));
  send_one(traced, new_producer(conf));
  (void)traced.spans(1);
  TEST_ASSERT_EQUAL(1, own_calls);
}

EDGESPAN_TEST(kafka_create_keeps_the_applications_own_interceptors, "kafka") {
  Traced traced;
  const Client client{traced.create(RD_KAFKA_PRODUCER, intercepted_conf())};
  send_one(traced, client);
  (void)traced.spans(1);
  TEST_ASSERT_EQUAL(1, own_calls);
}

// librdkafka tells of this failure after it has called on_new; before 2.13 the configuration would then
// crash.
EDGESPAN_TEST(kafka_a_late_failure_leaves_a_configuration_with_own_interceptors, "kafka") {
  Traced traced;
  rd_kafka_conf_t* conf = intercepted_conf();
  char errstr[256] = "";
  for (const auto& [name, value] :
       Settings{{"group.id", "g"}, {"partition.assignment.strategy", "nonsense"}}) {
    TEST_ASSERT_EQUAL(RD_KAFKA_CONF_OK,
                      rd_kafka_conf_set(conf, name.c_str(), value.c_str(), errstr, sizeof errstr));
  }
  {
    const LeaksExpected leaks;
    TEST_ASSERT_NULL(traced.kafka.create(RD_KAFKA_CONSUMER, conf, errstr, sizeof errstr));
  }
  TEST_ASSERT_FALSE(std::string{errstr}.empty());
  // Mended, it serves.
  TEST_ASSERT_EQUAL(RD_KAFKA_CONF_OK,
                    rd_kafka_conf_set(conf, "partition.assignment.strategy", "range", errstr, sizeof errstr));
  const Client client{traced.create(RD_KAFKA_PRODUCER, conf)};
  send_one(traced, client);
  (void)traced.spans(1);
  TEST_ASSERT_EQUAL(1, own_calls);
}

EDGESPAN_TEST(kafka_create_keeps_interceptors_that_carry_themselves_to_copies, "kafka") {
  Traced traced;
  rd_kafka_conf_t* conf = intercepted_conf();
  const auto carry = [](rd_kafka_conf_t* copy, const rd_kafka_conf_t*, std::size_t, const char**, void*) {
    return rd_kafka_conf_interceptor_add_on_new(copy, "own", on_new, nullptr);
  };
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR,
                    rd_kafka_conf_interceptor_add_on_conf_dup(conf, "own", carry, nullptr));
  const Client client{traced.create(RD_KAFKA_PRODUCER, conf)};
  send_one(traced, client);
  (void)traced.spans(1);
  TEST_ASSERT_EQUAL(1, own_calls);
}

}  // namespace
