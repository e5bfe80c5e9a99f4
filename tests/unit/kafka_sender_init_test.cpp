// SPDX-License-Identifier: Apache-2.0
// What a sender to Kafka needs: a producer that is traced and has no transactions, and a topic's name.
#include <edgespan/kafka_sender.hpp>

#include "support/kafka_clients.hpp"

#include <cctype>
#include <span>
#include <string>
#include <type_traits>

namespace {

using namespace edgespan;
using namespace edgespan::test;

static_assert(!std::is_copy_constructible_v<KafkaSender> &&
              !std::is_copy_assignable_v<KafkaSender>);  // pinned

EDGESPAN_TEST(kafka_sender_refuses_what_cannot_work, "kafka") {
  const Settings settings{{"bootstrap.servers", MockCluster::shared().brokers()}};
  Traced traced;
  const Client producer{traced.create(RD_KAFKA_PRODUCER, settings)};
  Settings group = settings;
  group["group.id"] = "g";
  const Client consumer{traced.create(RD_KAFKA_CONSUMER, group)};
  Settings transactions = settings;
  transactions["transactional.id"] = "t";
  const Client transactional{traced.create(RD_KAFKA_PRODUCER, transactions)};
  KafkaTracing not_started;
  KafkaSender sender;
  KafkaSender second;
  TEST_ASSERT_EQUAL(Status::not_started, sender.init(not_started, producer.get()));
  TEST_ASSERT_EQUAL(Status::bad_config, sender.init(traced.kafka, nullptr));
  TEST_ASSERT_EQUAL(Status::bad_config, sender.init(traced.kafka, consumer.get()));
  TEST_ASSERT_EQUAL(Status::bad_config, sender.init(traced.kafka, transactional.get()));
  Settings named = settings;
  named["transactional.id"] = "a name of many letters";
  const Client of_a_name{traced.create(RD_KAFKA_PRODUCER, named)};
  TEST_ASSERT_EQUAL(Status::bad_config, sender.init(traced.kafka, of_a_name.get()));
  for (const std::string& topic : {std::string{}, std::string{"."}, std::string{".."}, std::string{"a b"},
                                   std::string{"a/b"}, std::string{"a\0b", 3}, std::string(250, 't')}) {
    TEST_ASSERT_EQUAL(Status::bad_text, sender.init(traced.kafka, producer.get(), topic));
  }
  std::string every;  // character that a topic may have
  for (int c = 0; c < 256; ++c) {
    if (c < 0x80 && (std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-')) {
      every += static_cast<char>(c);
    } else {
      const std::string topic{'t', static_cast<char>(c)};
      TEST_ASSERT_EQUAL(Status::bad_text, sender.init(traced.kafka, producer.get(), topic));
    }
  }
  TEST_ASSERT_EQUAL(65, every.size());
  every.resize(249, 't');
  TEST_ASSERT_EQUAL(Status::ok, sender.init(traced.kafka, producer.get(), every));
  TEST_ASSERT_EQUAL(Status::already_started, sender.init(traced.kafka, producer.get()));
  TEST_ASSERT_EQUAL(Status::already_started, second.init(traced.kafka, producer.get()));
}

// Even if the same thread has just sent with tracing.
EDGESPAN_TEST(kafka_sender_notices_a_producer_without_tracing, "kafka") {
  Traced traced;
  ReportingProducer other{traced};
  TEST_ASSERT_EQUAL(0, other->send({.topic = MockCluster::shared().topic().c_str(), .key = "k"}));
  const Client plain =
      plain_client(RD_KAFKA_PRODUCER, {{"bootstrap.servers", MockCluster::shared().brokers()}});
  KafkaSender sender;
  TEST_ASSERT_EQUAL(Status::ok, sender.init(traced.kafka, plain.get(), MockCluster::shared().topic()));
  const Sender table = sender.sender();
  const std::string_view bytes = "spans";
  TEST_ASSERT_EQUAL(Outcome::refused, table.offer(table.ctx, std::as_bytes(std::span{bytes}), 0).outcome);
  other.delivered(1);
}

}  // namespace
