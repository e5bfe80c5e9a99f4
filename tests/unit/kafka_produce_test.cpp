// SPDX-License-Identifier: Apache-2.0
// What a traced send does to the record's headers, and which span it reports: the rows that were observed on
// Brave 6.3, with the departures that agent/DESIGN.md lists.
#include "support/kafka_clients.hpp"

#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::test;

#define T "000462d53c8abacb"
#define H "000462d53c8abad3"
#define S "000462d53c8abacd"
#define P "000462d53c8abacc"
#define Z "0000000000000000"

const char* const fresh = "";  // a trace id of our own

struct Row {
  const char* what;
  std::vector<RecordHeader> before;
  const char* trace;   // hexadecimal, or fresh
  const char* parent;  // hexadecimal, or "" for a root
  char decision;       // 1 and d: reported; 0: not
  std::vector<Header> kept{};
};

// The whole X-B3 set, well-formed.
const std::vector<RecordHeader> multi{
    {"X-B3-TraceId", T}, {"X-B3-SpanId", S}, {"X-B3-ParentSpanId", P}, {"X-B3-Sampled", "1"}};

std::vector<RecordHeader> with(std::vector<RecordHeader> headers, const RecordHeader& more) {
  headers.push_back(more);
  return headers;
}

const std::vector<Row> rows{
    {"no headers", {}, fresh, "", '1'},
    {"other headers only", {{"a", "1"}, {"b", {}}}, fresh, "", '1', {{"a", "1"}, {"b", std::nullopt}}},
    {"ids, accepted; another header stays in front",
     {{"b3", T "-" S "-1"}, {"a", "x"}},
     T,
     S,
     '1',
     {{"a", "x"}}},
    {"the incoming parent is not the parent", {{"b3", H T "-" S "-1-" P}}, H T, S, '1'},
    {"ids, denied", {{"b3", T "-" S "-0"}}, T, S, '0'},
    {"ids, debug", {{"b3", T "-" S "-d"}}, T, S, 'd'},
    {"ids without a decision", {{"b3", T "-" S}}, T, S, '1'},
    {"flag 0", {{"b3", "0"}}, fresh, "", '0'},
    {"flag 1", {{"b3", "1"}}, fresh, "", '1'},
    {"flag d", {{"b3", "d"}}, fresh, "", 'd'},
    {"junk", {{"b3", "junk"}}, fresh, "", '1'},
    {"empty value", {{"b3", std::string_view{"", 0}}}, fresh, "", '1'},
    {"null value", {{"b3", {}}}, fresh, "", '1'},
    {"NUL in the value", {{"b3", std::string_view{T "\0" S "-1", 35}}}, fresh, "", '1'},
    {"two of them: the last is the parent", {{"b3", H "-" P "-1"}, {"b3", T "-" S "-1"}}, T, S, '1'},
    {"low half of the trace id zero: both halves are kept", {{"b3", H Z "-" S "-1"}}, H Z, S, '1'},
    {"high half of the trace id zero", {{"b3", Z T "-" S "-1"}}, T, S, '1'},
    {"X-B3 set", multi, T, S, '1'},
    {"X-B3 set, debug", with(multi, {"X-B3-Flags", "1"}), T, S, 'd'},
    {"X-B3 set, malformed: gone", with(multi, {"X-B3-TraceId", "xyz"}), fresh, "", '1'},
    {"X-B3 set, zero parent: gone", with(multi, {"X-B3-ParentSpanId", Z}), fresh, "", '1'},
    {"X-B3-Sampled alone: gone", {{"X-B3-Sampled", "0"}}, fresh, "", '0'},
    {"X-B3-Flags alone", {{"X-B3-Flags", "1"}}, fresh, "", 'd'},
    {"b3 wins over the set", with(multi, {"b3", H "-" P "-0"}), H, P, '0'},
    {"junk b3 leaves the word to the set", with(multi, {"b3", "junk"}), T, S, '1'},
    {"keys in capitals", {{"B3", T "-" S "-1"}, {"k", "v"}}, T, S, '1', {{"k", "v"}}},
    {"keys in small letters", {{"x-b3-traceid", T}, {"x-b3-spanid", S}, {"x-b3-sampled", "0"}}, T, S, '0'},
    {"one key in two spellings: the last is the parent",
     {{"B3", H "-" P "-1"}, {"b3", T "-" S "-1"}},
     T,
     S,
     '1'},
};

