// SPDX-License-Identifier: Apache-2.0
// Messages that librdkafka refuses: whose parent and decision they have, and how many spans they may take
// (row 47 of the failure model).
#include "kafka/refusals.hpp"

#include "support/kafka_clients.hpp"

#include <iterator>
#include <string>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::test;
using kafka_detail::Refusals;

#define T "000462d53c8abacb"
#define S "000462d53c8abacd"
#define P "000462d53c8abacc"

constexpr std::uint64_t alone_max = Refusals::alone_max;
constexpr Context accepted{.trace_lo = 7, .span_id = 8, .decision = Decision::accept};
constexpr Context denied{.trace_lo = 7, .span_id = 8, .decision = Decision::deny};

// A producer whose queue is full of one message without a span.
struct FullQueue {
  template <Limits L, KafkaLimits K>
  explicit FullQueue(Traced<L, K>& traced)
      : producer{traced, {{"queue.buffering.max.messages", "1"}, {"linger.ms", "60000"}}} {
    const Scope scope{traced.tracing, denied};
    TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str()}));
  }
  ~FullQueue() { (void)rd_kafka_purge(producer.handle(), RD_KAFKA_PURGE_F_QUEUE); }

  void refuse(const std::string& to, const std::vector<RecordHeader>& headers = {}) {
    TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR__QUEUE_FULL,
                      producer->send({.topic = to.c_str(), .key = "k", .headers = headers}));
  }
  void refuse(const std::vector<RecordHeader>& headers = {}) { refuse(topic, headers); }

  std::string topic = MockCluster::shared().topic();
  ReportingProducer producer;
};

using Refuse = void (*)(FullQueue& full, const std::vector<RecordHeader>& headers);

void by_send(FullQueue& full, const std::vector<RecordHeader>& headers) { full.refuse(headers); }

void by_arguments(FullQueue& full, std::vector<rd_kafka_vu_t> arguments) {
  rd_kafka_vu_t topic{};
  topic.vtype = RD_KAFKA_VTYPE_TOPIC;
  topic.u.cstr = full.topic.c_str();
  arguments.push_back(topic);
  rd_kafka_error_t* error = full.producer->produceva(arguments.data(), arguments.size());
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR__QUEUE_FULL, rd_kafka_error_code(error));
  rd_kafka_error_destroy(error);
}

// One argument a header, with its size.
void by_single_headers(FullQueue& full, const std::vector<RecordHeader>& headers) {
  std::vector<rd_kafka_vu_t> arguments;
  for (const RecordHeader& header : headers) {
    rd_kafka_vu_t argument{};
    argument.vtype = RD_KAFKA_VTYPE_HEADER;
    argument.u.header = {header.name.data(), header.value.data(), static_cast<ssize_t>(header.value.size())};
    arguments.push_back(argument);
  }
  by_arguments(full, arguments);
}

// The same; the values are texts that librdkafka measures.
void by_text_headers(FullQueue& full, const std::vector<RecordHeader>& headers) {
  std::vector<rd_kafka_vu_t> arguments;
  for (const RecordHeader& header : headers) {
    rd_kafka_vu_t argument{};
    argument.vtype = RD_KAFKA_VTYPE_HEADER;
    argument.u.header = {header.name.data(), header.value.data(), -1};
    arguments.push_back(argument);
  }
  by_arguments(full, arguments);
}

void by_header_list(FullQueue& full, const std::vector<RecordHeader>& headers) {
  rd_kafka_headers_t* list = rd_kafka_headers_new(0);
  for (const RecordHeader& header : headers) {
    rd_kafka_header_add(list, header.name.data(), static_cast<ssize_t>(header.name.size()),
                        header.value.data(), static_cast<ssize_t>(header.value.size()));
  }
  rd_kafka_vu_t argument{};
  argument.vtype = RD_KAFKA_VTYPE_HEADERS;
  argument.u.headers = list;
  by_arguments(full, {argument});
  rd_kafka_headers_destroy(list);  // refused: still the application's
}

void by_produce(FullQueue& full, const std::vector<RecordHeader>&) {
  rd_kafka_topic_t* handle = rd_kafka_topic_new(full.producer.handle(), full.topic.c_str(), nullptr);
  char value[] = "v";
  TEST_ASSERT_EQUAL(-1, full.producer->produce(handle, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, value, 1,
                                               nullptr, 0, nullptr));
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR__QUEUE_FULL, rd_kafka_last_error());
  rd_kafka_topic_destroy(handle);
}

