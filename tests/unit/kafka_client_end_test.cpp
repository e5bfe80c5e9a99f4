// SPDX-License-Identifier: Apache-2.0
// What becomes of the spans of a client that is destroyed, of messages without a report, and of addresses
// that are used again.
#include "support/kafka_clients.hpp"

#include "kafka/client_deadlines.hpp"
#include "kafka/interceptors.hpp"

#include <string>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::test;
using kafka_detail::ClientDeadlines;

std::size_t abandoned(const std::vector<DecodedSpan>& spans) {
  std::size_t count = 0;
  for (const DecodedSpan& span : spans) count += span.tag("error") == "abandoned" ? 1U : 0U;
  return count;
}

const Settings no_broker{{"bootstrap.servers", "127.0.0.1:1"}};
const RecordHeader denied[] = {{"b3", "0"}};

// A message that waits in an untraced producer, to be sent and ended by the test as often as it likes.
class OneMessage {
 public:
  OneMessage() {
    rd_kafka_conf_t* conf = make_conf(no_broker);
    rd_kafka_conf_interceptor_add_on_new(conf, "test", on_new, this);
    char errstr[256];
    client_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf, errstr, sizeof errstr));
    TEST_ASSERT_NOT_NULL(client_.get());
    TEST_ASSERT_EQUAL(
        0, rd_kafka_producev(client_.get(), RD_KAFKA_V_TOPIC("t"), RD_KAFKA_V_OPAQUE(this), RD_KAFKA_V_END));
  }
  void send(KafkaTracing& kafka, const char* b3 = nullptr) {
    rd_kafka_headers_t* list = nullptr;
    if (rd_kafka_message_detach_headers(message_, &list) == 0) rd_kafka_headers_destroy(list);
    if (b3 != nullptr) {
      list = rd_kafka_headers_new(1);
      rd_kafka_header_add(list, "b3", -1, b3, -1);
      rd_kafka_message_set_headers(message_, list);
    }
    kafka_detail::message_sent(kafka_detail::state_of(kafka), client_.get(), message_);
  }
  void end(KafkaTracing& kafka) {
    kafka_detail::message_ended(kafka_detail::state_of(kafka), client_.get(), message_);
  }

 private:
  static rd_kafka_resp_err_t on_new(rd_kafka_t* rk, const rd_kafka_conf_t*, void* self, char*, std::size_t) {
    return rd_kafka_interceptor_add_on_send(rk, "test", on_send, self);
  }
  static rd_kafka_resp_err_t on_send(rd_kafka_t*, rd_kafka_message_t* message, void* self) {
    static_cast<OneMessage*>(self)->message_ = message;
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  }

  rd_kafka_message_t* message_ = nullptr;
  Client client_;
};

EDGESPAN_TEST(kafka_an_address_that_is_used_again_ends_the_span_of_the_message_before, "kafka") {
  Traced traced;
  OneMessage message;
  kafka_detail::KafkaState& state = kafka_detail::state_of(traced.kafka);
  std::size_t spans = 0;
  const auto used_again = [&](auto send) {
    message.send(traced.kafka);
    (void)traced.spans(spans);
    send();
    TEST_ASSERT_EQUAL_STRING("abandoned", traced.spans(++spans).back().tag("error"));
    TEST_ASSERT_EQUAL_STRING("<none>", traced.spans(spans).back().tag("kafka.topic"));
    message.end(traced.kafka);
    (void)traced.spans(spans);  // its report ends no other's
  };
  used_again([&] { message.send(traced.kafka, "0"); });
  used_again([&] {
    traced.tracing.enable(false);
    message.send(traced.kafka);
    traced.tracing.enable(true);
  });
  state.sender_ended = [](void*, rd_kafka_resp_err_t) {};
  used_again([&] {
    state.sender = &message;  // the message's opaque
    message.send(traced.kafka);
  });
  state.sender = nullptr;
  message.send(traced.kafka);
  message.send(traced.kafka);
  message.end(traced.kafka);
  TEST_ASSERT_EQUAL(spans + 1, abandoned(traced.spans(spans + 2)));
  TEST_ASSERT_EQUAL(spans + 1, traced.tracing.books().expired);
}

