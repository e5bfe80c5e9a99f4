// SPDX-License-Identifier: Apache-2.0
// The application's own span on a record: where it hangs in the tree, and what it is tagged with.
#include "support/kafka_clients.hpp"

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::test;
using namespace std::chrono_literals;

#define T "000462d53c8abacb"
#define S "000462d53c8abacd"

void feed(const std::string& topic, const std::string& key, const std::vector<RecordHeader>& headers = {}) {
  Feed feed;
  feed.add(topic, key, headers);
  feed.done();
}

const DecodedSpan& named(const std::vector<DecodedSpan>& spans, const std::string& name) {
  for (const DecodedSpan& span : spans) {
    if (span.name == name) return span;
  }
  TEST_FAIL_MESSAGE("no span with the name " << name);
  return spans.front();
}

// Polls the one record of a topic and works on it.
template <Limits L, typename Work>
void poll_one(Traced<L>& traced, const std::string& topic, Work work) {
  PlainConsumer consumer{{{topic, 1}}};
  TracingConsumer tracing{traced.kafka, consumer.handle(), traced.kafka_memory->consumer};
  ConsumerBatch batch = tracing.poll(20s);
  TEST_ASSERT_EQUAL(1, batch.size());
  for (ConsumerRecord& record : batch) {
    TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, record.error());
    work(record);
  }
}

EDGESPAN_TEST(kafka_next_span_is_a_child_of_the_poll_and_leaves_its_header, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  feed(topic, "k", {{"b3", T "-" S "-1"}, {"a", "x"}});
  Traced traced;
  std::vector<Header> after;
  const Scope scope{traced.tracing,
                    Context{.trace_lo = 7, .span_id = 8, .decision = Decision::accept}};  // loses
  poll_one(traced, topic, [&](ConsumerRecord& record) {
    const Span span = traced.kafka.next_span(record).name("Process");
    TEST_ASSERT_TRUE(span.recording());
    after = headers_of(record.message());
  });
  const std::vector<DecodedSpan>& spans = traced.spans(2);
  TEST_ASSERT_EQUAL((std::vector<Header>{{"a", "x"}, {"b3", b3_of(named(spans, "poll"))}}), after);
  const DecodedSpan& process = named(spans, "process");
  TEST_ASSERT_EQUAL(T, process.trace_id);
  TEST_ASSERT_EQUAL(named(spans, "poll").id, process.parent_id);
  TEST_ASSERT_EQUAL(Kind::none, process.kind);
  TEST_ASSERT_FALSE(process.remote.present);
  TEST_ASSERT_EQUAL((std::map<std::string, std::string>{{"kafka.key", "k"}, {"kafka.topic", topic}}),
                    process.tags);
  TEST_ASSERT_GREATER_OR_EQUAL(named(spans, "poll").timestamp, process.timestamp);
}

EDGESPAN_TEST(kafka_next_span_twice_continues_the_trace, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  feed(topic, "k", {{"b3", T "-" S "-1"}});
  Traced traced;
  poll_one(traced, topic, [&](ConsumerRecord& record) {
    traced.kafka.next_span(record).name("first").finish();
    traced.kafka.next_span(record).name("second").finish();
    traced.kafka.next_span(record.message()).name("of the message").finish();
    const Scope scope{traced.tracing, Context{.trace_lo = 7, .span_id = 8, .decision = Decision::accept}};
    traced.kafka.next_span(record).name("third").finish();
    rd_kafka_headers_t* list = nullptr;  // the application takes the header out
    TEST_ASSERT_EQUAL(0, rd_kafka_message_headers(record.message(), &list));
    TEST_ASSERT_EQUAL(0, rd_kafka_header_remove(list, "b3"));
    traced.kafka.next_span(record).name("fourth").finish();
  });
  const std::vector<DecodedSpan>& spans = traced.spans(6);
  const std::string poll = named(spans, "poll").id;
  for (const char* name : {"first", "second", "of the message", "third", "fourth"}) {
    TEST_ASSERT_EQUAL(T, named(spans, name).trace_id);
    TEST_ASSERT_EQUAL(poll, named(spans, name).parent_id);
  }
}

