// SPDX-License-Identifier: Apache-2.0
// librdkafka inside its limits: what constrain() sets, what it leaves to the application, and that a
// constrained client still does its work.
#include <edgespan/kafka_constrain.hpp>
#include <edgespan/rdkafka_memory.hpp>

#include "support/kafka_clients.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::test;
using edgespan::constrain;
using edgespan::ConstrainReport;
using edgespan::Constraint;
using edgespan::ConstraintOutcome;
using std::chrono::steady_clock;

constexpr std::string_view b3_example = "463ac35c9f6413ada2fb4a1d1a96d312-a2fb4a1d1a96d312-1";

std::string value_of(const rd_kafka_conf_t* conf, const char* name) {
  char text[128] = "";
  std::size_t size = sizeof text;
  return rd_kafka_conf_get(conf, name, text, &size) == RD_KAFKA_CONF_OK ? text : "<unknown>";
}

Constraint line_of(const ConstrainReport& report, std::string_view name) {
  const auto* line =
      std::find_if(report.begin(), report.end(), [&](const Constraint& l) { return l.property == name; });
  TEST_ASSERT_NOT_EQUAL(report.end(), line);
  return *line;
}

rd_kafka_conf_t* constrained(const Settings& settings, auto limits) {
  rd_kafka_conf_t* conf = make_conf(settings);
  TEST_ASSERT_TRUE(constrain(conf, limits).ok());
  return conf;
}

Client make(rd_kafka_type_t type, rd_kafka_conf_t* conf) {
  char errstr[256] = "";
  rd_kafka_t* rk = rd_kafka_new(type, conf, errstr, sizeof errstr);
  TEST_CONTEXT(errstr);
  TEST_ASSERT_NOT_NULL(rk);
  return Client{rk};
}

// What the report says is what the configuration holds, and nothing else in it has changed.
void check_report(auto limits) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  const ConstrainReport report = constrain(conf, limits);
  rd_kafka_conf_t* usual = rd_kafka_conf_new();
  std::size_t size = 0;
  std::size_t usual_size = 0;
  const char** dump = rd_kafka_conf_dump(conf, &size);
  const char** usual_dump = rd_kafka_conf_dump(usual, &usual_size);
  TEST_ASSERT_EQUAL(usual_size, size);
  std::size_t changed = 0;
  for (std::size_t i = 0; i + 1 < size; i += 2) {
    if (std::string_view{dump[i + 1]} == usual_dump[i + 1]) continue;
    ++changed;
    const Constraint line = line_of(report, dump[i]);
    TEST_ASSERT_EQUAL(ConstraintOutcome::set, line.outcome);
    TEST_ASSERT_EQUAL(dump[i + 1], std::string_view{line.in_force});
    TEST_ASSERT_EQUAL(usual_dump[i + 1], std::string_view{line.before});
  }
  const auto unknown = std::count_if(report.begin(), report.end(), [](const Constraint& l) {
    return l.outcome == ConstraintOutcome::unknown;
  });
  TEST_ASSERT_TRUE(report.ok());
  TEST_ASSERT_EQUAL(report.count, changed + static_cast<std::size_t>(unknown));
  TEST_ASSERT_EQUAL((rd_kafka_version() >= 0x02050000),
                    (unknown == 0));  // metrics came with 2.5, the pause with 2.2
  rd_kafka_conf_dump_free(dump, size);
  rd_kafka_conf_dump_free(usual_dump, usual_size);
  rd_kafka_conf_destroy(conf);
  rd_kafka_conf_destroy(usual);
}

EDGESPAN_TEST(constrain_reports_every_setting_that_it_changes, "kafka") {
  check_report(ProducerLimits{});
  check_report(ConsumerLimits{});
}

EDGESPAN_TEST(constrain_keeps_what_the_application_has_set, "kafka") {
  for (const auto& [name, own] : Settings{{"queue.buffering.max.messages", "1000"},
                                          {"queue.buffering.max.kbytes", "4096"},
                                          {"message.max.bytes", "5000"},
                                          {"batch.size", "4000"},
                                          {"message.copy.max.bytes", "100"},
                                          {"max.in.flight", "5"},
                                          {"receive.message.max.bytes", "2000000"},
                                          {"reconnect.backoff.max.ms", "2000"}}) {
    rd_kafka_conf_t* conf = make_conf({{name, own}});
    const ConstrainReport report = constrain(conf, ProducerLimits{});
    const Constraint line =
        line_of(report, name == "max.in.flight" ? "max.in.flight.requests.per.connection" : name);
    TEST_ASSERT_EQUAL(ConstraintOutcome::kept, line.outcome);
    TEST_ASSERT_EQUAL(own, std::string{line.in_force});
    TEST_ASSERT_EQUAL(own, std::string{line.before});
    TEST_ASSERT_EQUAL(own, value_of(conf, name.c_str()));
    const auto kept = [](const Constraint& l) { return l.outcome == ConstraintOutcome::kept; };
    TEST_ASSERT_EQUAL(1, std::count_if(report.begin(), report.end(), kept));
    rd_kafka_conf_destroy(conf);
  }
}