// 0043 of librdkafka's tests.
EDGESPAN_TEST(kafka_a_destroyed_client_ends_its_spans_and_leaves_its_slots, "kafka") {
  Traced<Limits{.ring_bytes = 65'536}> traced;
  const std::string topic = MockCluster::shared().topic();
  ReportingProducer other{traced};
  other.warm_up(topic);
  {
    ReportingProducer producer{traced, no_broker};
    for (int i = 0; i < 300; ++i) TEST_ASSERT_EQUAL(0, producer->send({.topic = "nowhere", .key = "old"}));
  }
  const std::size_t unheld = traced.tracing.books().inflight_full;
  TEST_ASSERT_GREATER_OR_EQUAL(44, unheld);
  TEST_ASSERT_EQUAL(300 - unheld, traced.tracing.books().expired);
  TEST_ASSERT_EQUAL(300 - unheld, abandoned(traced.spans(301)));
  // Nothing of it is left to be taken for another client's, and every slot is free again.
  constexpr int sent = 400;
  for (int i = 0; i < sent; ++i) {
    const bool sampled = i % 4 == 0;
    const std::span<const RecordHeader> headers = sampled ? std::span<const RecordHeader>{} : denied;
    TEST_ASSERT_EQUAL(0, other->send({.topic = topic.c_str(), .key = "new", .headers = headers}));
  }
  other.delivered(sent + 1);
  const std::vector<DecodedSpan>& spans = traced.spans(301 + sent / 4);
  TEST_ASSERT_EQUAL(300 - unheld, abandoned(spans));
  TEST_ASSERT_EQUAL(unheld, traced.tracing.books().inflight_full);
  std::size_t of_new = 0;
  for (const DecodedSpan& span : spans) of_new += span.tag("kafka.key") == "new" ? 1U : 0U;
  TEST_ASSERT_EQUAL(sent / 4, of_new);
}

// The addresses of the dead clients' messages are used again by messages that have no span.
EDGESPAN_TEST(kafka_unsampled_messages_after_four_dead_clients_have_no_span, "kafka") {
  Traced<Limits{.ring_bytes = 65'536}> traced;
  const std::string topic = MockCluster::shared().topic();
  constexpr std::size_t clients = 4, each = 60;
  {
    std::vector<std::unique_ptr<ReportingProducer>> dead;
    for (std::size_t i = 0; i < clients; ++i) {
      dead.push_back(std::make_unique<ReportingProducer>(traced, no_broker));
      for (std::size_t n = 0; n < each; ++n) TEST_ASSERT_EQUAL(0, (*dead[i])->send({.topic = "nowhere"}));
    }
  }
  TEST_ASSERT_EQUAL(clients * each, traced.spans(clients * each).size());
  ReportingProducer other{traced};
  other.warm_up(topic);
  constexpr std::size_t sent = 400;
  for (std::size_t i = 0; i < sent; ++i)
    TEST_ASSERT_EQUAL(0, other->send({.topic = topic.c_str(), .key = "new", .headers = denied}));
  other.delivered(sent + 1);
  for (const DecodedSpan& span : traced.spans(clients * each + 1))
    TEST_ASSERT_NOT_EQUAL("new", span.tag("kafka.key"));
}

EDGESPAN_TEST(kafka_a_destroyed_client_ends_no_span_of_another, "kafka") {
  Traced traced;
  ReportingProducer other{traced, no_broker};
  TEST_ASSERT_EQUAL(0, other->send({.topic = "nowhere", .key = "kept"}));
  {
    ReportingProducer producer{traced, no_broker};
    TEST_ASSERT_EQUAL(0, producer->send({.topic = "nowhere", .key = "ended"}));
  }
  TEST_ASSERT_EQUAL(1, abandoned(traced.spans(1)));
  TEST_ASSERT_EQUAL(0, rd_kafka_purge(other.handle(), RD_KAFKA_PURGE_F_QUEUE));
  TEST_ASSERT_EQUAL_STRING("_PURGE_QUEUE", traced.spans(2).back().tag("error"));
}

// The lock of the sweep that another thread is at.
struct HeldLock {
  explicit HeldLock(Tracing& tracing) : core{detail::state_of(tracing)} {
    held = this;
    core.clock.pause = [](void*, std::uint64_t) {
      ++held->waits;
      held->ended = held->expired();
      held->core.house_lock = 0;
    };
    core.house_lock = 1;
  }
  std::uint32_t expired() const { return core.events[static_cast<std::size_t>(detail::Event::expired)]; }

  detail::TracingState& core;
  int waits = 0;            // for it to be given back
  std::uint32_t ended = 0;  // spans, until it was
  static inline HeldLock* held = nullptr;
};

EDGESPAN_TEST(kafka_the_end_of_a_client_waits_for_the_sweep_that_is_under_way, "kafka") {
  Traced traced;
  std::optional<ReportingProducer> producer{std::in_place, traced, no_broker};
  TEST_ASSERT_EQUAL(0, (*producer)->send({.topic = "nowhere"}));
  HeldLock lock{traced.tracing};
  producer.reset();
  TEST_ASSERT_EQUAL(1, lock.waits);
  TEST_ASSERT_EQUAL(0, lock.ended);
  TEST_ASSERT_EQUAL(0, lock.core.house_lock.load());
  TEST_ASSERT_EQUAL(1, lock.expired());
  TEST_ASSERT_EQUAL(1, abandoned(traced.spans(1)));
}

// The thread that held the lock when the process forked does not exist in the child.
EDGESPAN_TEST(kafka_the_end_of_a_client_in_a_forked_child_waits_for_nobody, "kafka") {
  Traced traced;
  std::optional<ReportingProducer> producer{std::in_place, traced, no_broker};
  TEST_ASSERT_EQUAL(0, (*producer)->send({.topic = "nowhere"}));
  HeldLock lock{traced.tracing};
  lock.core.on_fork();
  producer.reset();
  TEST_ASSERT_EQUAL(0, lock.waits);
  TEST_ASSERT_EQUAL(0, lock.expired());
}

EDGESPAN_TEST(kafka_a_message_without_a_slot_that_fails_says_so, "kafka") {
  constexpr KafkaLimits limits{.inflight_max = 8};
  Traced<Limits{}, limits> traced;
  Settings settings = no_broker;
  settings["message.timeout.ms"] = "300";
  ReportingProducer producer{traced, settings};
  constexpr std::size_t sent = 12;
  for (std::size_t i = 0; i < sent; ++i)
    TEST_ASSERT_EQUAL(0, producer->send({.topic = "nowhere", .key = std::to_string(i)}));
  TEST_ASSERT_EQUAL(0, producer->send({.topic = "nowhere", .key = "denied", .headers = denied}));
  const std::vector<DecodedSpan> first = traced.spans(sent - 8);
  (void)producer.reports(sent + 1);
  std::map<std::string, std::string> failed;
  for (const DecodedSpan& span : traced.spans(sent + sent - 8)) {
    if (span.tag("error") != "_MSG_TIMED_OUT") continue;
    TEST_ASSERT_GREATER_OR_EQUAL(300'000, span.duration);
    failed[span.tag("kafka.key")] = b3_of(span);
  }
  TEST_ASSERT_EQUAL(sent, failed.size());
  for (const DecodedSpan& span : first) TEST_ASSERT_EQUAL(b3_of(span), failed[span.tag("kafka.key")]);
}

// A broker may say so, too.
EDGESPAN_TEST(kafka_a_message_without_a_slot_that_a_broker_refuses_says_so, "kafka") {
  constexpr KafkaLimits limits{.inflight_max = 8};
  for (const rd_kafka_resp_err_t error :
       {RD_KAFKA_RESP_ERR_POLICY_VIOLATION, RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP,
        RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE, RD_KAFKA_RESP_ERR_INVALID_RECORD}) {
    TEST_CONTEXT(rd_kafka_err2name(error));
    Traced<Limits{}, limits> traced;
    ReportingProducer waiting{traced, no_broker};  // has all slots
    for (int i = 0; i < 16; ++i) TEST_ASSERT_EQUAL(0, waiting->send({.topic = "nowhere"}));
    const std::uint32_t before = traced.tracing.books().inflight_full;
    const std::string topic = MockCluster::shared().topic();
    ReportingProducer producer{traced};
    producer.warm_up(topic);
    TEST_ASSERT_EQUAL(before + 1, traced.tracing.books().inflight_full);
    MockCluster::shared().fail_produce({error});
    TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .key = "refused"}));
    TEST_ASSERT_EQUAL(error, producer.reports(2).back().error);
    const std::vector<DecodedSpan>& spans = traced.spans(before + 3);
    const DecodedSpan& told = spans.back();
    TEST_ASSERT_EQUAL(std::string{rd_kafka_err2name(error)}, told.tag("error"));
    TEST_ASSERT_EQUAL_STRING("refused", told.tag("kafka.key"));
    TEST_ASSERT_EQUAL(b3_of(spans[spans.size() - 2]), b3_of(told));
    TEST_ASSERT_EQUAL_STRING("<none>", spans[spans.size() - 2].tag("error"));
  }
}

