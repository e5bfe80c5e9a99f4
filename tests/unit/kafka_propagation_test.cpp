// SPDX-License-Identifier: Apache-2.0
// W3C trace context on records: what a send and a poll make of the headers that stand there, which of them
// leave, and that a trace of OpenTelemetry stays one through a gateway.
#include "support/kafka_clients.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::test;
using namespace std::chrono_literals;
using enum TraceFormat;

#define T "463ac35c9f6413ad48485a3953bb6124"
#define U "563ac35c9f6413ad48485a3953bb6125"
#define S "a2fb4a1d1a96d312"
#define P "b7ad6b7169203331"

// `*` stands for the span's id.
struct Row {
  const char* what;
  std::vector<RecordHeader> before;
  std::vector<Header> after;
  const char* trace;  // of the span; "": a new one
  const char* parent = "";
  bool sampled = true;
  std::uint32_t states_dropped = 0;
};

const RecordHeader parent_t{"traceparent", "00-" T "-" S "-01"};
const RecordHeader state{"tracestate", "ot=th:8,dd=s:1"};
const Header kept_state{"tracestate", "ot=th:8,dd=s:1"};
const Header b3_t{"b3", T "-*-1"};
const Header w3c_t{"traceparent", "00-" T "-*-01"};
const Header b3_u{"b3", U "-*-1"};