EDGESPAN_TEST(constrain_names_a_value_that_librdkafka_does_not_take, "kafka") {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  const ConstrainReport report = constrain(conf, ProducerLimits{.queue_payload_kbytes = 0});
  TEST_ASSERT_FALSE(report.ok());
  const Constraint line = line_of(report, "queue.buffering.max.kbytes");
  TEST_ASSERT_EQUAL(ConstraintOutcome::refused, line.outcome);
  TEST_ASSERT_EQUAL(line.before, std::string{line.in_force});
  rd_kafka_conf_destroy(conf);
}

// Some settings exclude each other: fetch.max.bytes must not be below message.max.bytes, and so on.
EDGESPAN_TEST(constrain_makes_no_configuration_invalid_that_was_valid, "kafka") {
  const std::pair<const char*, std::vector<const char*>> choices[] = {
      {"message.max.bytes", {"1000", "20000", "200000", "5000000"}},
      {"fetch.max.bytes", {"500", "30000", "2000000", "60000000"}},
      {"receive.message.max.bytes", {"1000", "50000", "1500000", "200000000"}},
      {"fetch.message.max.bytes", {"1", "4000", "9000000"}},
      {"queued.max.messages.kbytes", {"1", "5000"}},
      {"reconnect.backoff.ms", {"0", "900", "7000"}},
      {"reconnect.backoff.max.ms", {"500", "20000"}},
      {"queue.buffering.max.kbytes", {"1", "20"}},
      {"linger.ms", {"0", "40000"}},
      {"enable.idempotence", {"true"}},
      {"message.timeout.ms", {"20000", "900000"}},
  };
  std::mt19937 random{20};
  int valid = 0;
  for (int i = 0; i < 150; ++i) {
    Settings settings;
    for (const auto& [name, values] : choices)
      if (random() % 3 == 0) settings[name] = values[random() % values.size()];
    for (const rd_kafka_type_t type : {RD_KAFKA_PRODUCER, RD_KAFKA_CONSUMER}) {
      char errstr[256] = "";
      rd_kafka_conf_t* plain = without_metrics(make_conf(settings));  // 300 of them
      rd_kafka_t* before = rd_kafka_new(type, plain, errstr, sizeof errstr);
      if (before == nullptr) {
        rd_kafka_conf_destroy(plain);
        continue;
      }
      rd_kafka_destroy(before);
      ++valid;
      for (const auto& [name, value] : settings) TEST_MESSAGE(name << '=' << value);
      make(type, type == RD_KAFKA_PRODUCER ? constrained(settings, ProducerLimits{})
                                           : constrained(settings, ConsumerLimits{}));
    }
  }
  TEST_ASSERT_GREATER_THAN(100, valid);
}

EDGESPAN_TEST(constrained_producer_refuses_what_its_limits_cannot_hold, "kafka") {
  // Nobody listens there: everything stays queued.
  const Settings settings{{"bootstrap.servers", "127.0.0.1:9"}};
  const Client client = make(RD_KAFKA_PRODUCER, constrained(settings, ProducerLimits{
                                                                          .queue_messages_max = 10,
                                                                          .queue_payload_kbytes = 8,
                                                                          .message_bytes_max = 1'000'000,
                                                                      }));
  const auto send = [&](std::size_t bytes) {
    std::string value(bytes, 'v');
    return rd_kafka_producev(client.get(), RD_KAFKA_V_TOPIC("t"),
                             RD_KAFKA_V_VALUE(value.data(), value.size()),
                             RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
  };
  // A message that can never be queued says so, instead of "try again".
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, send(9'000));
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, send(5'000));
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR__QUEUE_FULL, send(5'000));
  for (int i = 0; i < 9; ++i) TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, send(100));
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR__QUEUE_FULL, send(100));
}

// librdkafka looks at message timeouts only between two attempts to connect.
EDGESPAN_TEST(constrained_producer_reports_a_timeout_in_time, "kafka") {
  const auto timeout = std::chrono::seconds{3};
  rd_kafka_conf_t* conf =
      constrained({{"bootstrap.servers", "127.0.0.1:9"}, {"message.timeout.ms", "3000"}}, ProducerLimits{});
  bool reported = false;
  rd_kafka_conf_set_opaque(conf, &reported);
  rd_kafka_conf_set_dr_msg_cb(conf, [](rd_kafka_t*, const rd_kafka_message_t* message, void* seen) {
    *static_cast<bool*>(seen) = message->err == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT;
  });
  const Client client = make(RD_KAFKA_PRODUCER, conf);
  const auto begun = steady_clock::now();
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR,
                    rd_kafka_producev(client.get(), RD_KAFKA_V_TOPIC("t"), RD_KAFKA_V_END));
  TEST_ASSERT_TRUE(eventually([&] {
    rd_kafka_poll(client.get(), 10);
    return reported;
  }));
  // 8.5 to 10.7 s with librdkafka's own reconnect.backoff.max.ms.
  TEST_ASSERT_LESS_THAN(timeout + std::chrono::seconds{3}, steady_clock::now() - begun);
}

// Everything of a topic, by a constrained consumer; how long that took.
steady_clock::duration drain(const std::string& topic, std::size_t records, const ConsumerLimits& limits) {
  const Client consumer =
      make(RD_KAFKA_CONSUMER, constrained({{"bootstrap.servers", MockCluster::shared().brokers()},
                                           {"group.id", "constrained"},
                                           {"enable.auto.commit", "false"},
                                           {"fetch.wait.max.ms", "20"}},
                                          limits));
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic.c_str(), 0)->offset = 0;
  const rd_kafka_resp_err_t error = rd_kafka_assign(consumer.get(), list);
  rd_kafka_topic_partition_list_destroy(list);
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, error);
  const auto begun = steady_clock::now();
  std::size_t read = 0;
  TEST_ASSERT_TRUE(eventually([&] {
    while (rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer.get(), 0)) {
      const rd_kafka_resp_err_t result = message->err;
      rd_kafka_message_destroy(message);
      if (result != RD_KAFKA_RESP_ERR_NO_ERROR) TEST_FAIL_MESSAGE(rd_kafka_err2name(result));
      ++read;
    }
    return read == records;
  }));
  return steady_clock::now() - begun;
}