void by_batch(FullQueue& full, const std::vector<RecordHeader>&) {
  rd_kafka_topic_t* handle = rd_kafka_topic_new(full.producer.handle(), full.topic.c_str(), nullptr);
  rd_kafka_message_t message{};
  TEST_ASSERT_EQUAL(
      0, full.producer->produce_batch(handle, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &message, 1));
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR__QUEUE_FULL, message.err);
  rd_kafka_topic_destroy(handle);
}

constexpr Refuse with_headers[] = {by_send, by_single_headers, by_text_headers, by_header_list};
constexpr Refuse every_way[] = {by_send,        by_single_headers, by_text_headers,
                                by_header_list, by_produce,        by_batch};

struct Row {
  const char* what;
  std::vector<RecordHeader> headers;
  const char* trace;  // empty: a new one
  const char* parent;
  bool debug = false;
};

EDGESPAN_TEST(kafka_a_refused_message_is_a_child_of_what_its_headers_say, "kafka") {
  const Row rows[] = {
      {"ids", {{"a", "x"}, {"b3", T "-" S "-1"}}, T, S},
      {"debug", {{"b3", T "-" S "-d"}}, T, S, true},
      {"ids without a decision", {{"b3", T "-" S}}, T, S},
      {"the X-B3 set", {{"x-b3-traceid", T}, {"X-B3-SpanId", S}, {"X-B3-Sampled", "1"}}, T, S},
      {"the last of two", {{"b3", T "-" P "-1"}, {"b3", T "-" S "-1"}}, T, S},
      {"the last one has no value", {{"b3", T "-" S "-1"}, {"b3", {}}}, "", ""},
      {"junk", {{"b3", "junk"}}, "", ""},
      {"other headers", {{"a", "x"}}, "", ""},
  };
  for (const Refuse refuse : with_headers) {
    Traced traced;
    FullQueue full{traced};
    std::size_t finished = 0;
    for (const Row& row : rows) {
      TEST_CONTEXT(row.what);
      refuse(full, row.headers);
      const DecodedSpan& span = traced.spans(++finished).back();
      if (*row.trace != '\0') TEST_ASSERT_EQUAL(row.trace, span.trace_id);
      TEST_ASSERT_EQUAL(row.parent, span.parent_id);
      TEST_ASSERT_EQUAL(row.debug, span.debug);
      TEST_ASSERT_EQUAL_STRING("_QUEUE_FULL", span.tag("error"));
      TEST_ASSERT_EQUAL(full.topic, span.tag("kafka.topic"));
    }
  }
}

EDGESPAN_TEST(kafka_a_refused_message_whose_headers_deny_is_not_recorded, "kafka") {
  const std::vector<RecordHeader> rows[] = {
      {{"b3", T "-" S "-0"}}, {{"b3", "0"}}, {{"X-B3-Sampled", "0"}, {"a", "x"}}, {{"B3", T "-" S "-0"}}};
  for (const Refuse refuse : with_headers) {
    Traced traced;
    FullQueue full{traced};
    for (int i = 0; i < 5; ++i) {
      for (const std::vector<RecordHeader>& headers : rows) refuse(full, headers);
    }
    (void)traced.spans(0);
    TEST_ASSERT_EQUAL(5 * std::size(rows), traced.tracing.books().sends_refused);
    TEST_ASSERT_EQUAL(0, traced.tracing.books().refusals_folded);
    // They took nothing from those that are recorded.
    for (std::size_t i = 0; i < alone_max; ++i) refuse(full, {{"b3", "1"}});
    for (const DecodedSpan& span : traced.spans(alone_max))
      TEST_ASSERT_EQUAL_STRING("<none>", span.tag("kafka.refused"));
  }
}

EDGESPAN_TEST(kafka_the_scope_of_a_refused_message_comes_first, "kafka") {
  for (const Refuse refuse : every_way) {
    Traced traced;
    FullQueue full{traced};
    {
      const Scope scope{traced.tracing, denied};
      refuse(full, {{"b3", T "-" S "-1"}});
      (void)traced.spans(0);
    }
    {
      const Scope scope{traced.tracing, accepted};
      refuse(full, {{"b3", T "-" S "-0"}});
    }
    TEST_ASSERT_EQUAL_STRING("0000000000000008", traced.spans(1)[0].parent_id);
    refuse(full, {});
    TEST_ASSERT_EQUAL_STRING("", traced.spans(2)[1].parent_id);
  }
}