EDGESPAN_TEST(kafka_the_deadline_of_a_message_follows_the_timeout_of_its_client, "kafka") {
  Traced traced;  // 330 s
  Settings settings = no_broker;
  ReportingProducer usual{traced, settings};
  settings["message.timeout.ms"] = "600001";
  ReportingProducer slow{traced, settings};
  settings["message.timeout.ms"] = "0";
  ReportingProducer endless{traced, settings};
  settings["message.timeout.ms"] = "5000";
  ReportingProducer quick{traced, settings};
  for (ReportingProducer* producer : {&usual, &slow, &endless, &quick})
    TEST_ASSERT_EQUAL(0, (*producer)->send({.topic = "nowhere"}));
  const auto after_s = [&](std::uint64_t seconds) {
    traced.clock.advance_s(seconds);
    (void)traced.reporter.step();
  };
  after_s(329);
  (void)traced.spans(0);
  after_s(2);
  TEST_ASSERT_EQUAL(2, abandoned(traced.spans(2)));
  after_s(630 - 331);
  (void)traced.spans(2);
  after_s(2);
  TEST_ASSERT_EQUAL(3, abandoned(traced.spans(3)));
  after_s(1'000'000);
  (void)traced.spans(3);
  TEST_ASSERT_EQUAL(0, rd_kafka_purge(endless.handle(), RD_KAFKA_PURGE_F_QUEUE));
  TEST_ASSERT_EQUAL_STRING("_PURGE_QUEUE", traced.spans(4).back().tag("error"));
}

