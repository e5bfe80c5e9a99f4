// SPDX-License-Identifier: Apache-2.0
// The spans of a poll, and what the records carry afterwards.
#include "support/kafka_clients.hpp"

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::test;
using namespace std::chrono_literals;

#define T "000462d53c8abacb"
#define S "000462d53c8abacd"

struct Polled {
  std::string topic;
  std::vector<Header> headers;
};

// One poll that takes exactly what waits; by key.
template <Limits L, KafkaLimits K>
std::map<std::string, Polled> poll_once(Traced<L, K>& traced, PlainConsumer& consumer, std::size_t count) {
  TracingConsumer tracing{traced.kafka, consumer.handle(), traced.kafka_memory->consumer};
  consumer.wait_for(count);
  std::map<std::string, Polled> records;
  ConsumerBatch batch = tracing.poll(5s);
  TEST_ASSERT_EQUAL(count, batch.size());
  for (ConsumerRecord& record : batch) {
    TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, record.error());
    records[std::string{record.key()}] = {std::string{record.topic()}, headers_of(record.message())};
  }
  TEST_ASSERT_EQUAL(count, records.size());
  return records;
}

std::set<std::string> b3s_of(const std::vector<DecodedSpan>& spans) {
  std::set<std::string> out;
  for (const DecodedSpan& span : spans) out.insert(b3_of(span));
  return out;
}

EDGESPAN_TEST(kafka_records_with_ids_have_poll_spans_of_their_own, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  Feed feed;
  feed.add(topic, "1", {{"b3", T "-" S "-1"}, {"a", "x"}, {"X-B3-TraceId", "stale"}});
  feed.add(topic, "2", {{"x-b3-traceid", T}, {"x-b3-spanid", S}, {"x-b3-flags", "1"}});
  feed.add(topic, "3", {{"b3", T "-" S "-0"}});
  feed.done();
  Traced traced;
  PlainConsumer consumer{{{topic, 1}}};
  auto records = poll_once(traced, consumer, 3);
  const std::vector<DecodedSpan>& spans = traced.spans(2);
  for (const DecodedSpan& span : spans) {
    TEST_ASSERT_EQUAL(Kind::consumer, span.kind);
    TEST_ASSERT_EQUAL_STRING("poll", span.name);
    TEST_ASSERT_EQUAL(T, span.trace_id);
    TEST_ASSERT_EQUAL(S, span.parent_id);
    TEST_ASSERT_EQUAL(1, span.duration);
    TEST_ASSERT_EQUAL(spans[0].timestamp, span.timestamp);  // one a poll
    TEST_ASSERT_EQUAL_STRING("kafka", span.remote.service_name);
    TEST_ASSERT_EQUAL((std::map<std::string, std::string>{{"kafka.topic", topic}}), span.tags);
  }
  TEST_ASSERT_EQUAL((std::vector<Header>{{"a", "x"}, {"b3", b3_of(spans[0])}}), records["1"].headers);
  TEST_ASSERT_TRUE(spans[1].debug);
  TEST_ASSERT_EQUAL((std::vector<Header>{{"b3", b3_of(spans[1])}}), records["2"].headers);
  const std::string denied = b3_of(records["3"].headers);
  TEST_ASSERT_EQUAL(T "-", denied.substr(0, 17));
  TEST_ASSERT_NOT_EQUAL(S, denied.substr(17, 16));
  TEST_ASSERT_EQUAL_STRING("-0", denied.substr(33));
  TEST_ASSERT_EQUAL(1, records["3"].headers.size());
}

EDGESPAN_TEST(kafka_records_without_context_share_a_root_by_topic, "kafka") {
  const std::string first = MockCluster::shared().topic(2);
  const std::string second = MockCluster::shared().topic();
  Feed feed;
  for (int i = 0; i < 6; ++i) feed.add(first, "f" + std::to_string(i), {}, i % 2);
  for (int i = 0; i < 3; ++i)
    feed.add(second, "s" + std::to_string(i), {{"b3", "malformed"}, {"X-B3-Sampled", "x"}});
  feed.done();
  Traced traced;
  PlainConsumer consumer{{{first, 2}, {second, 1}}};
  const auto records = poll_once(traced, consumer, 9);
  std::map<std::string, std::string> root_of;
  for (const DecodedSpan& span : traced.spans(2)) {
    TEST_ASSERT_TRUE(span.parent_id.empty());
    root_of[span.tag("kafka.topic")] = b3_of(span);
  }
  TEST_ASSERT_EQUAL(2, root_of.size());
  TEST_ASSERT_NOT_EQUAL(root_of[second], root_of[first]);
  for (const auto& [key, record] : records)
    TEST_ASSERT_EQUAL((std::vector<Header>{{"b3", root_of[record.topic]}}), record.headers);
}