// What poll wrote counts only while it is what the record says.
EDGESPAN_TEST(kafka_next_span_follows_headers_that_were_changed_after_the_poll, "kafka") {
  constexpr const char *other = "000462d53c8abad3", *other_span = "000462d53c8abad4";
  const std::string other_b3 = std::string{other} + "-" + other_span + "-1";
  const std::string other_w3c = std::string{"00-0000000000000000"} + other + "-" + other_span + "-01";
  struct Change {
    const char* what;
    bool takes_b3;
    std::vector<RecordHeader> adds;
    bool follows;  // what was added
  };
  const Change changes[] = {
      {"an own header behind", false, {{"a", "x"}}, false},
      {"a set beside", false, {{"X-B3-TraceId", other}, {"X-B3-SpanId", other_span}}, false},
      {"another b3 in its place", true, {{"b3", other_b3}}, true},
      {"another b3 behind", false, {{"b3", other_b3}}, true},
      {"another b3 in capitals", false, {{"B3", other_b3}}, true},
      {"a set in its place", true, {{"X-B3-TraceId", other}, {"X-B3-SpanId", other_span}}, true},
      {"a traceparent behind", false, {{"traceparent", other_w3c}}, true},
      {"a malformed b3 in its place", true, {{"b3", "junk"}}, false},
      {"a b3 without a value in its place", true, {{"b3", {}}}, false},
  };
  for (const Change& change : changes) {
    TEST_CONTEXT(change.what);
    const std::string topic = MockCluster::shared().topic();
    feed(topic, "k", {{"b3", T "-" S "-1"}});
    Traced traced;
    poll_one(traced, topic, [&](ConsumerRecord& record) {
      rd_kafka_headers_t* list = nullptr;
      TEST_ASSERT_EQUAL(0, rd_kafka_message_headers(record.message(), &list));
      if (change.takes_b3) TEST_ASSERT_EQUAL(0, rd_kafka_header_remove(list, "b3"));
      for (const RecordHeader& header : change.adds) {
        TEST_ASSERT_EQUAL(0, rd_kafka_header_add(list, header.name.data(), -1, header.value.data(),
                                                 static_cast<ssize_t>(header.value.size())));
      }
      traced.kafka.next_span(record).name("process").finish();
    });
    const std::vector<DecodedSpan>& spans = traced.spans(2);
    const DecodedSpan& process = named(spans, "process");
    const bool of_other = process.trace_id.ends_with(other);
    TEST_ASSERT_EQUAL(change.follows, of_other);
    const std::string poll = named(spans, "poll").id;
    TEST_ASSERT_EQUAL((change.follows ? other_span : poll.c_str()), process.parent_id);
  }
}

// Sends the record on with its own headers, as a bridge does.
void forward(ReportingProducer& producer, ConsumerRecord& record, const std::string& topic) {
  rd_kafka_headers_t* list = nullptr;
  TEST_ASSERT_EQUAL(0, rd_kafka_message_headers(record.message(), &list));
  rd_kafka_vu_t arguments[3] = {};
  arguments[0].vtype = RD_KAFKA_VTYPE_TOPIC;
  arguments[0].u.cstr = topic.c_str();
  arguments[1].vtype = RD_KAFKA_VTYPE_KEY;
  arguments[1].u.mem = {const_cast<char*>("onward"), 6};
  arguments[2].vtype = RD_KAFKA_VTYPE_HEADERS;
  arguments[2].u.headers = rd_kafka_headers_copy(list);
  TEST_ASSERT_NULL(producer->produceva(arguments, 3));
}

EDGESPAN_TEST(kafka_a_record_sent_on_with_its_own_headers_continues_the_trace, "kafka") {
  for (const bool with_next_span : {false, true}) {
    for (const std::vector<RecordHeader>& headers :
         {std::vector<RecordHeader>{{"b3", T "-" S "-1"}}, std::vector<RecordHeader>{}}) {
      const std::string topic = MockCluster::shared().topic();
      feed(topic, "k", headers);
      Traced traced;
      ReportingProducer producer{traced};
      poll_one(traced, topic, [&](ConsumerRecord& record) {
        if (with_next_span) traced.kafka.next_span(record).name("process").finish();
        forward(producer, record, MockCluster::shared().topic());
      });
      const std::vector<Header> carried = producer.reports(1)[0].headers;
      const std::vector<DecodedSpan>& spans = traced.spans(with_next_span ? 3 : 2);
      TEST_ASSERT_EQUAL(named(spans, "poll").trace_id, named(spans, "send").trace_id);
      TEST_ASSERT_EQUAL(named(spans, "poll").id, named(spans, "send").parent_id);
      TEST_ASSERT_EQUAL((std::vector<Header>{{"b3", b3_of(named(spans, "send"))}}), carried);
    }
  }
}