EDGESPAN_TEST(kafka_a_rule_decides_on_a_refused_message_by_its_topic, "kafka") {
  const Sampler never = Sampler::never();
  for (const Refuse refuse : every_way) {
    SamplerRule rule{Operation::send, {}, &never};
    KafkaConfig config;
    config.producer_sampler.rules = {&rule, 1};
    Traced traced{config};
    FullQueue full{traced};
    rule.topic = full.topic;
    refuse(full, {});
    (void)traced.spans(0);
    TEST_ASSERT_EQUAL(1, traced.tracing.books().sends_refused);
    rule.topic = "another";
    refuse(full, {});
    (void)traced.spans(1);
  }
}

EDGESPAN_TEST(kafka_refusals_are_nothing_while_tracing_is_off, "kafka") {
  Traced traced;
  FullQueue full{traced};
  traced.tracing.enable(false);
  for (const Refuse refuse : every_way) refuse(full, {});
  (void)traced.spans(0);
  TEST_ASSERT_EQUAL(0, traced.tracing.books().sends_refused);
}

std::uint64_t stands_for(const DecodedSpan& span) {
  const std::string count = span.tag("kafka.refused");
  return count == "<none>" ? 1 : std::stoull(count);
}

EDGESPAN_TEST(row_47_400_tries_leave_room_for_20_spans_of_work, "kafka") {
  Traced traced;
  FullQueue full{traced};
  {
    const Scope scope{traced.tracing, accepted};
    for (int i = 0; i < 400; ++i) full.refuse();
  }
  for (int i = 0; i < 20; ++i) traced.tracing.span("work").finish();
  const std::vector<DecodedSpan>& spans = traced.spans(20 + alone_max + 1);
  std::size_t work = 0;
  std::uint64_t refused = 0;
  for (const DecodedSpan& span : spans) {
    if (span.name == "work") {
      ++work;
      continue;
    }
    refused += stands_for(span);
    TEST_ASSERT_EQUAL_STRING("send", span.name);
    TEST_ASSERT_EQUAL(Kind::producer, span.kind);
    TEST_ASSERT_EQUAL_STRING("0000000000000008", span.parent_id);
    TEST_ASSERT_EQUAL_STRING("_QUEUE_FULL", span.tag("error"));
    TEST_ASSERT_EQUAL(full.topic, span.tag("kafka.topic"));
  }
  TEST_ASSERT_EQUAL(20, work);
  TEST_ASSERT_EQUAL(400, refused);
  const DecodedSpan& last = spans.back();  // flush has brought it out
  TEST_ASSERT_EQUAL_STRING("392", last.tag("kafka.refused"));
  TEST_ASSERT_EQUAL_STRING("<none>", last.tag("kafka.key"));
  TEST_ASSERT_EQUAL(3, last.tags_written);
  const Books books = traced.tracing.books();
  TEST_ASSERT_EQUAL(400, books.sends_refused);
  TEST_ASSERT_EQUAL(392, books.refusals_folded);
  TEST_ASSERT_EQUAL(0, books.dropped_total());
}

EDGESPAN_TEST(kafka_an_interval_ends_after_ten_seconds_and_not_before, "kafka") {
  Traced traced;
  FullQueue full{traced};
  for (std::size_t i = 0; i < alone_max + 3; ++i) full.refuse();
  const auto step = [&] {
    (void)traced.reporter.step();
    return traced.tracing.books().finished;
  };
  TEST_ASSERT_EQUAL(alone_max, step());
  traced.clock.advance_s(8);
  TEST_ASSERT_EQUAL(alone_max, step());
  full.refuse();  // the same interval
  traced.clock.advance_s(3);
  TEST_ASSERT_EQUAL(alone_max + 1, step());
  full.refuse();  // the next one
  const std::vector<DecodedSpan>& spans = traced.spans(alone_max + 2);
  TEST_ASSERT_EQUAL_STRING("4", spans[alone_max].tag("kafka.refused"));
  TEST_ASSERT_GREATER_OR_EQUAL(11'000'000, spans[alone_max].duration);
  TEST_ASSERT_EQUAL_STRING("k", spans.back().tag("kafka.key"));
  TEST_ASSERT_EQUAL_STRING("<none>", spans.back().tag("kafka.refused"));
}

EDGESPAN_TEST(kafka_a_refusal_that_is_only_counted_reads_no_clock, "kafka") {
  Traced traced;
  FullQueue full{traced};
  for (std::size_t i = 0; i < alone_max + 1; ++i) full.refuse();  // the last one opens a slot
  const std::uint64_t reads = traced.clock.reads();
  for (int i = 0; i < 100; ++i) full.refuse();
  TEST_ASSERT_EQUAL(reads, traced.clock.reads());
  TEST_ASSERT_EQUAL(101, traced.tracing.books().refusals_folded);
  (void)traced.spans(alone_max + 1);
}