const std::vector<Row> rows{
    {"traceparent", {parent_t}, {b3_t, w3c_t}, T, S},
    {"random id", {{"traceparent", "00-" T "-" S "-03"}}, {b3_t, {"traceparent", "00-" T "-*-03"}}, T, S},
    {"unsampled",
     {{"traceparent", "00-" T "-" S "-02"}},
     {{"b3", T "-*-0"}, {"traceparent", "00-" T "-*-02"}},
     T,
     S,
     false},
    {"bits that nobody knows", {{"traceparent", "00-" T "-" S "-f5"}}, {b3_t, w3c_t}, T, S},
    {"a later version", {{"traceparent", "cc-" T "-" S "-01-x"}}, {b3_t, w3c_t}, T, S},
    {"malformed", {{"traceparent", "00-" T "-" S "-1"}, {"a", "x"}}, {{"a", "x"}, {"b3", "?-*-1"}}, ""},
    {"a name in capitals", {{"TraceParent", "00-" T "-" S "-01"}}, {b3_t, w3c_t}, T, S},
    {"two: the last counts, one leaves",
     {{"traceparent", "00-" U "-" P "-01"}, parent_t},
     {b3_t, w3c_t},
     T,
     S},
    {"two spellings", {{"TRACEPARENT", "00-" U "-" P "-01"}, parent_t}, {b3_t, w3c_t}, T, S},
    {"the last is null", {parent_t, {"traceparent", {}}}, {{"b3", "?-*-1"}}, ""},
    {"a stale b3 in front", {{"b3", U "-" P "-1"}, parent_t}, {b3_t, w3c_t}, T, S},
    {"a stale X-B3 set in front", {{"X-B3-TraceId", U}, {"x-b3-spanid", P}, parent_t}, {b3_t, w3c_t}, T, S},
    {"a newer b3 behind", {parent_t, {"b3", U "-" P "-1"}}, {b3_u}, U, P},
    {"a newer X-B3 set behind", {parent_t, {"X-B3-TraceId", U}, {"X-B3-SpanId", P}}, {b3_u}, U, P},
    {"a newer b3 that is malformed", {parent_t, {"b3", "junk"}}, {b3_t, w3c_t}, T, S},
    {"one trace, b3 behind", {parent_t, {"b3", T "-" P "-1"}}, {b3_t, w3c_t}, T, P},
    {"one trace, traceparent behind", {{"b3", T "-" P "-1"}, parent_t}, {b3_t, w3c_t}, T, S},
    {"one trace, an undecided b3", {parent_t, {"b3", T "-" P}}, {b3_t, w3c_t}, T, P},
    {"debug stays debug in b3", {{"b3", T "-" P "-d"}, parent_t}, {{"b3", T "-*-d"}, w3c_t}, T, S},
    {"a bare decision behind",
     {parent_t, {"b3", "0"}},
     {{"b3", T "-*-0"}, {"traceparent", "00-" T "-*-00"}},
     T,
     S,
     false},
    {"tracestate stays with its parent, in its place",
     {state, {"a", "x"}, parent_t},
     {kept_state, {"a", "x"}, b3_t, w3c_t},
     T,
     S},
    {"with a b3 of that trace", {parent_t, {"b3", T "-" P "-1"}, state}, {kept_state, b3_t, w3c_t}, T, P},
    {"beside another spelling of its parent",
     {state, {"Traceparent", "00-" T "-" S "-01"}},
     {kept_state, b3_t, w3c_t},
     T,
     S},
    {"not with a newer b3", {parent_t, state, {"b3", U "-" P "-1"}}, {b3_u}, U, P, true, 1},
    {"not with a parent behind its own",
     {{"traceparent", "00-" U "-" P "-01"}, state, parent_t},
     {b3_t, w3c_t},
     T,
     S,
     true,
     1},
    {"with the parent in front of it, behind an older one",
     {{"traceparent", "00-" U "-" P "-01"}, parent_t, state},
     {kept_state, b3_t, w3c_t},
     T,
     S},
    {"not with the second parent behind it",
     {state, {"traceparent", "00-" U "-" P "-01"}, parent_t},
     {b3_t, w3c_t},
     T,
     S,
     true,
     1},
    {"not with a malformed parent", {{"traceparent", "x"}, state}, {{"b3", "?-*-1"}}, "", "", true, 1},
    {"not alone", {state}, {{"b3", "?-*-1"}}, "", "", true, 1},
    {"not malformed", {parent_t, {"tracestate", "a=1,a=2"}}, {b3_t, w3c_t}, T, S, true, 1},
    {"not twice", {parent_t, state, state}, {b3_t, w3c_t}, T, S, true, 1},
    {"not in capitals, where nobody finds it",
     {parent_t, {"TraceState", "a=1"}},
     {b3_t, w3c_t},
     T,
     S,
     true,
     1},
    {"not a null one", {parent_t, {"tracestate", {}}}, {b3_t, w3c_t}, T, S, true, 1},
    {"baggage is not touched",
     {{"baggage", "k=v"}, parent_t, {"Baggage", "x"}},
     {{"baggage", "k=v"}, {"Baggage", "x"}, b3_t, w3c_t},
     T,
     S},
    {"names that only look like ours",
     {{"traceparents", "x"}, {"trace", "y"}, {"t", "z"}, parent_t},
     {{"traceparents", "x"}, {"trace", "y"}, {"t", "z"}, b3_t, w3c_t},
     T,
     S},
};

// Replaces `?` by the trace id and `*` by the span's id that stand in the record's b3.
std::vector<Header> with_ids(std::vector<Header> expected, const std::vector<Header>& seen) {
  const std::string b3 = b3_of(seen);
  for (Header& header : expected) {
    if (!header.value) continue;
    std::string& text = *header.value;
    if (const auto at = text.find('?'); at != std::string::npos) text.replace(at, 1, b3.substr(0, 32));
    if (header.name != "b3" && header.name != "traceparent") continue;
    if (const auto at = text.find('*'); at != std::string::npos) text.replace(at, 1, b3.substr(33, 16));
  }
  return expected;
}

template <typename T_>
void check(const Row& row, const std::vector<Header>& seen, T_& traced) {
  TEST_ASSERT_EQUAL(with_ids(row.after, seen), seen);
  const std::vector<DecodedSpan>& spans = traced.spans(row.sampled ? 1 : 0);
  TEST_ASSERT_EQUAL(row.states_dropped, traced.tracing.books().tracestates_dropped);
  if (!row.sampled) return;
  if (*row.trace != '\0') TEST_ASSERT_EQUAL(row.trace, spans[0].trace_id);
  TEST_ASSERT_EQUAL(row.parent, spans[0].parent_id);
  TEST_ASSERT_EQUAL(b3_of(spans[0]), b3_of(seen));
}