EDGESPAN_TEST(kafka_a_denied_record_sent_on_with_its_own_headers_stays_denied, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  feed(topic, "k", {{"b3", T "-" S "-0"}});
  Traced traced;
  ReportingProducer producer{traced};
  poll_one(traced, topic, [&](ConsumerRecord& record) {
    traced.kafka.next_span(record).name("process").finish();
    forward(producer, record, MockCluster::shared().topic());
  });
  const std::string b3 = b3_of(producer.reports(1)[0].headers);
  TEST_ASSERT_EQUAL(T "-", b3.substr(0, 17));
  TEST_ASSERT_EQUAL_STRING("-0", b3.substr(33));
  (void)traced.spans(0);
}

EDGESPAN_TEST(kafka_next_span_tags_what_brave_tags_on_request, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  feed(topic, "k", {{"b3", T "-" S "-1"}});
  KafkaConfig config;
  config.tag_processor = TagProcessor::when_root;
  Traced traced{config};
  poll_one(traced, topic, [&](ConsumerRecord& record) {
    traced.kafka.next_span(record).name("child").finish();
    rd_kafka_headers_t* list = nullptr;
    TEST_ASSERT_EQUAL(0, rd_kafka_message_headers(record.message(), &list));
    TEST_ASSERT_EQUAL(0, rd_kafka_header_remove(list, "b3"));
    traced.kafka.next_span(record.message()).name("root").finish();  // without headers, without a poll
  });
  const std::vector<DecodedSpan>& spans = traced.spans(3);
  TEST_ASSERT_TRUE(named(spans, "child").tags.empty());
  TEST_ASSERT_EQUAL((std::map<std::string, std::string>{{"kafka.key", "k"}, {"kafka.topic", topic}}),
                    named(spans, "root").tags);
}

EDGESPAN_TEST(kafka_next_span_tags_text_keys_whole_up_to_the_bound_and_counts_a_cut, "kafka") {
  std::string wide;  // 2 bytes a character, after one: 127 of 128 bytes hold whole ones
  for (int i = 0; i < 80; ++i) wide += "\xC3\xA9";
  wide = "x" + wide;
  const std::string exact(128, 'k');
  const struct {
    std::uint16_t bytes_max;
    std::string key;
    std::string tag;
    std::uint32_t cut;
  } rows[] = {{128, wide, wide.substr(0, 127), 1}, {128, exact, exact, 0},
              {128, exact + "x", exact, 1},        {4, "12345", "1234", 1},
              {0, "12345", "<none>", 0},           {128, std::string{"\x00\x00\x00\x07", 4}, "<none>", 0},
              {128, "\xFF\xFE", "<none>", 0},      {128, "", "<none>", 0}};
  for (const auto& row : rows) {
    const std::string topic = MockCluster::shared().topic();
    feed(topic, row.key);
    Traced traced{KafkaConfig{.key_bytes_max = row.bytes_max}};
    poll_one(traced, topic,
             [&](ConsumerRecord& record) { traced.kafka.next_span(record).name("process").finish(); });
    TEST_ASSERT_EQUAL(row.tag, named(traced.spans(2), "process").tag("kafka.key"));
    TEST_ASSERT_EQUAL(topic, named(traced.spans(2), "process").tag("kafka.topic"));
    TEST_ASSERT_EQUAL(row.cut, traced.tracing.books().texts_cut);
  }
}

EDGESPAN_TEST(kafka_next_span_of_a_denied_record_records_nothing_and_passes_the_ids_on, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  feed(topic, "k", {{"b3", T "-" S "-0"}});
  Traced traced;
  poll_one(traced, topic, [&](ConsumerRecord& record) {
    const Span span = traced.kafka.next_span(record).name("process");
    TEST_ASSERT_FALSE(span.recording());
    TEST_ASSERT_EQUAL(0x000462d53c8abacb, span.context().trace_lo);
    TEST_ASSERT_EQUAL(Decision::deny, span.context().decision);
  });
  (void)traced.spans(0);
}

EDGESPAN_TEST(kafka_next_span_is_nothing_while_tracing_is_off, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  feed(topic, "k", {{"b3", T "-" S "-1"}});
  Traced traced;
  traced.tracing.enable(false);
  poll_one(traced, topic, [&](ConsumerRecord& record) {
    TEST_ASSERT_FALSE(traced.kafka.next_span(record).context().valid());
    TEST_ASSERT_EQUAL((std::vector<Header>{{"b3", T "-" S "-1"}}), headers_of(record.message()));
  });
  (void)traced.spans(0);
}