EDGESPAN_TEST(kafka_every_poll_has_roots_of_its_own, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  Feed feed;
  for (int i = 0; i < 4; ++i) feed.add(topic, std::to_string(i));
  feed.done();
  constexpr KafkaLimits limits{.poll_records_max = 2};
  Traced<Limits{}, limits> traced;
  PlainConsumer consumer{{{topic, 1}}};
  TracingConsumer tracing{traced.kafka, consumer.handle(), traced.kafka_memory->consumer};
  consumer.wait_for(4);
  for (int i = 0; i < 2; ++i) TEST_ASSERT_EQUAL(2, tracing.poll(5s).size());
  TEST_ASSERT_TRUE(tracing.poll(0s).empty());
  TEST_ASSERT_NOT_EQUAL(traced.spans(2)[1].trace_id, traced.spans(2)[0].trace_id);
}

EDGESPAN_TEST(kafka_roots_are_not_shared_on_request, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  Feed feed;
  for (int i = 0; i < 3; ++i) feed.add(topic, std::to_string(i));
  feed.done();
  KafkaConfig config;
  config.shared_root = false;
  Traced traced{config};
  PlainConsumer consumer{{{topic, 1}}};
  const auto records = poll_once(traced, consumer, 3);
  const std::set<std::string> spans = b3s_of(traced.spans(3));
  TEST_ASSERT_EQUAL(3, spans.size());
  for (const auto& [key, record] : records) TEST_ASSERT_TRUE(spans.contains(b3_of(record.headers)));
}

// As in Brave: a header without a value that comes after one with a value takes its place.
EDGESPAN_TEST(kafka_the_last_trace_header_of_a_name_counts_even_without_a_value, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  Feed feed;
  feed.add(topic, "null last", {{"b3", T "-" S "-1"}, {"b3", {}}});
  feed.add(topic, "null first", {{"b3", {}}, {"b3", T "-" S "-1"}});
  const RecordHeader trace{"X-B3-TraceId", T}, span{"X-B3-SpanId", S};
  feed.add(topic, "null span last", {trace, span, {"x-b3-spanid", {}}});
  feed.add(topic, "null span first", {{"x-b3-spanid", {}}, trace, span});
  feed.add(topic, "null b3 behind a set", {trace, span, {"b3", {}}});
  feed.done();
  Traced traced;
  PlainConsumer consumer{{{topic, 1}}};
  const auto records = poll_once(traced, consumer, 5);
  const auto continued = [&](const char* key) { return b3_of(records.at(key).headers).find(T) == 0; };
  for (const char* key : {"null last", "null span last"}) TEST_ASSERT_FALSE(continued(key));
  for (const char* key : {"null first", "null span first", "null b3 behind a set"}) {
    TEST_CONTEXT(key);
    TEST_ASSERT_TRUE(continued(key));
  }
  for (const auto& [key, record] : records) TEST_ASSERT_EQUAL(1, record.headers.size());
}

EDGESPAN_TEST(kafka_flags_alone_make_a_root_a_record, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  const std::map<std::string, const char*> flags{{"1", "1"}, {"2", "1"}, {"3", "d"}, {"4", "0"}, {"5", "0"}};
  Feed feed;
  for (const auto& [key, flag] : flags) feed.add(topic, key, {{"b3", flag}});
  feed.done();
  Traced traced;
  PlainConsumer consumer{{{topic, 1}}};
  const auto records = poll_once(traced, consumer, 5);
  const std::set<std::string> spans = b3s_of(traced.spans(3));
  std::set<std::string> all;
  for (const auto& [key, record] : records) {
    const std::string b3 = b3_of(record.headers);
    TEST_ASSERT_EQUAL(1, record.headers.size());
    TEST_ASSERT_EQUAL(flags.at(key)[0], b3.back());
    TEST_ASSERT_EQUAL((b3.back() != '0'), spans.contains(b3));
    all.insert(b3);
  }
  TEST_ASSERT_EQUAL(5, all.size());
}

