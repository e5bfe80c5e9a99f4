// SPDX-License-Identifier: Apache-2.0
// Start-up, and what the application keeps of librdkafka's own ways: its configuration, its delivery reports
// in every style, its opaque values, its header lists.
#include "support/kafka_clients.hpp"

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif

namespace {

using namespace edgespan;
using namespace edgespan::test;

rd_kafka_conf_t* broker_conf() {
  return make_conf({{"bootstrap.servers", MockCluster::shared().brokers()}, {"linger.ms", "0"}});
}

EDGESPAN_TEST(kafka_init_says_what_is_wrong, "kafka") {
  const auto memory = std::make_unique<Memory<>>();
  const TestClock clock;
  Tracing tracing;
  KafkaTracing kafka;
  REQUIRE(kafka.init(tracing, memory->inflight) == Status::not_started);
  REQUIRE(tracing.init(*memory, TracingConfig{}, clock.table()) == Status::ok);
  REQUIRE(kafka.init(tracing, {}) == Status::too_small);
  REQUIRE(kafka.init(tracing, memory->inflight, {.inflight_deadline_s = 0}) == Status::bad_config);
  const std::string too_long(64, 'k');
  REQUIRE(kafka.init(tracing, memory->inflight, {.remote_service_name = too_long}) == Status::bad_text);
  REQUIRE(kafka.init(tracing, memory->inflight, {.remote_service_name = "\xFF"}) == Status::bad_text);
  REQUIRE(kafka.init(tracing, memory->inflight) == Status::ok);
  REQUIRE(kafka.init(tracing, memory->inflight) == Status::already_started);
}

EDGESPAN_TEST(kafka_create_before_init_gives_a_reason_and_the_configuration_back, "kafka") {
  KafkaTracing kafka;
  rd_kafka_conf_t* conf = broker_conf();
  std::array<char, 16> errstr;
  errstr.fill('#');
  REQUIRE(kafka.create(RD_KAFKA_PRODUCER, conf, errstr.data(), errstr.size() - 1) == nullptr);
  REQUIRE(std::string{errstr.data()} == "KafkaTracing::");  // cut, and ended, within its size
  REQUIRE(errstr.back() == '#');
  REQUIRE(kafka.create(RD_KAFKA_PRODUCER, conf, nullptr, 0) == nullptr);
  rd_kafka_conf_destroy(conf);
}

EDGESPAN_TEST(kafka_create_fails_as_librdkafka_does_and_leaves_the_configuration, "kafka") {
  Traced traced;
  rd_kafka_conf_t* conf = make_conf({{"bootstrap.servers", MockCluster::shared().brokers()},
                                     {"enable.idempotence", "true"},
                                     {"acks", "1"}});
  char expected[256] = "";
  char errstr[256] = "";
  REQUIRE(rd_kafka_new(RD_KAFKA_PRODUCER, conf, expected, sizeof expected) == nullptr);
#if defined(__SANITIZE_ADDRESS__)
  __lsan_disable();  // the copy that has the interceptor cannot be destroyed before librdkafka 2.13
#endif
  REQUIRE(traced.kafka.create(RD_KAFKA_PRODUCER, conf, errstr, sizeof errstr) == nullptr);
#if defined(__SANITIZE_ADDRESS__)
  __lsan_enable();
#endif
  REQUIRE(std::string{errstr} == expected);
  REQUIRE_FALSE(std::string{errstr}.empty());
  // Mended, the same configuration serves.
  REQUIRE(rd_kafka_conf_set(conf, "acks", "all", errstr, sizeof errstr) == RD_KAFKA_CONF_OK);
  const Client client{traced.create(RD_KAFKA_PRODUCER, conf)};
  TracingProducer producer{traced.kafka, client.get()};
  REQUIRE(producer.send({.topic = MockCluster::shared().topic().c_str()}) == 0);
  REQUIRE(rd_kafka_flush(client.get(), 10'000) == 0);
  REQUIRE(traced.spans(1)[0].tag("error") == "<none>");

  rd_kafka_conf_t* unused = make_conf({{"enable.idempotence", "true"}, {"acks", "1"}});
#if defined(__SANITIZE_ADDRESS__)
  __lsan_disable();
#endif
  REQUIRE(traced.kafka.create(RD_KAFKA_PRODUCER, unused, nullptr, 0) == nullptr);
#if defined(__SANITIZE_ADDRESS__)
  __lsan_enable();
#endif
  rd_kafka_conf_destroy(unused);
}

EDGESPAN_TEST(kafka_create_takes_no_configuration_and_makes_consumers_too, "kafka") {
  Traced traced;
  const Client producer{traced.create(RD_KAFKA_PRODUCER, nullptr)};
  REQUIRE(rd_kafka_type(producer.get()) == RD_KAFKA_PRODUCER);
  const Client consumer{traced.create(RD_KAFKA_CONSUMER, Settings{{"group.id", "g"}})};
  REQUIRE(rd_kafka_type(consumer.get()) == RD_KAFKA_CONSUMER);
}

EDGESPAN_TEST(kafka_several_clients_share_one_tracing, "kafka") {
  Traced traced;
  ReportingProducer first{traced};
  ReportingProducer second{traced};
  const std::string topic = MockCluster::shared().topic();
  first.warm_up(topic);
  second.warm_up(topic);
  REQUIRE(traced.spans(2)[0].trace_id != traced.spans(2)[1].trace_id);
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
  REQUIRE(producer->send({.topic = topic.c_str(), .key = "k", .opaque = &token}) == 0);
  const RecordHeader denied[] = {{"b3", "0"}};
  REQUIRE(producer->send({.topic = topic.c_str(), .headers = denied}) == 0);
  traced.tracing.enable(false);
  REQUIRE(producer->send({.topic = topic.c_str(), .opaque = &ids}) == 0);
  traced.tracing.enable(true);
  const std::vector<Report>& reports = producer.reports(3);
  REQUIRE(reports[0].opaque == &token);
  REQUIRE(reports[1].opaque == nullptr);
  REQUIRE(reports[2].opaque == &ids);
  REQUIRE_FALSE(current().valid());
  const DecodedSpan& span = traced.spans(1)[0];
  REQUIRE(ids[0] == span.trace_id + "-" + span.id);
  REQUIRE(ids[1] + "-0" == b3_of(reports[1].headers));
  REQUIRE(ids[2] == "-");  // no header, no context
}

EDGESPAN_TEST(kafka_reports_as_events, "kafka") {
  Traced traced;
  rd_kafka_conf_t* conf = broker_conf();
  rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_DR);
  const Client client{traced.create(RD_KAFKA_PRODUCER, conf)};
  TracingProducer producer{traced.kafka, client.get()};
  int token = 0;
  REQUIRE(producer.send({.topic = MockCluster::shared().topic().c_str(), .opaque = &token}) == 0);
  rd_kafka_queue_t* queue = rd_kafka_queue_get_main(client.get());
  rd_kafka_event_t* event = rd_kafka_queue_poll(queue, 10'000);
  REQUIRE(rd_kafka_event_type(event) == RD_KAFKA_EVENT_DR);
  const rd_kafka_message_t* message = rd_kafka_event_message_next(event);
  REQUIRE(message != nullptr);
  REQUIRE(message->_private == &token);
  REQUIRE(message->err == RD_KAFKA_RESP_ERR_NO_ERROR);
  REQUIRE(b3_of(headers_of(message)) == b3_of(traced.spans(1)[0]));
  rd_kafka_event_destroy(event);
  rd_kafka_queue_destroy(queue);
}

EDGESPAN_TEST(kafka_without_reports_spans_end_all_the_same, "kafka") {
  for (const bool errors_only : {false, true}) {
    Traced traced;
    rd_kafka_conf_t* conf = broker_conf();
    char errstr[128];
    if (errors_only) {
      REQUIRE(rd_kafka_conf_set(conf, "delivery.report.only.error", "true", errstr, sizeof errstr) ==
              RD_KAFKA_CONF_OK);
      rd_kafka_conf_set_dr_msg_cb(
          conf, [](rd_kafka_t*, const rd_kafka_message_t*, void*) { FAIL("no error here"); });
    }
    const Client client{traced.create(RD_KAFKA_PRODUCER, conf)};
    TracingProducer producer{traced.kafka, client.get()};
    REQUIRE(producer.send({.topic = MockCluster::shared().topic().c_str()}) == 0);
    REQUIRE(rd_kafka_flush(client.get(), 10'000) == 0);
    const DecodedSpan& span = traced.spans(1)[0];
    REQUIRE(span.tag("error") == "<none>");
    REQUIRE(traced.tracing.books().expired == 0);
  }
}

EDGESPAN_TEST(kafka_header_lists_go_with_the_message_or_stay_with_the_caller, "kafka") {
  Traced traced;
  ReportingProducer producer{traced};
  const std::string topic = MockCluster::shared().topic();
  producer.warm_up(topic);
  rd_kafka_headers_t* list = rd_kafka_headers_new(1);
  REQUIRE(rd_kafka_header_add(list, "a", -1, "x", -1) == RD_KAFKA_RESP_ERR_NO_ERROR);
  constexpr std::int32_t no_such_partition = 99;
  REQUIRE(rd_kafka_producev(producer.handle(), RD_KAFKA_V_TOPIC(topic.c_str()),
                            RD_KAFKA_V_PARTITION(no_such_partition), RD_KAFKA_V_HEADERS(list),
                            RD_KAFKA_V_END) == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION);
  // The list is still the caller's, with its own header in its place.
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  REQUIRE(rd_kafka_header_get_all(list, 0, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR);
  REQUIRE(std::string{name} == "a");
  // It goes with the message that is accepted: with a single `b3`, though the failed call has left one, too.
  REQUIRE(rd_kafka_producev(producer.handle(), RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_HEADERS(list),
                            RD_KAFKA_V_END) == RD_KAFKA_RESP_ERR_NO_ERROR);
  const std::vector<Header> sent = producer.reports(2)[1].headers;
  REQUIRE(sent.size() == 2);
  REQUIRE(sent[0] == Header{"a", "x"});
  REQUIRE(b3_of(sent) == b3_of(traced.spans(3).back()));
}

// Existing code that produces with librdkafka's own functions is traced by create() alone.
EDGESPAN_TEST(kafka_every_produce_call_is_traced, "kafka") {
  Traced traced;
  ReportingProducer producer{traced};
  const std::string topic = MockCluster::shared().topic();
  producer.warm_up(topic);
  rd_kafka_topic_t* handle = rd_kafka_topic_new(producer.handle(), topic.c_str(), nullptr);
  char value[] = "v";
  REQUIRE(rd_kafka_produce(handle, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, value, 1, "1", 1, nullptr) ==
          0);
  REQUIRE(producer->produce(handle, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, value, 1, "2", 1, nullptr) ==
          0);
  REQUIRE(rd_kafka_producev(producer.handle(), RD_KAFKA_V_RKT(handle), RD_KAFKA_V_KEY("3", 1),
                            RD_KAFKA_V_HEADER("a", "x", 1), RD_KAFKA_V_END) == RD_KAFKA_RESP_ERR_NO_ERROR);
  rd_kafka_vu_t arguments[2] = {};
  arguments[0].vtype = RD_KAFKA_VTYPE_RKT;
  arguments[0].u.rkt = handle;
  arguments[1].vtype = RD_KAFKA_VTYPE_KEY;
  arguments[1].u.mem = {const_cast<char*>("4"), 1};
  REQUIRE(producer->produceva(arguments, 2) == nullptr);
  rd_kafka_message_t message{};
  message.key = const_cast<char*>("5");
  message.key_len = 1;
  REQUIRE(producer->produce_batch(handle, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &message, 1) == 1);
  rd_kafka_topic_destroy(handle);
  producer.delivered(6);
  std::map<std::string, std::string> spans;
  for (const DecodedSpan& span : traced.spans(6)) spans[span.tag("kafka.key")] = b3_of(span);
  for (const WireRecord& wire : read_wire(topic, 6)) REQUIRE(spans[wire.key] == b3_of(wire.headers));
}

int own_calls = 0;

// create() works on a copy, and librdkafka copies no interceptors; install() adds tracing to the
// configuration itself.
EDGESPAN_TEST(kafka_install_keeps_the_applications_own_interceptors, "kafka") {
  Traced traced;
  own_calls = 0;
  const auto on_new = [](rd_kafka_t* rk, const rd_kafka_conf_t*, void*, char*, std::size_t) {
    return rd_kafka_interceptor_add_on_send(
        rk, "own",
        [](rd_kafka_t*, rd_kafka_message_t*, void*) {
          ++own_calls;
          return RD_KAFKA_RESP_ERR_NO_ERROR;
        },
        nullptr);
  };
  rd_kafka_conf_t* conf = broker_conf();
  REQUIRE(rd_kafka_conf_interceptor_add_on_new(conf, "own", on_new, nullptr) == RD_KAFKA_RESP_ERR_NO_ERROR);
  REQUIRE(traced.kafka.install(conf) == RD_KAFKA_RESP_ERR_NO_ERROR);
  char errstr[256];
  const Client client{rd_kafka_new(RD_KAFKA_PRODUCER, conf, errstr, sizeof errstr)};
  REQUIRE(client.get() != nullptr);
  TracingProducer producer{traced.kafka, client.get()};
  REQUIRE(producer.send({.topic = MockCluster::shared().topic().c_str()}) == 0);
  REQUIRE(rd_kafka_flush(client.get(), 10'000) == 0);
  (void)traced.spans(1);
  REQUIRE(own_calls == 1);
}

}  // namespace
