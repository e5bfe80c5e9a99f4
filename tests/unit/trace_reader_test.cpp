// SPDX-License-Identifier: Apache-2.0
// Contexts out of any carrier: both formats, what counts when they contradict each other, and which
// tracestate goes on.
#include <edgespan/trace_reader.hpp>

#include "support/test.hpp"
#include "support/trace_ids.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace edgespan {
namespace {

using namespace std::string_view_literals;
using Kind = B3Extraction::Kind;

using test::h;
using test::p;
using test::s;
using test::t;
constexpr std::uint8_t met = came_with_traceparent, random = came_with_traceparent | random_trace_id;

struct Pair {
  std::string_view name;
  std::string_view value;
};

struct Row {
  std::string_view what;
  std::array<Pair, 4> headers;  // the rest has no name
  Kind kind;
  Context context;
  std::string_view tracestate{};
  bool dropped = false;
};

#define PARENT_T "00-" H T "-" S "-01"
#define PARENT_P "00-" H P "-" P "-00"
#define B3_T H T "-" P
#define B3_P H P "-" S

constexpr std::array rows{
    Row{"nothing", {}, Kind::empty, {}},
    Row{"others only",
        {Pair{"traces", "1"}, Pair{"t", ""}, Pair{"", "x"}, Pair{"trace-parent", "x"}},
        Kind::empty,
        {}},
    Row{"traceparent alone", {Pair{"traceparent", PARENT_T}}, Kind::ids, {h, t, s, 0, Decision::accept, met}},
    Row{"in any case", {Pair{"TraceParent", PARENT_T}}, Kind::ids, {h, t, s, 0, Decision::accept, met}},
    Row{"random",
        {Pair{"traceparent", "00-" H T "-" S "-02"}},
        Kind::ids,
        {h, t, s, 0, Decision::deny, random}},
    Row{"malformed", {Pair{"traceparent", "00-" H T "-" S "-0"}}, Kind::empty, {}},
    Row{"the last of a name counts",
        {Pair{"traceparent", PARENT_P}, Pair{"traceparent", PARENT_T}},
        Kind::ids,
        {h, t, s, 0, Decision::accept, met}},
    Row{"also if it is malformed",
        {Pair{"traceparent", PARENT_T}, Pair{"Traceparent", "junk"}},
        Kind::empty,
        {}},
    Row{"also if it is null", {Pair{"traceparent", PARENT_T}, Pair{"traceparent", {}}}, Kind::empty, {}},
    Row{"a null b3 too", {Pair{"b3", B3_T "-1"}, Pair{"B3", {}}}, Kind::empty, {}},
    Row{"a null span id too",
        {Pair{"X-B3-TraceId", H T}, Pair{"X-B3-SpanId", S}, Pair{"x-b3-spanid", {}}},
        Kind::empty,
        {}},
    Row{"of what is null first the rest",
        {Pair{"X-B3-SpanId", {}}, Pair{"X-B3-TraceId", H T}, Pair{"X-B3-SpanId", S}},
        Kind::ids,
        {h, t, s, 0, Decision::undecided}},
    Row{"a null b3 leaves the set",
        {Pair{"X-B3-TraceId", H T}, Pair{"X-B3-SpanId", S}, Pair{"b3", B3_P "-1"}, Pair{"b3", {}}},
        Kind::ids,
        {h, t, s, 0, Decision::undecided}},
    Row{"a malformed one leaves the word to b3",
        {Pair{"b3", B3_P "-1"}, Pair{"traceparent", "junk"}},
        Kind::ids,
        {h, p, s, 0, Decision::accept}},
    Row{"and a malformed b3 to it",
        {Pair{"traceparent", PARENT_T}, Pair{"b3", "junk"}},
        Kind::ids,
        {h, t, s, 0, Decision::accept, met}},
    Row{"other traces: traceparent last",
        {Pair{"b3", B3_P "-1"}, Pair{"traceparent", PARENT_T}},
        Kind::ids,
        {h, t, s, 0, Decision::accept, met}},
    Row{"other traces: b3 last",
        {Pair{"traceparent", PARENT_T}, Pair{"b3", B3_P "-0"}},
        Kind::ids,
        {h, p, s, 0, Decision::deny}},
    Row{"other traces: X-B3 last",
        {Pair{"traceparent", PARENT_T}, Pair{"x-b3-traceid", P}, Pair{"x-b3-spanid", S}},
        Kind::ids,
        {0, p, s, 0, Decision::undecided}},
    Row{"one trace: traceparent last",
        {Pair{"b3", B3_T "-0"}, Pair{"traceparent", PARENT_T}},
        Kind::ids,
        {h, t, s, 0, Decision::accept, met}},
    Row{"one trace: b3 last",
        {Pair{"traceparent", PARENT_T}, Pair{"b3", B3_T "-0-" S}},
        Kind::ids,
        {h, t, p, s, Decision::deny, met}},
    Row{"one trace: undecided b3 last",
        {Pair{"traceparent", PARENT_T}, Pair{"b3", B3_T}},
        Kind::ids,
        {h, t, p, 0, Decision::accept, met}},
    Row{"other traces: undecided b3 last",
        {Pair{"traceparent", PARENT_T}, Pair{"b3", B3_P}},
        Kind::ids,
        {h, p, s, 0, Decision::undecided}},
    Row{"one trace: debug stays",
        {Pair{"b3", B3_T "-d"}, Pair{"traceparent", PARENT_T}},
        Kind::ids,
        {h, t, s, 0, Decision::debug, met}},
    Row{"one trace: debug that was denied since",
        {Pair{"b3", B3_T "-d"}, Pair{"traceparent", "00-" H T "-" S "-00"}},
        Kind::ids,
        {h, t, s, 0, Decision::deny, met}},
    Row{"other traces: debug is the other's",
        {Pair{"b3", B3_P "-d"}, Pair{"traceparent", PARENT_T}},
        Kind::ids,
        {h, t, s, 0, Decision::accept, met}},
    Row{"a bare decision in front",
        {Pair{"b3", "0"}, Pair{"traceparent", PARENT_T}},
        Kind::ids,
        {h, t, s, 0, Decision::accept, met}},
    Row{"a bare decision behind",
        {Pair{"traceparent", PARENT_T}, Pair{"b3", "0"}},
        Kind::ids,
        {h, t, s, 0, Decision::deny, met}},
    Row{"a bare debug in front",
        {Pair{"X-B3-Flags", "1"}, Pair{"traceparent", PARENT_T}},
        Kind::ids,
        {h, t, s, 0, Decision::debug, met}},
    Row{"a bare decision alone",
        {Pair{"b3", "d"}, Pair{"tracestate", "a=1"}},
        Kind::flags,
        {.decision = Decision::debug},
        {},
        true},
    Row{"64-bit id padded",
        {Pair{"b3", T "-" P "-1"}, Pair{"traceparent", "00-" Z T "-" S "-01"}},
        Kind::ids,
        {0, t, s, 0, Decision::accept, met}},
    // tracestate
    Row{"with its parent",
        {Pair{"tracestate", "a=1,b=2"}, Pair{"traceparent", PARENT_T}},
        Kind::ids,
        {h, t, s, 0, Decision::accept, met},
        "a=1,b=2"},
    Row{"with a b3 of that trace",
        {Pair{"traceparent", PARENT_T}, Pair{"TraceState", "a=1"}, Pair{"b3", B3_T "-1"}},
        Kind::ids,
        {h, t, p, 0, Decision::accept, met},
        "a=1"},
    Row{"with a b3 of another",
        {Pair{"traceparent", PARENT_T}, Pair{"tracestate", "a=1"}, Pair{"b3", B3_P "-1"}},
        Kind::ids,
        {h, p, s, 0, Decision::accept},
        {},
        true},
    Row{"with the parent in front of it, not with a newer one",
        {Pair{"traceparent", PARENT_P}, Pair{"tracestate", "a=1"}, Pair{"traceparent", PARENT_T}},
        Kind::ids,
        {h, t, s, 0, Decision::accept, met},
        {},
        true},
    Row{"with the newest parent, behind an older one",
        {Pair{"traceparent", PARENT_P}, Pair{"traceparent", PARENT_T}, Pair{"tracestate", "a=1"}},
        Kind::ids,
        {h, t, s, 0, Decision::accept, met},
        "a=1"},
    Row{"with the first parent behind it, if none stands in front",
        {Pair{"tracestate", "a=1"}, Pair{"traceparent", PARENT_P}, Pair{"traceparent", PARENT_T}},
        Kind::ids,
        {h, t, s, 0, Decision::accept, met},
        {},
        true},
    Row{"with a parent that another of its trace follows",
        {Pair{"traceparent", "00-" H T "-" P "-01"}, Pair{"tracestate", "a=1"},
         Pair{"traceparent", PARENT_T}},
        Kind::ids,
        {h, t, s, 0, Decision::accept, met},
        "a=1"},
    Row{"not with a malformed one that a good one follows",
        {Pair{"traceparent", "junk"}, Pair{"tracestate", "a=1"}, Pair{"traceparent", PARENT_T}},
        Kind::ids,
        {h, t, s, 0, Decision::accept, met},
        {},
        true},
    Row{"alone", {Pair{"tracestate", "a=1"}}, Kind::empty, {}, {}, true},
    Row{"with a parent that is malformed",
        {Pair{"traceparent", "junk"}, Pair{"tracestate", "a=1"}},
        Kind::empty,
        {},
        {},
        true},
    Row{"malformed",
        {Pair{"traceparent", PARENT_T}, Pair{"tracestate", "a"}},
        Kind::ids,
        {h, t, s, 0, Decision::accept, met},
        {},
        true},
    Row{"twice",
        {Pair{"traceparent", PARENT_T}, Pair{"tracestate", "a=1"}, Pair{"tracestate", "b=1"}},
        Kind::ids,
        {h, t, s, 0, Decision::accept, met},
        {},
        true},
};

void expect(const Row& row, const Extraction& found) {
  TEST_MESSAGE(row.what);
  TEST_ASSERT_EQUAL_INT(row.kind, found.kind);
  TEST_ASSERT_EQUAL_HEX64(row.context.trace_hi, found.context.trace_hi);
  TEST_ASSERT_EQUAL_HEX64(row.context.trace_lo, found.context.trace_lo);
  TEST_ASSERT_EQUAL_HEX64(row.context.span_id, found.context.span_id);
  TEST_ASSERT_EQUAL_HEX64(row.context.parent_id, found.context.parent_id);
  TEST_ASSERT_EQUAL_INT(row.context.decision, found.context.decision);
  TEST_ASSERT_EQUAL_INT(row.context.w3c, found.context.w3c);
  TEST_ASSERT_EQUAL_STRING(row.tracestate, found.tracestate);
  TEST_ASSERT_EQUAL_INT(row.dropped, found.tracestate_dropped);
}

EDGESPAN_TEST(trace_reader_knows_both_formats_and_what_counts, "trace_reader") {
  for (const Row& row : rows) {
    std::size_t size = 0;
    while (size < row.headers.size() &&
           (!row.headers[size].name.empty() || row.headers[size].value.data() != nullptr))
      ++size;
    expect(row, extract(std::span{row.headers}.first(size)));
  }
}

EDGESPAN_TEST(trace_reader_takes_any_pairs, "trace_reader") {
  const std::pair<const char*, const char*> texts[] = {
      {"traceparent", PARENT_T}, {"b3", nullptr}, {nullptr, "x"}};
  TEST_ASSERT_EQUAL_HEX64(s, extract(texts).context.span_id);
  struct Property {
    const char* key;
    std::string_view value;
  };
  const std::array<Property, 2> properties{{{"a", "b"}, {"b3", "0"}}};
  TEST_ASSERT_EQUAL_INT(Kind::flags, extract(properties).kind);
}

EDGESPAN_TEST(trace_reader_says_why_a_format_gave_nothing, "trace_reader") {
  const std::array<Pair, 2> both{Pair{"b3", T "-" Z}, Pair{"traceparent", "00-" H T "-" S "-0G"}};
  const Extraction found = extract(both);
  TEST_ASSERT_EQUAL_INT(B3Error::zero_span_id, found.b3_error);
  TEST_ASSERT_EQUAL_INT(W3cError::bad_character, found.w3c_error);
  const Extraction none = extract(std::span<const Pair>{});
  TEST_ASSERT_EQUAL_INT(B3Error::absent, none.b3_error);
  TEST_ASSERT_EQUAL_INT(W3cError::absent, none.w3c_error);
}

EDGESPAN_TEST(trace_reader_tracestate_is_kept_whole_up_to_its_bound, "trace_reader") {
  std::array<char, tracestate_bytes_max + 1> text;
  text.fill('v');
  constexpr std::size_t member = 128;  // "k0=vvv,k1=vvv,..."
  for (std::size_t at = 0; at + 3 < text.size(); at += member) {
    if (at != 0) text[at - 1] = ',';
    text[at] = 'k';
    text[at + 1] = static_cast<char>('0' + at / member);
    text[at + 2] = '=';
  }
  for (const std::size_t size : {tracestate_bytes_max, tracestate_bytes_max + 1}) {
    TraceReader reader;
    reader.add("traceparent", PARENT_T);
    reader.add("tracestate", {text.data(), size});
    const bool kept = size == tracestate_bytes_max;
    TEST_ASSERT_EQUAL_UINT64(kept ? size : 0, reader.extract().tracestate.size());
    TEST_ASSERT_EQUAL_INT(!kept, reader.extract().tracestate_dropped);
  }
  TraceReader none{0};
  none.add("traceparent", PARENT_T);
  none.add("tracestate", "a=1");
  TEST_ASSERT_TRUE(none.extract().tracestate_dropped);
}

EDGESPAN_TEST(trace_reader_knows_which_names_are_of_trace_headers, "trace_reader") {
  for (const auto name :
       {"b3"sv, "X-B3-TraceId"sv, "x-b3-flags"sv, "traceparent"sv, "TRACESTATE"sv, "TraceParent"sv})
    TEST_ASSERT_TRUE(is_trace_header(name));
  for (const auto name :
       {"baggage"sv, ""sv, "t"sv, "traceparen"sv, "traceparents"sv, "tracestat\x05"sv, "trace state"sv})
    TEST_ASSERT_FALSE(is_trace_header(name));
  TraceReader reader;
  TEST_ASSERT_TRUE(reader.add("tracestate", "x") && reader.add("Traceparent", "x") && reader.add("b3", "x"));
  TEST_ASSERT_FALSE(reader.add("baggage", "x") || reader.add("t", "x") || reader.add("", "x"));
}

}  // namespace
}  // namespace edgespan