void check_row(const Row& row, const WireRecord& wire, const DecodedSpan* span) {
  TEST_CONTEXT(row.what);
  TEST_ASSERT_EQUAL(row.kept.size() + 1, wire.headers.size());
  const std::vector<Header> kept{wire.headers.begin(), wire.headers.end() - 1};
  TEST_ASSERT_EQUAL(row.kept, kept);
  TEST_ASSERT_EQUAL_STRING("b3", wire.headers.back().name);
  const std::string b3 = wire.headers.back().value.value();
  const std::size_t trace_size = row.trace == std::string{fresh} ? 32 : std::string_view{row.trace}.size();
  TEST_ASSERT_EQUAL(trace_size + 1 + 16 + 2, b3.size());
  if (row.trace != std::string{fresh}) TEST_ASSERT_EQUAL(row.trace, b3.substr(0, trace_size));
  TEST_ASSERT_NOT_EQUAL(row.parent, b3.substr(trace_size + 1, 16));
  TEST_ASSERT_EQUAL(row.decision, b3.back());
  TEST_ASSERT_EQUAL((row.decision != '0'), (span != nullptr));
  if (span == nullptr) return;
  TEST_ASSERT_EQUAL(b3_of(*span), b3);
  TEST_ASSERT_EQUAL(row.parent, span->parent_id);
  TEST_ASSERT_EQUAL((row.decision == 'd'), span->debug);
}

EDGESPAN_TEST(kafka_send_follows_the_headers_of_the_record, "kafka") {
  Traced traced;
  ReportingProducer producer{traced};
  const std::string topic = MockCluster::shared().topic();
  std::size_t reported = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string key = std::to_string(i);
    TEST_ASSERT_EQUAL(
        0, producer->send({.topic = topic.c_str(), .key = key, .value = "v", .headers = rows[i].before}));
    reported += rows[i].decision != '0';
  }
  producer.delivered(rows.size());
  std::map<std::string, const DecodedSpan*> by_key;
  for (const DecodedSpan& span : traced.spans(reported)) by_key[span.tag("kafka.key")] = &span;
  const std::vector<WireRecord> wire = read_wire(topic, rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    TEST_ASSERT_EQUAL(std::to_string(i), wire[i].key);
    check_row(rows[i], wire[i], by_key[wire[i].key]);
  }
}

// Row 30 of the failure model, on the wire.
EDGESPAN_TEST(kafka_b3_in_front_of_300_headers_is_the_parent_and_one_b3_leaves, "kafka") {
  Traced traced;
  ReportingProducer producer{traced};
  const std::string topic = MockCluster::shared().topic();
  for (const std::size_t ours : {1U, 20U}) {
    std::vector<RecordHeader> before(ours, RecordHeader{"b3", T "-" S "-1"});
    before.resize(ours + 300, RecordHeader{"own", "x"});
    TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .headers = before}));
  }
  producer.delivered(2);
  const std::vector<DecodedSpan>& spans = traced.spans(2);
  const std::vector<WireRecord> wire = read_wire(topic, 2);
  for (std::size_t i = 0; i < 2; ++i) {
    TEST_ASSERT_EQUAL(S, spans[i].parent_id);
    std::vector<Header> after(300, Header{"own", "x"});
    after.push_back({"b3", b3_of(spans[i])});
    TEST_ASSERT_EQUAL(after, wire[i].headers);
  }
}

EDGESPAN_TEST(kafka_send_span_says_who_what_where_and_how_long, "kafka") {
  TracingConfig config;
  config.local.service_name = "Pump";
  Traced traced{KafkaConfig{}, config};
  ReportingProducer producer{traced};
  const std::string topic = MockCluster::shared().topic();
  const auto wall_us = [&] { return traced.clock.table().wall_us(traced.clock.table().ctx); };
  const std::uint64_t before_us = wall_us();
  TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .key = "k1", .value = "v"}));
  producer.delivered(1);
  const std::uint64_t after_us = wall_us();
  const DecodedSpan& span = traced.spans(1)[0];
  TEST_ASSERT_EQUAL(Kind::producer, span.kind);
  TEST_ASSERT_EQUAL_STRING("send", span.name);
  TEST_ASSERT_EQUAL_STRING("pump", span.local.service_name);
  TEST_ASSERT_EQUAL_STRING("kafka", span.remote.service_name);
  TEST_ASSERT_EQUAL((std::map<std::string, std::string>{{"kafka.key", "k1"}, {"kafka.topic", topic}}),
                    span.tags);
  TEST_ASSERT_EQUAL(2, span.tags_written);
  TEST_ASSERT_TRUE(span.annotations.empty());
  TEST_ASSERT_FALSE(span.shared);
  constexpr std::uint64_t clocks_apart_us = 5'000;  // the two clocks are read one after the other
  TEST_ASSERT_GREATER_OR_EQUAL(before_us, span.timestamp + clocks_apart_us);
  TEST_ASSERT_GREATER_OR_EQUAL(1, span.duration);
  TEST_ASSERT_LESS_OR_EQUAL(after_us + clocks_apart_us, span.timestamp + span.duration);
}

