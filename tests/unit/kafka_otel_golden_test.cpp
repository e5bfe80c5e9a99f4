// SPDX-License-Identifier: Apache-2.0
// Spans of messages in OpenTelemetry's spelling as OTLP has them: byte for byte the golden request, and each
// attribute of the type that the convention gives it.
#include <edgespan/basic_agent.hpp>
#include <edgespan/kafka.hpp>
#include <edgespan/otel_semantics.hpp>
#include <edgespan/otlp_dialect.hpp>

#include "kafka/otel_span.hpp"
#include "kafka/send_span.hpp"
#include "support/manual_clock.hpp"
#include "support/otlp_golden.hpp"
#include "support/test.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace {

using namespace edgespan;
using namespace edgespan::kafka_detail;
using test::otlp_golden_bytes;

constexpr std::uint64_t start_us = 1'732'899'600'000'000;
constexpr Context golden{.trace_hi = 0x463ac35c9f6413ad,
                         .trace_lo = 0x48485a3953bb6124,
                         .span_id = 0xa2fb4a1d1a96d312,
                         .parent_id = 0xb7ad6b7169203331,
                         .decision = Decision::accept};

// The OTLP request of what is recorded. Its monotonic clock is its wall clock.
class Recorded {
 public:
  explicit Recorded(const KafkaConfig& config) {
    link_otel_semantics();
    clock_.advance(start_us);
    clock_.set_wall(clock_.now_us());
    const auto offer = [](void* self, std::span<const std::byte> batch, std::uint64_t) {
      static_cast<Recorded*>(self)->translate(batch);
      return SendResult{.outcome = Outcome::delivered};
    };
    const BasicAgentConfig agent{.service_name = "truck-gateway"};
    TEST_ASSERT_TRUE(agent_->start(agent, clock_.table(), Sender{this, offer, [](void*) {}}).ok());
    TEST_ASSERT_TRUE(kafka_.init(agent_->tracing(), memory_->inflight, config) == Status::ok);
  }
  Recorded(const Recorded&) = delete;
  Recorded& operator=(const Recorded&) = delete;

  KafkaState& state() { return state_of(kafka_); }
  const std::string& request() {
    TEST_ASSERT_TRUE(agent_->reporter().flush(1'000) == Status::ok);
    return request_;
  }

 private:
  void translate(std::span<const std::byte> batch) {
    const std::size_t room_bytes = OtlpDialect::room_bytes(batch.size());
    const auto room = std::make_unique<std::byte[]>(room_bytes);
    OtlpDialect otlp({room.get(), room_bytes});
    const std::span<const std::byte> bytes = otlp.table().encode(otlp.table().ctx, batch);
    request_.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }

  test::ManualClock clock_;
  std::string request_;
  std::unique_ptr<KafkaMemory<>> memory_ = std::make_unique<KafkaMemory<>>();
  std::unique_ptr<BasicAgent<>> agent_ = std::make_unique<BasicAgent<>>();
  KafkaTracing kafka_;
};

// A record of partition 0 with the key of the golden spans.
struct Message : rd_kafka_message_t {
  Message() : rd_kafka_message_t{} {
    key = const_cast<char*>("truck-9");
    key_len = 7;
    payload = const_cast<char*>("-18.2");
    len = 5;
    offset = 4'711;
  }
};

EDGESPAN_TEST(kafka_otel_send_span_is_the_golden_request, "kafka") {
  Recorded recorded{KafkaConfig{.remote_service_name = "", .semantics = Semantics::otel}};
  const Message message;
  record_send(recorded.state(), {golden, start_us},
              {.at_us = start_us + 136, .topic = "truck.cargo", .key = "truck-9", .message = &message});
  TEST_ASSERT_TRUE(recorded.request() == otlp_golden_bytes("producer-convention"));
}

EDGESPAN_TEST(kafka_otel_attributes_have_the_types_of_the_convention, "kafka") {
  Recorded recorded{KafkaConfig{.semantics = Semantics::otel}};
  Message message;
  message.payload = nullptr;
  MessageEnd end{.at_us = start_us, .topic = "truck.cargo", .key = {}, .message = &message};
  const std::string_view group;
  TEST_ASSERT_TRUE(put_otel_poll(recorded.state(), golden, end, {.group = group, .messages = 1}));
  const std::string one = recorded.request();
  const auto holds = [](const std::string& request, std::string_view key, std::string_view value) {
    return request.find(std::string(key) + std::string(value)) != std::string::npos;
  };
  TEST_ASSERT_TRUE(holds(one, otel.offset, {"\x12\x03\x18\xe7\x24", 5}));
  TEST_ASSERT_TRUE(holds(one, otel.tombstone, {"\x12\x02\x10\x01", 4}));
  TEST_ASSERT_TRUE(holds(one, otel.partition, "\x12\x03\x0a\x01\x30"));
  TEST_ASSERT_TRUE(one.ends_with(std::string("\x85\x01\x01\x03\x00\x00", 6)));  // sampled, a remote parent
  end.message = nullptr;
  TEST_ASSERT_TRUE(put_otel_poll(recorded.state(), golden, end, {.group = group, .messages = 300}));
  TEST_ASSERT_TRUE(holds(recorded.request(), otel.message_count, "\x12\x03\x18\xac\x02"));
}

// What failed has a status with the sentence; the short word is an attribute.
// The end of the golden one, and flags behind it.
EDGESPAN_TEST(kafka_otel_error_is_a_status_and_a_type, "kafka") {
  Recorded recorded{KafkaConfig{.remote_service_name = "", .semantics = Semantics::otel}};
  record_send(recorded.state(), {golden, start_us},
              {.at_us = start_us + 136,
               .topic = "truck.cargo",
               .key = {},
               .error = rd_kafka_err2name(RD_KAFKA_RESP_ERR__MSG_TIMED_OUT),
               .code = RD_KAFKA_RESP_ERR__MSG_TIMED_OUT});
  const std::string golden_error = otlp_golden_bytes("producer-error");
  const std::size_t begin = golden_error.find("error.type");
  TEST_ASSERT_TRUE(begin != golden_error.npos);
  TEST_ASSERT_TRUE(
      recorded.request().ends_with(golden_error.substr(begin) + std::string("\x85\x01\x01\x01\x00\x00", 6)));
}

}  // namespace