EDGESPAN_TEST(kafka_each_topic_and_error_has_a_span_and_what_is_beyond_shares_one, "kafka") {
  Traced traced;
  FullQueue full{traced};
  for (std::size_t i = 0; i < alone_max; ++i) full.refuse();
  const std::string large(2'000'000, 'x');
  const std::string topics[] = {"a", "b", "c", "d"};
  for (int round = 0; round < 2; ++round) {
    TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
                      full.producer->send({.topic = "a", .value = large}));
    for (const std::string& topic : topics) full.refuse(topic);
  }
  const std::vector<DecodedSpan>& spans = traced.spans(alone_max + 4);
  const struct {
    const char* topic;
    const char* error;
    const char* count;
  } expected[] = {{"a", "MSG_SIZE_TOO_LARGE", "2"},
                  {"a", "_QUEUE_FULL", "2"},
                  {"b", "_QUEUE_FULL", "2"},
                  {"<none>", "refused", "4"}};
  for (std::size_t i = 0; i < std::size(expected); ++i) {
    const DecodedSpan& span = spans[alone_max + i];
    TEST_ASSERT_EQUAL_STRING(expected[i].topic, span.tag("kafka.topic"));
    TEST_ASSERT_EQUAL_STRING(expected[i].error, span.tag("error"));
    TEST_ASSERT_EQUAL_STRING(expected[i].count, span.tag("kafka.refused"));
  }
  // Their slots are free again.
  full.refuse("d");
  TEST_ASSERT_EQUAL_STRING("d", traced.spans(alone_max + 5).back().tag("kafka.topic"));
}

EDGESPAN_TEST(kafka_a_denied_refusal_is_not_counted_among_others, "kafka") {
  Traced traced;
  FullQueue full{traced};
  for (std::size_t i = 0; i < alone_max + 2; ++i) full.refuse();
  full.refuse({{"b3", "0"}});
  full.refuse({{"b3", T "-" S "-1"}});
  TEST_ASSERT_EQUAL_STRING("3", traced.spans(alone_max + 1).back().tag("kafka.refused"));
  TEST_ASSERT_EQUAL(alone_max + 4, traced.tracing.books().sends_refused);
  TEST_ASSERT_EQUAL(3, traced.tracing.books().refusals_folded);
}

EDGESPAN_TEST(kafka_stop_brings_out_what_was_counted, "kafka") {
  Traced traced;
  FullQueue full{traced};
  for (std::size_t i = 0; i < alone_max + 5; ++i) full.refuse();
  TEST_ASSERT_EQUAL_STRING("5", traced.stop(alone_max + 1).back().tag("kafka.refused"));
}

EDGESPAN_TEST(kafka_refusals_of_an_unsampled_application_are_counted_alone, "kafka") {
  TracingConfig config;
  config.sampler = Sampler::never();
  Traced traced{KafkaConfig{}, config};
  FullQueue full{traced};
  for (std::size_t i = 0; i < alone_max + 5; ++i) full.refuse();
  (void)traced.spans(0);
  TEST_ASSERT_EQUAL(alone_max + 5, traced.tracing.books().sends_refused);
  TEST_ASSERT_EQUAL(0, traced.tracing.books().refusals_folded);
}

EDGESPAN_TEST(kafka_refusals_leave_the_tokens_of_a_rate_to_work, "kafka") {
  TracingConfig config;
  config.sampler = Sampler::rate_limit(1'000);  // 100 in a tenth of a second, which the tries would use up
  Traced traced{KafkaConfig{}, config};
  FullQueue full{traced};
  for (int i = 0; i < 400; ++i) full.refuse();
  for (int i = 0; i < 10; ++i) traced.tracing.span("work").finish();
  (void)traced.spans(alone_max + 1 + 10);
}

// librdkafka finds this before it makes the first message.
EDGESPAN_TEST(kafka_a_batch_for_a_partition_that_does_not_exist_has_its_spans, "kafka") {
  Traced traced;
  ReportingProducer producer{traced};
  const std::string topic = MockCluster::shared().topic();
  producer.warm_up(topic);
  rd_kafka_topic_t* handle = rd_kafka_topic_new(producer.handle(), topic.c_str(), nullptr);
  rd_kafka_message_t messages[2] = {};
  TEST_ASSERT_EQUAL(0, producer->produce_batch(handle, 99, RD_KAFKA_MSG_F_COPY, messages, 2));
  rd_kafka_topic_destroy(handle);
  const std::vector<DecodedSpan>& spans = traced.spans(3);
  for (std::size_t i = 1; i < 3; ++i)
    TEST_ASSERT_EQUAL(rd_kafka_err2name(messages[i - 1].err), spans[i].tag("error"));
}

}  // namespace