EDGESPAN_TEST(kafka_send_prefers_the_scope_and_takes_stale_headers_out, "kafka") {
  const Sampler never = Sampler::never();
  const SamplerRule rules[] = {{.sampler = &never}};  // not asked: the scope holds a decision
  KafkaConfig config;
  config.producer_sampler.rules = rules;
  Traced traced{config};
  ReportingProducer producer{traced};
  const std::string topic = MockCluster::shared().topic();
  const Context accepted{
      .trace_hi = 1, .trace_lo = 2, .span_id = 3, .parent_id = 4, .decision = Decision::accept};
  const Context denied{.trace_lo = 5, .span_id = 6, .decision = Decision::deny};
  const std::vector<RecordHeader> stale = with(with(multi, {"b3", T "-" S "-d"}), {"a", "x"});
  for (const Context& context : {accepted, denied}) {
    const Scope scope{traced.tracing, context};
    TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .headers = stale}));
  }
  const std::vector<Report>& reports = producer.reports(2);
  const DecodedSpan& span = traced.spans(1)[0];
  TEST_ASSERT_EQUAL_STRING("00000000000000010000000000000002", span.trace_id);
  TEST_ASSERT_EQUAL_STRING("0000000000000003", span.parent_id);
  TEST_ASSERT_EQUAL((std::vector<Header>{{"a", "x"}, {"b3", b3_of(span)}}), reports[0].headers);
  TEST_ASSERT_EQUAL(2, reports[1].headers.size());
  const std::string b3 = b3_of(reports[1].headers);
  TEST_ASSERT_EQUAL_STRING("0000000000000005-", b3.substr(0, 17));
  TEST_ASSERT_NOT_EQUAL("0000000000000006", b3.substr(17, 16));
  TEST_ASSERT_EQUAL_STRING("-0", b3.substr(33));
}

std::vector<Header> sent_with(const Propagation& propagation, const char* b3) {
  KafkaConfig config;
  config.propagation = propagation;
  Traced traced{config};
  ReportingProducer producer{traced};
  const RecordHeader before[] = {{"b3", b3}, {"a", "x"}, {"X-B3-TraceId", H}};
  TEST_ASSERT_EQUAL(0, producer->send({.topic = MockCluster::shared().topic().c_str(), .headers = before}));
  const std::vector<Header> headers = producer.reports(1)[0].headers;
  const bool denied = std::string_view{b3}.back() == '0';
  (void)traced.spans(denied ? 0 : 1);
  TEST_ASSERT_EQUAL((Header{"a", "x"}), headers[0]);
  return {headers.begin() + 1, headers.end()};
}

EDGESPAN_TEST(kafka_send_writes_every_format, "kafka") {
  const auto id = [](const std::vector<Header>& headers, std::size_t at) {
    return headers.at(at).value.value();
  };
  const std::vector<Header> single = sent_with({TraceFormat::b3_parent}, T "-" S "-1");
  TEST_ASSERT_EQUAL((std::vector<Header>{{"b3", T "-" + id(single, 0).substr(17, 16) + "-1-" S}}), single);

  const std::vector<Header> accepted = sent_with({TraceFormat::b3_multi}, T "-" S "-1");
  TEST_ASSERT_EQUAL((std::vector<Header>{{"X-B3-TraceId", T},
                                         {"X-B3-SpanId", id(accepted, 1)},
                                         {"X-B3-ParentSpanId", S},
                                         {"X-B3-Sampled", "1"}}),
                    accepted);
  const std::vector<Header> debug = sent_with({TraceFormat::b3_multi}, H T "-" S "-d");
  TEST_ASSERT_EQUAL((std::vector<Header>{{"X-B3-TraceId", H T},
                                         {"X-B3-SpanId", id(debug, 1)},
                                         {"X-B3-ParentSpanId", S},
                                         {"X-B3-Flags", "1"}}),
                    debug);
  const std::vector<Header> denied = sent_with({TraceFormat::b3, TraceFormat::b3_multi}, T "-" S "-0");
  TEST_ASSERT_EQUAL((std::vector<Header>{{"b3", T "-" + id(denied, 2) + "-0"},
                                         {"X-B3-TraceId", T},
                                         {"X-B3-SpanId", id(denied, 2)},
                                         {"X-B3-ParentSpanId", S},
                                         {"X-B3-Sampled", "0"}}),
                    denied);
}