EDGESPAN_TEST(kafka_send_follows_headers_of_both_formats, "kafka") {
  for (const Row& row : rows) {
    TEST_CONTEXT(row.what);
    Traced traced;
    ReportingProducer producer{traced};
    const std::string topic = MockCluster::shared().topic();
    TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .key = "k", .headers = row.before}));
    producer.delivered(1);
    check(row, producer.reports(1)[0].headers, traced);
  }
}

template <typename T_, typename Use>
void poll_one(T_& traced, const std::string& topic, Use use) {
  PlainConsumer consumer{{{topic, 1}}};
  TracingConsumer tracing{traced.kafka, consumer.handle(), traced.kafka_memory->consumer};
  consumer.wait_for(1);
  ConsumerBatch batch = tracing.poll(5s);
  TEST_ASSERT_EQUAL(1, batch.size());
  use(*batch.begin());
}

std::string fed(const std::vector<RecordHeader>& headers) {
  const std::string topic = MockCluster::shared().topic();
  Feed feed;
  feed.add(topic, "k", headers);
  feed.done();
  return topic;
}

EDGESPAN_TEST(kafka_poll_follows_headers_of_both_formats, "kafka") {
  for (const Row& row : rows) {
    TEST_CONTEXT(row.what);
    const std::string topic = fed(row.before);
    Traced traced;
    std::vector<Header> seen;
    poll_one(traced, topic, [&](ConsumerRecord& record) { seen = headers_of(record.message()); });
    check(row, seen, traced);
  }
}

std::vector<Header> sent_with(const Propagation& propagation, const RecordHeader& before) {
  KafkaConfig config;
  config.propagation = propagation;
  Traced traced{config};
  ReportingProducer producer{traced};
  const std::string topic = MockCluster::shared().topic();
  const RecordHeader headers[] = {before};
  TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .key = "k", .headers = headers}));
  producer.delivered(1);
  return producer.reports(1)[0].headers;
}

std::string names_of(const std::vector<Header>& headers) {
  std::string names;
  for (const Header& header : headers) names += header.name + " ";
  return names;
}

EDGESPAN_TEST(kafka_propagation_chooses_what_is_written_and_in_which_order, "kafka") {
  const RecordHeader none{"a", "x"};
  TEST_ASSERT_EQUAL("a b3 ", names_of(sent_with({}, none)));
  TEST_ASSERT_EQUAL("b3 traceparent ", names_of(sent_with({}, parent_t)));
  TEST_ASSERT_EQUAL("b3 ", names_of(sent_with({b3}, parent_t)));
  TEST_ASSERT_EQUAL("a traceparent ", names_of(sent_with({w3c}, none)));
  TEST_ASSERT_EQUAL("a traceparent b3 ", names_of(sent_with({w3c, b3}, none)));
  TEST_ASSERT_EQUAL("traceparent b3 ", names_of(sent_with({w3c_continued, b3}, parent_t)));
  TEST_ASSERT_EQUAL("a ", names_of(sent_with({w3c_continued}, none)));
  TEST_ASSERT_EQUAL("a X-B3-TraceId X-B3-SpanId X-B3-Sampled traceparent b3 ",
                    names_of(sent_with({b3_multi, w3c, b3}, none)));
  // Ids that come from B3 are not said to be random, those of our own are.
  TEST_ASSERT_EQUAL("-01", sent_with({w3c}, {"b3", T "-" S "-1"})[0].value->substr(52));
  TEST_ASSERT_EQUAL("-03", sent_with({w3c}, none)[1].value->substr(52));
  TEST_ASSERT_EQUAL("-01", sent_with({w3c}, {"b3", T "-" S "-d"})[0].value->substr(52));
  TEST_ASSERT_EQUAL("-00", sent_with({w3c}, {"b3", T "-" S "-0"})[0].value->substr(52));

  Traced traced;
  KafkaTracing other;
  const KafkaConfig none_at_all{.propagation = Propagation(std::initializer_list<TraceFormat>{})};
  TEST_ASSERT_EQUAL(Status::bad_config,
                    other.init(traced.tracing, traced.kafka_memory->inflight, none_at_all));
}