EDGESPAN_TEST(kafka_what_never_expires_ends_with_the_agent, "kafka") {
  Traced traced;
  Settings settings = no_broker;
  settings["message.timeout.ms"] = "0";
  ReportingProducer endless{traced, settings};
  TEST_ASSERT_EQUAL(0, endless->send({.topic = "nowhere"}));
  TEST_ASSERT_EQUAL(1, abandoned(traced.stop(1)));
}

EDGESPAN_TEST(a_client_has_the_deadline_that_its_timeout_asks_for, "kafka") {
  TEST_ASSERT_EQUAL(ClientDeadlines::never, ClientDeadlines::of_timeout(0));
  TEST_ASSERT_EQUAL(31, ClientDeadlines::of_timeout(1));
  TEST_ASSERT_EQUAL(330, ClientDeadlines::of_timeout(300'000));
  TEST_ASSERT_EQUAL(331, ClientDeadlines::of_timeout(300'001));
  ClientDeadlines deadlines;
  for (std::uint32_t client = 1; client <= 4; ++client) deadlines.add(client, 1'000 + client);
  TEST_ASSERT_EQUAL(1'003, deadlines.of(3, 330));
  TEST_ASSERT_EQUAL(330, deadlines.of(9, 330));
  deadlines.remove(3);
  TEST_ASSERT_EQUAL(330, deadlines.of(3, 330));
  deadlines.add(5, ClientDeadlines::never);
  TEST_ASSERT_EQUAL(ClientDeadlines::never, deadlines.of(5, 330));
  TEST_ASSERT_EQUAL(1'004, deadlines.of(4, 330));
  // More than there are entries: too late is harmless, too early is wrong.
  deadlines.add(6, 2'000);
  deadlines.add(7, 1'500);
  TEST_ASSERT_EQUAL(2'000, deadlines.of(6, 330));
  TEST_ASSERT_EQUAL(2'000, deadlines.of(7, 330));
  TEST_ASSERT_EQUAL(1'001, deadlines.of(1, 330));
}

}  // namespace
