// SPDX-License-Identifier: Apache-2.0
// Send spans that take the quick way into the ring: which do, and that both ways write the same bytes.
#include <edgespan/basic_agent.hpp>
#include <edgespan/kafka.hpp>
#include <edgespan/otel_semantics.hpp>

#include "kafka/send_span.hpp"
#include "kafka/short_send.hpp"
#include "support/manual_clock.hpp"
#include "support/mock_kafka.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::kafka_detail;

constexpr std::uint64_t start_us = 1'732'899'600'000'000;
constexpr Context whole{.trace_hi = 0x463ac35c9f6413ad,
                        .trace_lo = 0x48485a3953bb6124,
                        .span_id = 0xa2fb4a1d1a96d312,
                        .parent_id = 0xb7ad6b7169203331,
                        .decision = Decision::accept};

// An agent whose spans leave as they are encoded.
class Recorded {
 public:
  explicit Recorded(const KafkaConfig& config = {}, const Endpoint& local = {.service_name = "gateway"}) {
    link_otel_semantics();
    clock_.advance(start_us);
    clock_.set_wall(clock_.now_us());
    const auto offer = [](void* self, std::span<const std::byte> batch, std::uint64_t) {
      const auto* const bytes = reinterpret_cast<const char*>(batch.data());
      static_cast<Recorded*>(self)->bytes_.append(bytes, batch.size());
      return SendResult{.outcome = Outcome::delivered};
    };
    BasicAgentConfig agent;
    agent.tracing.local = local;
    TEST_ASSERT_TRUE(agent_->start(agent, clock_.table(), Sender{this, offer, [](void*) {}}).ok());
    TEST_ASSERT_TRUE(kafka_.init(agent_->tracing(), memory_->inflight, config) == Status::ok);
  }
  Recorded(const Recorded&) = delete;
  Recorded& operator=(const Recorded&) = delete;