EDGESPAN_TEST(kafka_consumer_rules_decide_only_where_nothing_is_decided, "kafka") {
  const Sampler never = Sampler::never();
  const std::string quiet = MockCluster::shared().topic();
  const std::string loud = MockCluster::shared().topic();
  const SamplerRule rules[] = {{Operation::receive, quiet, &never}, {Operation::send, loud, &never}};
  Feed feed;
  feed.add(quiet, "root");
  feed.add(quiet, "undecided", {{"b3", T "-" S}});
  feed.add(quiet, "accepted", {{"b3", T "-" S "-1"}});
  feed.add(loud, "loud");
  feed.done();
  KafkaConfig config;
  config.consumer_sampler.rules = rules;
  Traced traced{config};
  PlainConsumer consumer{{{quiet, 1}, {loud, 1}}};
  auto records = poll_once(traced, consumer, 4);
  (void)traced.spans(2);
  for (const char* key : {"root", "undecided"}) TEST_ASSERT_EQUAL('0', b3_of(records[key].headers).back());
  for (const char* key : {"accepted", "loud"}) TEST_ASSERT_EQUAL('1', b3_of(records[key].headers).back());
}

EDGESPAN_TEST(kafka_the_polling_threads_scope_is_the_parent_of_records_without_ids, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  Feed feed;
  feed.add(topic, "without");
  feed.add(topic, "with", {{"b3", T "-" S "-1"}});
  feed.done();
  const Sampler never = Sampler::never();
  const SamplerRule rules[] = {{.sampler = &never}};  // not asked: the scope holds a decision
  KafkaConfig config;
  config.consumer_sampler.rules = rules;
  Traced traced{config};
  PlainConsumer consumer{{{topic, 1}}};
  const Scope scope{traced.tracing, Context{.trace_lo = 7, .span_id = 8, .decision = Decision::accept}};
  auto records = poll_once(traced, consumer, 2);
  std::map<std::string, std::string> parents;
  for (const DecodedSpan& span : traced.spans(2)) parents[b3_of(span)] = span.parent_id;
  TEST_ASSERT_EQUAL_STRING("0000000000000008", parents[b3_of(records["without"].headers)]);
  TEST_ASSERT_EQUAL(S, parents[b3_of(records["with"].headers)]);
}

EDGESPAN_TEST(kafka_polled_records_are_left_alone_while_tracing_is_off, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  const std::vector<Header> before{{"b3", T "-" S "-1"}, {"X-B3-Sampled", "junk"}};
  Feed feed;
  feed.add(topic, "1", {{"b3", T "-" S "-1"}, {"X-B3-Sampled", "junk"}});
  feed.add(topic, "2");
  feed.done();
  Traced traced;
  PlainConsumer consumer{{{topic, 1}}};
  traced.tracing.enable(false);
  auto records = poll_once(traced, consumer, 2);
  TEST_ASSERT_EQUAL(before, records["1"].headers);
  TEST_ASSERT_TRUE(records["2"].headers.empty());
  (void)traced.spans(0);
}

EDGESPAN_TEST(kafka_what_is_no_record_passes_through_a_poll, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  Feed feed;
  feed.add(topic, "1");
  feed.done();
  Traced traced;
  PlainConsumer consumer{{{topic, 1}}, {{"enable.partition.eof", "true"}}};
  TracingConsumer tracing{traced.kafka, consumer.handle(), traced.kafka_memory->consumer};
  std::vector<std::pair<rd_kafka_resp_err_t, std::int64_t>> seen;
  TEST_ASSERT_TRUE(eventually([&] {
    for (const ConsumerRecord& record : tracing.poll(0s)) seen.emplace_back(record.error(), record.offset());
    return seen.size() >= 2;
  }));
  TEST_ASSERT_EQUAL((std::vector<std::pair<rd_kafka_resp_err_t, std::int64_t>>{
                        {RD_KAFKA_RESP_ERR_NO_ERROR, 0}, {RD_KAFKA_RESP_ERR__PARTITION_EOF, 1}}),
                    seen);
  (void)traced.spans(1);
}