// Payloads are sent from where they lie: of every size, none and nothing included, side by side in one
// request.
EDGESPAN_TEST(constrained_producer_sends_each_payload_as_it_is, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  const Client producer =
      make(RD_KAFKA_PRODUCER,
           constrained({{"bootstrap.servers", MockCluster::shared().brokers()}, {"linger.ms", "300"}},
                       ProducerLimits{}));
  std::vector<std::string> sent{""};
  for (const std::size_t bytes : {0U, 1U, 63U, 64U, 65U, 0U, 1'000U, 16'383U, 16'385U, 0U, 2U, 30'000U}) {
    sent.emplace_back(bytes, static_cast<char>('a' + sent.size()));
  }
  for (std::size_t i = 0; i < sent.size(); ++i) {
    char* const value = i == 0 ? nullptr : sent[i].data();
    TEST_ASSERT_EQUAL(
        RD_KAFKA_RESP_ERR_NO_ERROR,
        rd_kafka_producev(producer.get(), RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(0),
                          RD_KAFKA_V_VALUE(value, sent[i].size()), RD_KAFKA_V_KEY("k", 1),
                          RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END));
  }
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, rd_kafka_flush(producer.get(), wait_s * 1'000));
  const PlainConsumer consumer{{{topic, 1}}};
  for (const std::string& value : sent) {
    rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer.handle(), wait_s * 1'000);
    TEST_ASSERT_NOT_NULL(message);
    const std::string read = text_of(message->payload, message->len);
    const bool null = message->payload == nullptr;
    rd_kafka_message_destroy(message);
    TEST_ASSERT_EQUAL(value, read);
    TEST_ASSERT_EQUAL((&value == &sent.front()), null);
  }
}

void fill(const std::string& topic, std::size_t records, std::size_t bytes, const Settings& more) {
  Settings settings{{"bootstrap.servers", MockCluster::shared().brokers()}};
  for (const auto& [name, value] : more) settings[name] = value;
  const Client producer = plain_client(RD_KAFKA_PRODUCER, settings);
  std::string value(bytes, 'v');
  for (std::size_t i = 0; i < records; ++i) {
    TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR,
                      rd_kafka_producev(producer.get(), RD_KAFKA_V_TOPIC(topic.c_str()),
                                        RD_KAFKA_V_VALUE(value.data(), value.size()), RD_KAFKA_V_PARTITION(0),
                                        RD_KAFKA_V_HEADER("b3", b3_example.data(), b3_example.size()),
                                        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END));
  }
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, rd_kafka_flush(producer.get(), wait_s * 1'000));
}

// A broker sends whole batches: a consumer that does not take the largest one reconnects for ever.
EDGESPAN_TEST(constrained_consumer_reads_on_behind_a_batch_of_a_megabyte, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  fill(topic, 2'400, 1'000, {{"linger.ms", "500"}});  // two batches of nearly a megabyte
  drain(topic, 2'400, {});
}

// Before librdkafka 2.2 a full prefetch pauses fetching for up to a second: with one of 16 records this takes
// 20 s.
EDGESPAN_TEST(constrained_consumer_gets_a_prefetch_a_second_through_at_the_least, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  fill(topic, 3'000, 200, {{"batch.size", "16384"}});
  TEST_ASSERT_LESS_THAN(std::chrono::seconds{10}, drain(topic, 3'000, {}));
}

}  // namespace