EDGESPAN_TEST(kafka_send_leaves_records_alone_while_tracing_is_off, "kafka") {
  Traced traced;
  ReportingProducer producer{traced};
  const std::string topic = MockCluster::shared().topic();
  const RecordHeader before[] = {{"b3", T "-" S "-1"}, {"X-B3-Sampled", "junk"}, {"a", "x"}};
  traced.tracing.enable(false);
  TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .headers = before}));
  TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str()}));
  traced.tracing.enable(true);
  TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str()}));
  traced.tracing.enable(false);  // a span that is open ends as usual
  const std::vector<Report>& reports = producer.reports(3);
  const std::vector<Header> untouched{{"b3", T "-" S "-1"}, {"X-B3-Sampled", "junk"}, {"a", "x"}};
  TEST_ASSERT_EQUAL(untouched, reports[0].headers);
  TEST_ASSERT_TRUE(reports[1].headers.empty());
  TEST_ASSERT_EQUAL(b3_of(traced.spans(1)[0]), b3_of(reports[2].headers));
}

EDGESPAN_TEST(kafka_producer_rules_decide_only_where_nothing_is_decided, "kafka") {
  const Sampler never = Sampler::never();
  const Sampler always = Sampler::always();
  const std::string quiet = MockCluster::shared().topic();
  const std::string loud = MockCluster::shared().topic();
  const SamplerRule rules[] = {{Operation::receive, {}, &never},  // another operation
                               {Operation::send, quiet, &never},
                               {Operation::any, loud, &always}};
  KafkaConfig config;
  config.producer_sampler.rules = rules;
  TracingConfig tracing_config;
  tracing_config.sampler = never;
  Traced traced{config, tracing_config};
  ReportingProducer producer{traced};
  const struct {
    std::string topic;
    const char* b3;
    char decision;
  } cases[] = {
      {quiet, nullptr, '0'},      {quiet, T "-" S, '0'}, {quiet, "1", '1'},
      {quiet, T "-" S "-d", 'd'}, {loud, nullptr, '1'},  {loud, T "-" S, '1'},
      {loud, T "-" S "-0", '0'},  {loud, "0", '0'},      {MockCluster::shared().topic(), nullptr, '0'}};
  std::size_t sampled = 0;
  for (const auto& one : cases) {
    const RecordHeader header{"b3", one.b3 != nullptr ? one.b3 : ""};
    const std::span<const RecordHeader> headers{&header, one.b3 != nullptr ? 1U : 0U};
    const std::string key = std::to_string(&one - cases);
    TEST_ASSERT_EQUAL(0, producer->send({.topic = one.topic.c_str(), .key = key, .headers = headers}));
    sampled += one.decision != '0';
  }
  for (const Report& report : producer.reports(std::size(cases))) {
    TEST_CONTEXT(report.key);
    TEST_ASSERT_EQUAL(cases[std::stoul(report.key)].decision, b3_of(report.headers).back());
  }
  (void)traced.spans(sampled);
}

EDGESPAN_TEST(kafka_ids_of_64_bits_and_no_remote_endpoint_on_request, "kafka") {
  KafkaConfig config;
  config.remote_service_name = {};
  TracingConfig tracing_config;
  tracing_config.trace_id_128 = false;
  Traced traced{config, tracing_config};
  ReportingProducer producer{traced};
  producer.warm_up(MockCluster::shared().topic());
  const DecodedSpan& span = traced.spans(1)[0];
  TEST_ASSERT_EQUAL(span.id, span.trace_id);
  TEST_ASSERT_FALSE(span.remote.present);
  TEST_ASSERT_EQUAL(b3_of(span), b3_of(producer.reports(1)[0].headers));
}

}  // namespace