  KafkaState& state() { return state_of(kafka_); }
  // What was put since the last call.
  std::string bytes() {
    TEST_ASSERT_TRUE(agent_->reporter().flush(1'000) == Status::ok);
    return std::exchange(bytes_, {});
  }
  Books books() { return agent_->tracing().books(); }

 private:
  test::ManualClock clock_;
  std::string bytes_;
  std::unique_ptr<KafkaMemory<>> memory_ = std::make_unique<KafkaMemory<>>();
  std::unique_ptr<BasicAgent<>> agent_ = std::make_unique<BasicAgent<>>();
  KafkaTracing kafka_;
};

// A message that librdkafka has delivered.
class Message {
 public:
  Message(const std::string& topic, std::string key) : key_{std::move(key)} {
    if (!topic.empty()) message_.rkt = rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr);
    if (!key_.empty()) message_.key = key_.data();
    message_.key_len = key_.size();
  }
  ~Message() {
    if (message_.rkt != nullptr) rd_kafka_topic_destroy(message_.rkt);
  }
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;
  rd_kafka_message_t* get() { return &message_; }
  rd_kafka_message_t* operator->() { return &message_; }

 private:
  std::string key_;
  test::Client client_ = test::plain_client(RD_KAFKA_PRODUCER, {});
  rd_kafka_message_t message_{};
};

// Puts the span in both ways. Whether the quick one took it; then both have written the same.
bool is_short(Recorded& recorded, const InflightSpan& sent, Message& message, std::uint64_t took_us) {
  const std::uint64_t at_us = sent.start_us + took_us;
  const bool taken = put_short_send(recorded.state(), sent, message.get(), at_us);
  const std::string quick = recorded.bytes();
  if (!taken) {
    TEST_ASSERT_TRUE(quick.empty());
    return false;
  }
  const std::string_view topic = topic_text(recorded.state(), topic_of(message.get()));
  record_send(recorded.state(), sent, {.at_us = at_us, .topic = topic, .key = key_of(message.get())});
  const std::string general = recorded.bytes();
  TEST_ASSERT_FALSE(quick.empty());
  TEST_ASSERT_TRUE(general == quick);
  return true;
}

EDGESPAN_TEST(kafka_a_short_send_is_written_as_any_other, "kafka") {
  Context long_root = whole;
  long_root.parent_id = 0;
  Context short_id = whole;
  short_id.trace_hi = 0;
  Context short_root = short_id;
  short_root.parent_id = 0;
  Context debug = whole;
  debug.decision = Decision::debug;
  const Context contexts[] = {whole, long_root, short_id, short_root, debug};
  const std::size_t sizes[] = {1, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33, 64, 65, 112};
  Recorded recorded;
  for (const std::size_t size : sizes) {
    for (const std::size_t key_size : {std::size_t{0}, size, 113 - size}) {
      Message message{std::string(size, 't'), std::string(key_size, 'k')};
      for (const Context& context : contexts) {
        TEST_CONTEXT(size);
        TEST_ASSERT_TRUE(is_short(recorded, {context, start_us}, message, 136));
      }
    }
  }
}

EDGESPAN_TEST(kafka_a_short_send_takes_up_to_four_minutes, "kafka") {
  Recorded recorded;
  Message message{"readings", "sensor-042"};
  for (std::uint64_t took = 1; took < 1U << 28; took = took * 2 + 1) {
    TEST_ASSERT_TRUE(is_short(recorded, {whole, start_us}, message, took));
    TEST_ASSERT_TRUE(is_short(recorded, {whole, start_us}, message, took / 2 + 1));
  }
  TEST_ASSERT_TRUE(is_short(recorded, {whole, start_us}, message, 0));  // told as 1
  TEST_ASSERT_TRUE(is_short(recorded, {whole, start_us}, message, (1U << 28) - 1));
  TEST_ASSERT_FALSE(is_short(recorded, {whole, start_us}, message, 1U << 28));
}

EDGESPAN_TEST(kafka_a_send_is_short_for_texts_that_need_no_look, "kafka") {
  struct Row {
    std::string topic, key;
    bool is;
  };
  const Row rows[] = {
      {"readings", "sensor", true},
      {std::string(113, 't'), "sensor", false},
      {"readings", std::string(113, 'k'), false},
      {"readings", "sensor\x7F", false},
      {"readings", std::string("sensor-\0-1", 10), false},
      {"readings", "caf\xC3\xA9", false},
      {"caf\xC3\xA9-readings", "sensor", false},
      {"readings-of-the-caf\xC3\xA9-next-door", "sensor", false},
      {"", "sensor", false},
  };
  Recorded recorded;
  for (const Row& row : rows) {
    TEST_CONTEXT(row.topic + " " + row.key);
    Message message{row.topic, row.key};
    TEST_ASSERT_EQUAL(row.is, is_short(recorded, {whole, start_us}, message, 5));
  }
  Message failed{"readings", "sensor"};
  failed->err = RD_KAFKA_RESP_ERR__MSG_TIMED_OUT;
  TEST_ASSERT_FALSE(is_short(recorded, {whole, start_us}, failed, 5));
}

EDGESPAN_TEST(kafka_a_send_is_short_as_the_configuration_has_it, "kafka") {
  struct Row {
    KafkaConfig config;
    Endpoint local;
    bool is;
  };
  const std::string letters(detail::service_name_max, 'n');
  const std::string_view name{letters};
  const Endpoint local{.service_name = "gateway"};
  const Row rows[] = {
      {{.semantics = Semantics::otel}, local, false},
      {{.key_bytes_max = 10}, local, true},
      {{.key_bytes_max = 9}, local, false},
      {{.key_bytes_max = 0}, local, false},
      {{.remote_service_name = ""}, local, true},
      {{.remote_service_name = "a-cluster-xyz"}, local, true},   // 17 bytes
      {{.remote_service_name = "a-cluster-wxyz"}, local, true},  // 18 bytes
      {{.remote_service_name = name}, {.service_name = name, .ipv4 = {10, 1, 2, 3}, .port = 8080}, true},
      {{}, {.service_name = name.substr(0, 28)}, true},  // 32 bytes
      {{}, {.service_name = name.substr(0, 29)}, true},
  };
  Message message{"readings", "sensor-042"};
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    TEST_CONTEXT(i);
    Recorded recorded{rows[i].config, rows[i].local};
    TEST_ASSERT_EQUAL(rows[i].is, is_short(recorded, {whole, start_us}, message, 5));
  }
  // What follows the local endpoint is shorter than the piece in which it is copied.
  Recorded recorded{{.remote_service_name = ""}, {.service_name = "s"}};
  Message least{"t", ""};
  TEST_ASSERT_FALSE(is_short(recorded, {whole, start_us}, least, 5));
  Message enough{std::string(10, 't'), ""};
  TEST_ASSERT_TRUE(is_short(recorded, {whole, start_us}, enough, 5));
}

EDGESPAN_TEST(kafka_a_short_send_is_not_put_into_a_full_ring, "kafka") {
  Recorded recorded;
  Message message{"readings", "sensor-042"};
  std::uint64_t put = 0;
  while (put_short_send(recorded.state(), {whole, start_us}, message.get(), start_us + 5)) ++put;
  TEST_ASSERT_EQUAL_UINT64(put, recorded.books().finished);
  (void)recorded.bytes();
  TEST_ASSERT_TRUE(put_short_send(recorded.state(), {whole, start_us}, message.get(), start_us + 5));
}

}  // namespace