EDGESPAN_TEST(kafka_a_poll_of_500_records_loses_none, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  Feed feed;
  for (int i = 0; i < 500; ++i) {
    const std::vector<RecordHeader> headers{{"b3", T "-" S "-1"}};
    feed.add(topic, std::to_string(i), i % 5 == 0 ? std::vector<RecordHeader>{} : headers);
  }
  feed.done();
  constexpr Limits limits{.ring_bytes = 131'072};
  Traced<limits> traced;
  PlainConsumer consumer{{{topic, 1}}};
  const auto records = poll_once(traced, consumer, 500);
  const std::set<std::string> spans = b3s_of(traced.spans(401));  // 400 of their own, one that is shared
  TEST_ASSERT_EQUAL(401, spans.size());
  std::set<std::string> carried;
  for (const auto& [key, record] : records) carried.insert(b3_of(record.headers));
  TEST_ASSERT_EQUAL(spans, carried);
}

EDGESPAN_TEST(kafka_topics_beyond_the_limit_have_roots_of_their_own, "kafka") {
  std::vector<std::pair<std::string, int>> topics;
  Feed feed;
  for (int i = 0; i < 3; ++i) {
    topics.emplace_back(MockCluster::shared().topic(), 1);
    for (int k = 0; k < 2; ++k) feed.add(topics.back().first, std::to_string(2 * i + k));
  }
  feed.done();
  constexpr KafkaLimits limits{.poll_topics_max = 2};
  Traced<Limits{}, limits> traced;
  PlainConsumer consumer{topics};
  const auto records = poll_once(traced, consumer, 6);
  const std::set<std::string> spans = b3s_of(traced.spans(4));
  TEST_ASSERT_EQUAL(2, traced.tracing.books().roots_unshared);
  std::set<std::string> carried;
  for (const auto& [key, record] : records) carried.insert(b3_of(record.headers));
  TEST_ASSERT_EQUAL(spans, carried);
}

EDGESPAN_TEST(kafka_single_messages_and_batches_of_a_queue_are_polls_too, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  Feed feed;
  for (int i = 0; i < 5; ++i) feed.add(topic, std::to_string(i));
  feed.done();
  Traced traced;
  PlainConsumer consumer{{{topic, 1}}};
  TracingConsumer tracing{traced.kafka, consumer.handle(), traced.kafka_memory->consumer};
  consumer.wait_for(5);
  std::vector<std::string> carried;
  for (int i = 0; i < 2; ++i) {
    rd_kafka_message_t* message = tracing.consumer_poll(5'000);
    TEST_ASSERT_NOT_NULL(message);
    carried.push_back(b3_of(headers_of(message)));
    rd_kafka_message_destroy(message);
  }
  rd_kafka_queue_t* queue = rd_kafka_queue_get_consumer(consumer.handle());
  rd_kafka_message_t* messages[8];
  const ssize_t count = tracing.consume_batch_queue(queue, 200, messages, 8);
  rd_kafka_queue_destroy(queue);
  TEST_ASSERT_EQUAL(3, count);
  for (ssize_t i = 0; i < count; ++i) {
    carried.push_back(b3_of(headers_of(messages[i])));
    rd_kafka_message_destroy(messages[i]);
  }
  TEST_ASSERT_NULL(tracing.consumer_poll(0));
  const std::vector<DecodedSpan>& spans = traced.spans(3);
  TEST_ASSERT_EQUAL(b3_of(spans[0]), carried[0]);
  TEST_ASSERT_EQUAL(b3_of(spans[1]), carried[1]);
  for (std::size_t i = 2; i < 5; ++i) TEST_ASSERT_EQUAL(b3_of(spans[2]), carried[i]);
}

EDGESPAN_TEST(kafka_poll_writes_the_format_it_is_told, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  Feed feed;
  feed.add(topic, "k", {{"b3", T "-" S "-1"}});
  feed.done();
  KafkaConfig config;
  config.propagation = {TraceFormat::b3_multi};
  Traced traced{config};
  PlainConsumer consumer{{{topic, 1}}};
  auto records = poll_once(traced, consumer, 1);
  TEST_ASSERT_EQUAL((std::vector<Header>{{"X-B3-TraceId", T},
                                         {"X-B3-SpanId", traced.spans(1)[0].id},
                                         {"X-B3-ParentSpanId", S},
                                         {"X-B3-Sampled", "1"}}),
                    records["k"].headers);
}

}  // namespace