EDGESPAN_TEST(kafka_a_tracestate_that_is_longer_than_its_bound_is_taken_out_whole, "kafka") {
  for (const std::uint16_t most : {std::uint16_t{13}, std::uint16_t{14}}) {
    Traced traced{KafkaConfig{.tracestate_bytes_max = most}};
    ReportingProducer producer{traced};
    const std::string topic = MockCluster::shared().topic();
    const RecordHeader headers[] = {parent_t, state};
    TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .headers = headers}));
    producer.delivered(1);
    TEST_ASSERT_EQUAL(most == 14 ? 3 : 2, producer.reports(1)[0].headers.size());
    TEST_ASSERT_EQUAL(most == 14 ? 0 : 1, traced.tracing.books().tracestates_dropped);
  }
}

// An OpenTelemetry service, the gateway, and what the gateway sends on: one trace, in the same format.
EDGESPAN_TEST(kafka_a_w3c_trace_stays_one_through_the_gateway, "kafka") {
  for (const bool rewrite : {true, false}) {
    TEST_CONTEXT(rewrite);
    const std::string topic = fed({{"traceparent", "00-" T "-" S "-03"}, state});
    KafkaConfig config;
    config.rewrite_headers = rewrite;
    Traced traced{config};
    ReportingProducer producer{traced};
    const std::string onward = MockCluster::shared().topic();
    poll_one(traced, topic, [&](ConsumerRecord& record) {
      const Span span = traced.kafka.next_span(record).name("process");
      TEST_ASSERT_EQUAL(came_with_traceparent | random_trace_id, span.context().w3c);
      const Scope scope{traced.tracing, span.context()};
      TEST_ASSERT_EQUAL(0, producer->send({.topic = onward.c_str(), .key = "own"}));
      const std::vector<Header> taken = headers_of(record.message());  // forwarded
      std::vector<RecordHeader> headers;
      for (const Header& header : taken) headers.push_back({header.name, *header.value});
      TEST_ASSERT_EQUAL(0, producer->send({.topic = onward.c_str(), .key = "same", .headers = headers}));
    });
    producer.delivered(2);
    for (const Report& report : producer.reports(2)) {
      const bool forwarded = report.key == "same";
      const std::vector<Header> expected = with_ids({b3_t, {"traceparent", "00-" T "-*-03"}}, report.headers);
      std::vector<Header> seen = report.headers;
      if (forwarded) {
        TEST_ASSERT_EQUAL(kept_state, seen[0]);
        seen.erase(seen.begin());
      }
      TEST_ASSERT_EQUAL(expected, seen);
    }
    const std::vector<DecodedSpan>& spans = traced.spans(4);
    for (const DecodedSpan& span : spans) TEST_ASSERT_EQUAL(T, span.trace_id);
    TEST_ASSERT_EQUAL(0, traced.tracing.books().tracestates_dropped);
  }
}

// The scope is of another trace than the record that is sent in it: nothing of the latter leaves.
EDGESPAN_TEST(kafka_a_scope_leaves_no_header_of_another_trace, "kafka") {
  Traced traced;
  ReportingProducer producer{traced};
  const std::string topic = MockCluster::shared().topic();
  const Scope scope{traced.tracing, Context{.trace_lo = 7, .span_id = 8, .decision = Decision::accept}};
  const RecordHeader headers[] = {parent_t, state, {"X-B3-Sampled", "0"}, {"k", "v"}};
  TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .headers = headers}));
  producer.delivered(1);
  TEST_ASSERT_EQUAL("k b3 ", names_of(producer.reports(1)[0].headers));
  TEST_ASSERT_EQUAL(1, traced.tracing.books().tracestates_dropped);
}

}  // namespace
