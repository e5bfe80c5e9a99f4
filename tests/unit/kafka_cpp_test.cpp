// SPDX-License-Identifier: Apache-2.0
// librdkafka's C++ API, which makes each client of a copy of the configuration.
#include "support/leaks_expected.hpp"
#include "support/mock_kafka.hpp"

#include <librdkafka/rdkafkacpp.h>

#include <memory>
#include <string>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::test;

constexpr int wait_ms = wait_s * 1'000;

// A configuration to which tracing was added.
std::unique_ptr<RdKafka::Conf> traced_conf(Traced<>& traced, const Settings& more) {
  std::unique_ptr<RdKafka::Conf> conf{RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL)};
  Settings settings{{"bootstrap.servers", MockCluster::shared().brokers()}};
  for (const auto& [name, value] : more) settings[name] = value;
  std::string error;
  for (const auto& [name, value] : settings) {
    TEST_ASSERT_EQUAL(RdKafka::Conf::CONF_OK, conf->set(name, value, error));
  }
  (void)conf->set("enable.metrics.push", "false", error);  // releases before 2.5 lack it
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, traced.kafka.install(conf->c_ptr_global()));
  return conf;
}

void produce(RdKafka::Producer& producer, const std::string& topic, const std::string& key) {
  TEST_ASSERT_EQUAL(RdKafka::ERR_NO_ERROR, producer.produce(topic, 0, RdKafka::Producer::RK_MSG_COPY, nullptr,
                                                            0, key.data(), key.size(), 0, nullptr));
  TEST_ASSERT_EQUAL(RdKafka::ERR_NO_ERROR, producer.flush(wait_ms));
}

EDGESPAN_TEST(kafka_producers_of_the_cpp_api_are_traced, "kafka") {
  Traced traced;
  const std::string topic = MockCluster::shared().topic();
  const auto conf = traced_conf(traced, {{"linger.ms", "0"}});
  std::string error;
  for (std::size_t i = 1; i <= 3; ++i) {  // one configuration serves for any number
    const std::unique_ptr<RdKafka::Producer> producer{RdKafka::Producer::create(conf.get(), error)};
    TEST_CONTEXT(error.c_str());
    TEST_ASSERT_NOT_NULL(producer.get());
    produce(*producer, topic, std::to_string(i));
    const DecodedSpan& span = traced.spans(i).back();
    TEST_ASSERT_EQUAL(Kind::producer, span.kind);
    TEST_ASSERT_EQUAL(std::to_string(i), span.tag("kafka.key"));
  }
}

EDGESPAN_TEST(kafka_consumers_of_the_cpp_api_are_traced, "kafka") {
  Traced traced;
  const std::string topic = MockCluster::shared().topic();
  std::string error;
  const auto producer_conf = traced_conf(traced, {{"linger.ms", "0"}});
  const std::unique_ptr<RdKafka::Producer> producer{RdKafka::Producer::create(producer_conf.get(), error)};
  TEST_ASSERT_NOT_NULL(producer.get());
  produce(*producer, topic, "k");

  const auto conf = traced_conf(traced, {{"group.id", "tests"}, {"enable.auto.commit", "false"}});
  const std::unique_ptr<RdKafka::KafkaConsumer> consumer{RdKafka::KafkaConsumer::create(conf.get(), error)};
  TEST_CONTEXT(error.c_str());
  TEST_ASSERT_NOT_NULL(consumer.get());
  const std::unique_ptr<RdKafka::TopicPartition> partition{RdKafka::TopicPartition::create(topic, 0, 0)};
  TEST_ASSERT_EQUAL(RdKafka::ERR_NO_ERROR, consumer->assign({partition.get()}));
  const std::unique_ptr<RdKafka::Message> message{consumer->consume(wait_ms)};
  TEST_ASSERT_EQUAL(RdKafka::ERR_NO_ERROR, message->err());
  const std::vector<DecodedSpan>& spans = traced.spans(2);
  TEST_ASSERT_EQUAL(Kind::consumer, spans[1].kind);
  TEST_ASSERT_EQUAL(spans[0].trace_id, spans[1].trace_id);
  TEST_ASSERT_EQUAL(spans[0].id, spans[1].parent_id);
  const RdKafka::Headers* const headers = message->headers();
  TEST_ASSERT_NOT_NULL(headers);
  TEST_ASSERT_EQUAL(1, headers->size());
  const RdKafka::Headers::Header b3 = headers->get_last("b3");
  TEST_ASSERT_EQUAL(b3_of(spans[1]), text_of(b3.value(), b3.value_size()));
  TEST_ASSERT_EQUAL(RdKafka::ERR_NO_ERROR, consumer->close());
}

// librdkafka tells of this failure after it has called on_new, and the C++ API then destroys its copy: before
// 2.13 that would end the process if the copy were traced.
EDGESPAN_TEST(kafka_a_client_of_the_cpp_api_that_cannot_be_made_fails_and_no_more, "kafka") {
  Traced traced;
  const LeaksExpected leaks;
  for (int round = 0; round < 3; ++round) {
    const auto conf =
        traced_conf(traced, {{"group.id", "tests"}, {"partition.assignment.strategy", "nonsense"}});
    std::string error;
    TEST_ASSERT_NULL(std::unique_ptr<RdKafka::Producer>{RdKafka::Producer::create(conf.get(), error)}.get());
    TEST_ASSERT_NOT_EQUAL(error.npos, error.find("partition.assignment.strategy"));
    TEST_ASSERT_NULL(
        std::unique_ptr<RdKafka::KafkaConsumer>{RdKafka::KafkaConsumer::create(conf.get(), error)}.get());
    TEST_ASSERT_NOT_EQUAL(error.npos, error.find("partition.assignment.strategy"));
    // Mended, it serves, and is traced.
    TEST_ASSERT_EQUAL(RdKafka::Conf::CONF_OK, conf->set("partition.assignment.strategy", "range", error));
    const std::unique_ptr<RdKafka::Producer> producer{RdKafka::Producer::create(conf.get(), error)};
    TEST_ASSERT_NOT_NULL(producer.get());
    produce(*producer, MockCluster::shared().topic(), "k");
    TEST_ASSERT_EQUAL_STRING("k", traced.spans(static_cast<std::size_t>(round) + 1).back().tag("kafka.key"));
  }
}

}  // namespace
