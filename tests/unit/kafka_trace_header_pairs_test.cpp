// SPDX-License-Identifier: Apache-2.0
// Every pair of trace headers, in each order, with doubles, in capitals, and with headers of others between
// them: the newest trace goes on, and of each name one header leaves.
#include "support/kafka_clients.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::test;

#define T "463ac35c9f6413ad48485a3953bb6124"
#define U "563ac35c9f6413ad48485a3953bb6125"
#define S "a2fb4a1d1a96d312"
#define P "b7ad6b7169203331"

enum class Format { b3_single, b3_multi, w3c };

// A context as one sender writes it: with one header or with several.
struct Carrier {
  Format format;
  const char* trace;
  const char* span;
  std::vector<RecordHeader> headers;
};

const std::vector<Carrier> carriers{
    {Format::b3_single, T, S, {{"b3", T "-" S "-1"}}},
    {Format::b3_single, U, P, {{"b3", U "-" P "-1-" S}}},
    {Format::b3_single, U, P, {{"B3", U "-" P "-1"}}},
    {Format::b3_multi, T, S, {{"X-B3-TraceId", T}, {"X-B3-SpanId", S}, {"X-B3-Sampled", "1"}}},
    {Format::b3_multi, U, P, {{"x-b3-sampled", "1"}, {"x-b3-spanid", P}, {"x-b3-traceid", U}}},
    {Format::w3c, T, S, {{"traceparent", "00-" T "-" S "-01"}}},
    {Format::w3c, U, P, {{"traceparent", "00-" U "-" P "-01"}, {"tracestate", "a=1"}}},
    {Format::w3c, U, P, {{"TRACEPARENT", "00-" U "-" P "-01"}}},
};

// Who counts of two that stand in this order. Within B3 the single header does, wherever it stands, as in
// Brave.
const Carrier& newest(const Carrier& first, const Carrier& second) {
  const bool single_first = first.format == Format::b3_single && second.format == Format::b3_multi;
  return single_first ? first : second;
}

std::vector<std::string> trace_headers(const std::vector<Header>& headers) {
  std::vector<std::string> names;
  for (const Header& header : headers)
    if (!header.name.starts_with("app")) names.push_back(header.name);
  return names;
}

// What leaves beside b3: traceparent where the trace came in with one, and tracestate with the parent it came
// with.
std::vector<std::string> expected_names(const Carrier& first, const Carrier& second) {
  const std::string trace = newest(first, second).trace;
  const Carrier* parent = nullptr;  // the traceparent that counts
  for (const Carrier* carrier : {&first, &second})
    if (carrier->format == Format::w3c) parent = carrier;
  if (parent == nullptr || parent->trace != trace) return {"b3"};
  const auto has_state = [](const Carrier& carrier) { return carrier.headers.back().name == "tracestate"; };
  if (has_state(first) == has_state(second))
    return {"b3", "traceparent"};  // none, or which of two nobody knows
  const Carrier& stated = has_state(first) ? first : second;
  return stated.trace == trace ? std::vector<std::string>{"tracestate", "b3", "traceparent"}
                               : std::vector<std::string>{"b3", "traceparent"};
}

EDGESPAN_TEST(row_48_of_every_pair_of_trace_headers_the_newest_counts_and_one_of_a_name_leaves, "kafka") {
  Traced<Limits{}, KafkaLimits{.inflight_max = 256}> traced;
  ReportingProducer producer{traced};
  const std::string topic = MockCluster::shared().topic();
  for (const Carrier& first : carriers) {
    for (const Carrier& second : carriers) {
      std::vector<RecordHeader> headers{{"app-1", "x"}};
      headers.insert(headers.end(), first.headers.begin(), first.headers.end());
      headers.push_back({"app-2", "y"});
      headers.insert(headers.end(), second.headers.begin(), second.headers.end());
      TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .key = "k", .headers = headers}));
    }
  }
  const std::size_t pairs = carriers.size() * carriers.size();
  producer.delivered(pairs);
  const std::vector<DecodedSpan>& spans = traced.spans(pairs);
  std::size_t at = 0;
  for (const Carrier& first : carriers) {
    for (const Carrier& second : carriers) {
      TEST_CONTEXT(first.headers[0].name << " " << first.trace << ", " << second.headers[0].name << " "
                                         << second.trace);
      const std::vector<Header>& seen = producer.reports(pairs)[at++].headers;
      const auto span = std::find_if(spans.begin(), spans.end(), [&](const DecodedSpan& candidate) {
        return b3_of(candidate) == b3_of(seen);
      });
      TEST_ASSERT_TRUE(span != spans.end());
      TEST_ASSERT_EQUAL(newest(first, second).trace, span->trace_id);
      TEST_ASSERT_EQUAL(newest(first, second).span, span->parent_id);
      TEST_ASSERT_EQUAL(expected_names(first, second), trace_headers(seen));
    }
  }
}

}  // namespace