EDGESPAN_TEST(kafka_next_span_takes_librdkafkas_own_message, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  feed(topic, "k", {{"b3", T "-" S "-1"}});
  Traced traced;
  PlainConsumer consumer{{{topic, 1}}};
  TracingConsumer tracing{traced.kafka, consumer.handle(), traced.kafka_memory->consumer};
  rd_kafka_message_t* message = tracing.consumer_poll(20'000);
  TEST_ASSERT_NOT_NULL(message);
  traced.kafka.next_span(message).name("process").finish();
  const std::vector<Header> after = headers_of(message);
  rd_kafka_message_destroy(message);
  TEST_ASSERT_EQUAL((std::vector<Header>{{"b3", b3_of(named(traced.spans(2), "poll"))}}), after);
  TEST_ASSERT_EQUAL(named(traced.spans(2), "poll").id, named(traced.spans(2), "process").parent_id);
}

// One trace from the producer to the work: send, poll, process.
EDGESPAN_TEST(kafka_send_poll_and_process_are_one_trace, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  Traced traced;
  ReportingProducer producer{traced};
  TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .key = "k"}));
  producer.delivered(1);
  poll_one(traced, topic, [&](ConsumerRecord& record) {
    const Span span = traced.kafka.next_span(record).name("process");
    const Scope scope{traced.tracing, span.context()};
    TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .key = "onward"}));
  });
  producer.delivered(2);
  const std::vector<DecodedSpan>& spans = traced.spans(4);
  const DecodedSpan& process = named(spans, "process");
  TEST_ASSERT_TRUE(named(spans, "send").parent_id.empty());
  TEST_ASSERT_EQUAL(named(spans, "send").id, named(spans, "poll").parent_id);
  TEST_ASSERT_EQUAL(named(spans, "poll").id, process.parent_id);
  for (const DecodedSpan& span : spans) {
    TEST_ASSERT_EQUAL(process.trace_id, span.trace_id);
    if (span.tag("kafka.key") == "onward") TEST_ASSERT_EQUAL(process.id, span.parent_id);
  }
}

// rewrite_headers = false: the record stays as it came, and the tree is the same.
struct Untouched {
  const char* what;
  std::vector<RecordHeader> headers;
  bool shared_root;
};
const Untouched untouched[] = {
    {"ids", {{"b3", T "-" S "-1"}, {"X-B3-Sampled", "stale"}}, true},
    {"ids without a decision", {{"b3", T "-" S}}, true},
    {"a shared root", {}, true},
    {"a malformed header", {{"b3", "junk"}}, true},
};
const Untouched untouched_roots[] = {
    {"a root of its own", {}, false},
    {"flag 1", {{"b3", "1"}}, true},
    {"flag d", {{"b3", "d"}}, true},
};

void check_untouched(const Untouched& one) {
  TEST_CONTEXT(one.what);
  const std::string topic = MockCluster::shared().topic();
  feed(topic, "k", one.headers);
  KafkaConfig config;
  config.rewrite_headers = false;
  config.shared_root = one.shared_root;
  Traced traced{config};
  poll_one(traced, topic, [&](ConsumerRecord& record) {
    const std::vector<Header> before = headers_of(record.message());
    TEST_ASSERT_EQUAL(one.headers.size(), before.size());
    if (!before.empty()) TEST_ASSERT_EQUAL(std::string{one.headers[0].value}, before[0].value);
    traced.kafka.next_span(record).name("process").finish();
    traced.kafka.next_span(record).name("again").finish();
    TEST_ASSERT_EQUAL(before, headers_of(record.message()));
  });
  const std::vector<DecodedSpan>& spans = traced.spans(3);
  for (const char* name : {"process", "again"}) {
    TEST_ASSERT_EQUAL(named(spans, "poll").trace_id, named(spans, name).trace_id);
    TEST_ASSERT_EQUAL(named(spans, "poll").id, named(spans, name).parent_id);
    TEST_ASSERT_EQUAL(named(spans, "poll").debug, named(spans, name).debug);
  }
}

EDGESPAN_TEST(kafka_records_that_are_not_rewritten_have_the_same_tree, "kafka") {
  for (const Untouched& one : untouched) check_untouched(one);
}

EDGESPAN_TEST(kafka_roots_of_records_that_are_not_rewritten_have_the_same_tree, "kafka") {
  for (const Untouched& one : untouched_roots) check_untouched(one);
}

EDGESPAN_TEST(kafka_a_rules_verdict_holds_for_records_that_are_not_rewritten, "kafka") {
  const Sampler never = Sampler::never();
  const SamplerRule rules[] = {{.sampler = &never}};
  const std::string topic = MockCluster::shared().topic();
  feed(topic, "k", {{"b3", T "-" S}});
  KafkaConfig config;
  config.rewrite_headers = false;
  config.consumer_sampler.rules = rules;
  Traced traced{config};
  poll_one(traced, topic,
           [&](ConsumerRecord& record) { traced.kafka.next_span(record).name("process").finish(); });
  (void)traced.spans(0);
}

}  // namespace
