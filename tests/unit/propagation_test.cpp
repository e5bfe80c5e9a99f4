// SPDX-License-Identifier: Apache-2.0
// Contexts out of a program into any carrier: formats, their order, and that they come back; and the ids of a
// device without tracing.
#include <edgespan/id_source.hpp>
#include <edgespan/inject.hpp>
#include <edgespan/propagation.hpp>
#include <edgespan/trace_reader.hpp>

#include "support/test.hpp"
#include "support/trace_ids.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>

namespace edgespan {
namespace {

using namespace std::string_view_literals;
using Kind = B3Extraction::Kind;

#define PARENT_T "00-" H T "-" S "-01"
using test::h;
using test::p;
using test::s;
using test::t;
constexpr std::uint8_t met = came_with_traceparent, random = came_with_traceparent | random_trace_id;

struct Pair {
  std::string_view name;
  std::string_view value;
};

struct Written {
  std::array<Pair, 8> headers;
  std::array<char, 512> text;
  std::size_t count = 0;
  std::size_t used = 0;

  bool operator()(std::string_view name, std::string_view value) {
    std::copy(value.begin(), value.end(), text.begin() + static_cast<std::ptrdiff_t>(used));
    headers[count++] = {name, {text.data() + used, value.size()}};
    used += value.size();
    return true;
  }
};

void expect_written(const Context& context, const Propagation& propagation,
                    std::initializer_list<Pair> expected, std::string_view tracestate = {}) {
  Written written;
  TEST_ASSERT_TRUE(inject(context, written, propagation, tracestate));
  TEST_ASSERT_EQUAL_UINT64(expected.size(), written.count);
  const Pair* header = written.headers.data();
  for (const Pair& pair : expected) {
    TEST_ASSERT_EQUAL_STRING(pair.name, header->name);
    TEST_ASSERT_EQUAL_STRING(pair.value, header->value);
    ++header;
  }
}

constexpr Context own{h, t, s, p, Decision::accept, random_trace_id};
constexpr Context continued{h, t, s, p, Decision::accept, met};

EDGESPAN_TEST(propagation_inject_writes_the_formats_in_their_order, "propagation") {
  using enum TraceFormat;
  expect_written(own, {}, {{"b3", H T "-" S "-1"}});
  expect_written(continued, {}, {{"b3", H T "-" S "-1"}, {"traceparent", PARENT_T}});
  expect_written(continued, {}, {{"b3", H T "-" S "-1"}, {"traceparent", PARENT_T}, {"tracestate", "a=1"}},
                 "a=1");
  expect_written(own, {}, {{"b3", H T "-" S "-1"}}, "a=1");  // no traceparent, no tracestate
  expect_written(own, {w3c, b3}, {{"traceparent", "00-" H T "-" S "-03"}, {"b3", H T "-" S "-1"}});
  expect_written(own, {b3_parent}, {{"b3", H T "-" S "-1-" P}});
  expect_written(
      {0, t, s, 0, Decision::debug}, {w3c, b3_multi},
      {{"traceparent", "00-" Z T "-" S "-01"}, {"X-B3-TraceId", T}, {"X-B3-SpanId", S}, {"X-B3-Flags", "1"}});
  expect_written(own, {b3_multi, w3c_continued, b3},
                 {{"X-B3-TraceId", H T},
                  {"X-B3-SpanId", S},
                  {"X-B3-ParentSpanId", P},
                  {"X-B3-Sampled", "1"},
                  {"b3", H T "-" S "-1"}});
  expect_written({h, t, s, 0, Decision::deny, met}, {b3, w3c},
                 {{"b3", H T "-" S "-0"}, {"traceparent", "00-" H T "-" S "-00"}});
}

EDGESPAN_TEST(propagation_inject_writes_nothing_that_is_undecided_or_no_context, "propagation") {
  Written written;
  TEST_ASSERT_FALSE(inject({h, t, s, 0, Decision::undecided}, written));
  TEST_ASSERT_FALSE(inject({h, t, 0, 0, Decision::accept}, written));
  TEST_ASSERT_FALSE(inject({}, written));
  TEST_ASSERT_EQUAL_UINT64(0, written.count);
}

EDGESPAN_TEST(propagation_inject_ends_when_the_sink_does, "propagation") {
  for (int most = 0; most <= 6; ++most) {
    int calls = 0;
    const auto sink = [&](std::string_view, std::string_view) { return ++calls <= most; };
    const bool done = inject(own, sink, {TraceFormat::b3, TraceFormat::b3_multi, TraceFormat::w3c}, "a=1");
    TEST_ASSERT_EQUAL_INT(false, done);  // there are seven
    TEST_ASSERT_EQUAL_INT(most + 1, calls);
  }
  int calls = 0;
  TEST_ASSERT_TRUE(inject(own, [&](std::string_view, std::string_view) { ++calls; }));
  TEST_ASSERT_EQUAL_INT(1, calls);
}

EDGESPAN_TEST(propagation_what_is_injected_is_extracted, "propagation") {
  using enum TraceFormat;
  for (const Decision decision : {Decision::deny, Decision::accept, Decision::debug}) {
    for (const Propagation& propagation :
         {Propagation{b3, w3c}, {w3c, b3}, {b3_multi, w3c}, {w3c, b3_parent}, {w3c}}) {
      const Context context{h, t, s, 0, decision, random};
      Written written;
      TEST_ASSERT_TRUE(inject(context, written, propagation, "a=1"));
      const Extraction found = extract(std::span{written.headers}.first(written.count));
      Context expected = context;
      if (propagation == Propagation{w3c} && decision == Decision::debug)
        expected.decision = Decision::accept;
      TEST_ASSERT_TRUE(found.kind == Kind::ids && found.context == expected);
      TEST_ASSERT_EQUAL_STRING("a=1", found.tracestate);
    }
  }
}

EDGESPAN_TEST(propagation_is_a_list_without_doubles, "propagation") {
  using enum TraceFormat;
  TEST_ASSERT_TRUE(Propagation{}.valid() && Propagation{b3}.valid());
  TEST_ASSERT_TRUE((Propagation{w3c, b3_multi, b3}.valid()));
  TEST_ASSERT_FALSE((Propagation{b3, b3}.valid()));
  TEST_ASSERT_FALSE((Propagation{b3, b3_parent}.valid()));
  TEST_ASSERT_FALSE((Propagation{w3c, w3c_continued}.valid()));
  TEST_ASSERT_FALSE((Propagation{b3, w3c, b3_multi, b3_parent}.valid()));
  TEST_ASSERT_FALSE(Propagation(std::initializer_list<TraceFormat>{}).valid());
  TEST_ASSERT_TRUE(Propagation{}.has(w3c_continued) && !Propagation{}.has(w3c));
}

EDGESPAN_TEST(propagation_is_read_from_the_text_of_a_setting, "propagation") {
  using enum TraceFormat;
  TEST_ASSERT_TRUE(parse_propagation("b3") == Propagation{b3});
  TEST_ASSERT_TRUE((parse_propagation("w3c,b3") == Propagation{w3c, b3}));
  TEST_ASSERT_TRUE((parse_propagation("b3_multi,b3_parent,w3c_continued") ==
                    Propagation{b3_multi, b3_parent, w3c_continued}));
  TEST_ASSERT_TRUE((parse_propagation("b3,w3c_continued") == Propagation{}));
  for (const auto text : {""sv, "b3,"sv, ",b3"sv, "b3,b3"sv, "b3 w3c"sv, "B3"sv, "w3c,w3c_continued"sv,
                          "b3,w3c,b3_multi,b3"sv, "none"sv, "b3\0"sv})
    TEST_ASSERT_FALSE(parse_propagation(text).has_value());
}

EDGESPAN_TEST(propagation_ids_of_a_device_without_tracing, "propagation") {
  IdSource none{{}};
  TEST_ASSERT_FALSE(none.valid() || none.root().valid() || none.child(own).valid());
  IdSource ids{{1, 2, 3, 4}};
  TEST_ASSERT_TRUE(ids.valid());
  const Context root = ids.root();
  TEST_ASSERT_TRUE(root.valid() && root.trace_hi != 0 && root.parent_id == 0);
  TEST_ASSERT_EQUAL_INT(Decision::accept, root.decision);
  TEST_ASSERT_EQUAL_INT(random_trace_id, root.w3c);
  const Context child = ids.child(root);
  TEST_ASSERT_TRUE(child.valid() && child.span_id != root.span_id);
  TEST_ASSERT_EQUAL_HEX64(root.trace_hi, child.trace_hi);
  TEST_ASSERT_EQUAL_HEX64(root.trace_lo, child.trace_lo);
  TEST_ASSERT_EQUAL_HEX64(root.span_id, child.parent_id);
  TEST_ASSERT_EQUAL_INT(random_trace_id, child.w3c);
  TEST_ASSERT_EQUAL_INT(Decision::deny, ids.child({.decision = Decision::deny}).decision);
  TEST_ASSERT_EQUAL_INT(Decision::accept, ids.child({h, t, s, 0, Decision::undecided}).decision);
  TEST_ASSERT_EQUAL_INT(met, ids.child(continued).w3c);
  IdSource same{{1, 2, 3, 4}};
  TEST_ASSERT_TRUE(same.root() == root);
  IdSource other{{1, 2, 3, 5}};
  TEST_ASSERT_FALSE(other.root().trace_hi == root.trace_hi);
}

}  // namespace
}  // namespace edgespan
