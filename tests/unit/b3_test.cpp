// SPDX-License-Identifier: Apache-2.0
// The B3 codec as the library exports it: header sets, what is injected, and that the two agree.
#include <edgespan/b3.hpp>
#include <edgespan/b3_headers.hpp>

#include "support/test.hpp"
#include "support/trace_ids.hpp"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace edgespan {
namespace {

using namespace std::string_view_literals;
using Kind = B3Extraction::Kind;

using test::h;
using test::p;
using test::s;
using test::t;

struct Pair {
  std::string_view name;
  std::string_view value;
};

B3Extraction extract(std::initializer_list<Pair> headers) {
  B3Headers collected;
  for (const Pair& header : headers) collected.add(header.name, header.value);
  return collected.extract();
}

void expect_ids(const Context& context, std::initializer_list<Pair> headers) {
  const B3Extraction found = extract(headers);
  TEST_ASSERT_EQUAL_STRING("ok", b3_error_name(found.error));
  TEST_ASSERT_EQUAL_INT(Kind::ids, found.kind);
  TEST_ASSERT_EQUAL_HEX64(context.trace_hi, found.context.trace_hi);
  TEST_ASSERT_EQUAL_HEX64(context.trace_lo, found.context.trace_lo);
  TEST_ASSERT_EQUAL_HEX64(context.span_id, found.context.span_id);
  TEST_ASSERT_EQUAL_HEX64(context.parent_id, found.context.parent_id);
  TEST_ASSERT_EQUAL_INT(context.decision, found.context.decision);
}

void expect_flags(Decision decision, std::initializer_list<Pair> headers) {
  const B3Extraction found = extract(headers);
  TEST_ASSERT_EQUAL_STRING("ok", b3_error_name(found.error));
  TEST_ASSERT_EQUAL_INT(Kind::flags, found.kind);
  TEST_ASSERT_TRUE((found.context == Context{.decision = decision}));
}

void expect_empty(B3Error error, std::initializer_list<Pair> headers) {
  const B3Extraction found = extract(headers);
  TEST_ASSERT_EQUAL_STRING(b3_error_name(error), b3_error_name(found.error));
  TEST_ASSERT_EQUAL_INT(Kind::empty, found.kind);
  TEST_ASSERT_TRUE(found.context == Context{});
}

EDGESPAN_TEST(b3_wins_over_the_set_if_it_parses, "b3") {
  expect_ids({h, t, s, 0, Decision::accept},
             {{"b3", H T "-" S "-1"}, {"X-B3-TraceId", "ab"}, {"X-B3-SpanId", "cd"}});
  expect_ids({0, t, s, 0, Decision::undecided}, {{"X-B3-Sampled", "1"}, {"b3", T "-" S}});
  expect_flags(Decision::deny, {{"b3", "0"}, {"X-B3-TraceId", T}, {"X-B3-SpanId", S}, {"X-B3-Flags", "1"}});
  expect_flags(Decision::debug, {{"b3", "d"}, {"X-B3-Sampled", "junk"}});
}

EDGESPAN_TEST(b3_that_does_not_parse_gives_way_to_the_set, "b3") {
  expect_ids({0, t, s, 0, Decision::deny},
             {{"b3", "junk"}, {"X-B3-TraceId", T}, {"X-B3-SpanId", S}, {"X-B3-Sampled", "0"}});
  expect_flags(Decision::accept, {{"b3", T "-" Z "-1"}, {"X-B3-Sampled", "1"}});
  expect_empty(B3Error::zero_span_id, {{"b3", T "-" Z "-1"}});
  expect_empty(B3Error::zero_trace_id, {{"b3", Z "-" S "-1"}, {"X-B3-TraceId", "xy"}, {"X-B3-SpanId", S}});
  expect_empty(B3Error::bad_length, {{"b3", ""}});
}

EDGESPAN_TEST(b3_sampled_is_exact_but_for_the_case_of_words, "b3") {
  for (const auto value : {"1", "true", "TRUE", "tRuE"})
    expect_flags(Decision::accept, {{"X-B3-Sampled", value}});
  for (const auto value : {"0", "false", "False", "FALSE"})
    expect_flags(Decision::deny, {{"X-B3-Sampled", value}});
  for (const auto value : {""sv, "d"sv, "01"sv, " 1"sv, "1 "sv, "\"1\""sv, "2"sv, "yes"sv, "truE\0"sv,
                           "tru"sv, "falsey"sv, "T\x12UE"sv, "\x14rue"sv}) {
    expect_empty(B3Error::bad_decision, {{"X-B3-Sampled", value}});
    expect_empty(B3Error::bad_decision, {{"X-B3-Sampled", value}, {"X-B3-Flags", "1"}});
    expect_empty(B3Error::bad_decision, {{"X-B3-Sampled", value}, {"X-B3-TraceId", T}, {"X-B3-SpanId", S}});
  }
}

EDGESPAN_TEST(b3_flags_is_debug_only_as_1, "b3") {
  expect_flags(Decision::debug, {{"X-B3-Flags", "1"}});
  expect_flags(Decision::debug, {{"X-B3-Flags", "1"}, {"X-B3-Sampled", "0"}});
  expect_flags(Decision::deny, {{"X-B3-Flags", "0"}, {"X-B3-Sampled", "0"}});
  expect_ids({0, t, s, 0, Decision::debug}, {{"X-B3-TraceId", T}, {"X-B3-SpanId", S}, {"X-B3-Flags", "1"}});
  for (const auto value : {""sv, "0"sv, "2"sv, "11"sv, "true"sv, "1\0"sv, " 1"sv, "3"sv}) {
    expect_empty(B3Error::absent, {{"X-B3-Flags", value}});
    expect_ids({0, t, s, 0, Decision::undecided},
               {{"X-B3-TraceId", T}, {"X-B3-SpanId", S}, {"X-B3-Flags", value}});
  }
}

EDGESPAN_TEST(b3_set_without_a_trace_id_has_no_ids, "b3") {
  expect_empty(B3Error::absent, {});
  expect_empty(B3Error::absent, {{"content-type", "x"}, {"traceparent", "00-" H T "-" S "-01"}});
  expect_empty(B3Error::absent, {{"X-B3-SpanId", S}, {"X-B3-ParentSpanId", P}});
  expect_flags(Decision::accept, {{"X-B3-SpanId", S}, {"X-B3-Sampled", "1"}});
  expect_flags(Decision::deny, {{"X-B3-ParentSpanId", "junk"}, {"X-B3-Sampled", "0"}});
}

EDGESPAN_TEST(b3_set_ids_may_lack_leading_zeros, "b3") {
  expect_ids({h, t, s, p, Decision::accept},
             {{"X-B3-TraceId", H T}, {"X-B3-SpanId", S}, {"X-B3-ParentSpanId", P}, {"X-B3-Sampled", "1"}});
  expect_ids({0, t, s, 0, Decision::undecided}, {{"X-B3-TraceId", T}, {"X-B3-SpanId", S}});
  expect_ids({0, 0x1a, 0x2b, 0x3c, Decision::undecided},
             {{"X-B3-TraceId", "1a"}, {"X-B3-SpanId", "2b"}, {"X-B3-ParentSpanId", "3c"}});
  expect_ids({0xf, t, 0xabcdef012345678, 0, Decision::undecided},
             {{"X-B3-TraceId", "f" T}, {"X-B3-SpanId", "abcdef012345678"}});
  expect_ids({0x234567890123459, t, s, 0, Decision::undecided},
             {{"X-B3-TraceId", "234567890123459" T}, {"X-B3-SpanId", S}});
  expect_ids({h, 0, s, 0, Decision::undecided}, {{"X-B3-TraceId", H Z}, {"X-B3-SpanId", S}});
  expect_ids({0, t, s, 0, Decision::undecided}, {{"X-B3-TraceId", Z T}, {"X-B3-SpanId", S}});
}

EDGESPAN_TEST(b3_set_with_one_broken_id_is_empty, "b3") {
  const auto with = [](B3Error error, std::string_view trace, std::string_view span,
                       std::string_view parent) {
    expect_empty(error, {{"X-B3-TraceId", trace},
                         {"X-B3-SpanId", span},
                         {"X-B3-ParentSpanId", parent},
                         {"X-B3-Sampled", "1"}});
  };
  with(B3Error::bad_length, "", S, P);
  with(B3Error::bad_length, "1", S, P);
  with(B3Error::too_long, "0" H T, S, P);
  with(B3Error::bad_character, "xy", S, P);
  with(B3Error::bad_character, "1234567890123A51", S, P);
  with(B3Error::bad_character, "g" T, S, P);
  with(B3Error::bad_character, H "123456789012345-", S, P);
  with(B3Error::bad_character, T " ", S, P);
  with(B3Error::zero_trace_id, "00", S, P);
  with(B3Error::zero_trace_id, Z Z, S, P);
  with(B3Error::bad_length, T, "", P);
  with(B3Error::bad_length, T, "3", P);
  with(B3Error::too_long, T, "0" S, P);
  with(B3Error::too_long, T, H S, P);
  with(B3Error::bad_character, T, "123456789012345\0"sv, P);
  with(B3Error::bad_character, T, "aB", P);
  with(B3Error::zero_span_id, T, Z, P);
  with(B3Error::bad_length, T, S, "");
  with(B3Error::bad_length, T, S, "2");
  with(B3Error::too_long, T, S, "0" P);
  with(B3Error::bad_character, T, S, "null");
  with(B3Error::zero_parent_id, T, S, Z);  // unlike in `b3`, where it means that there is none
  with(B3Error::zero_parent_id, T, S, "00");
  expect_empty(B3Error::missing_span_id, {{"X-B3-TraceId", T}, {"X-B3-Sampled", "1"}});
  expect_empty(B3Error::missing_span_id, {{"X-B3-TraceId", T}, {"X-B3-ParentSpanId", P}});
}

EDGESPAN_TEST(b3_last_header_of_a_name_wins_in_any_case_of_it, "b3") {
  expect_ids({0, p, s, 0, Decision::undecided}, {{"b3", T "-" S "-1"}, {"b3", P "-" S}});
  expect_ids({0, p, s, 0, Decision::undecided}, {{"B3", T "-" S "-1"}, {"b3", P "-" S}});
  expect_empty(B3Error::bad_length, {{"b3", T "-" S "-1"}, {"B3", "junk"}});
  expect_flags(Decision::deny, {{"x-b3-sampled", "1"}, {"X-B3-SAMPLED", "0"}});
  expect_ids({0, t, s, p, Decision::debug},
             {{"x-b3-traceid", T}, {"X-B3-SPANID", S}, {"x-B3-parentSPANid", P}, {"X-b3-FLAGS", "1"}});
}

EDGESPAN_TEST(b3_headers_know_which_names_are_theirs, "b3") {
  B3Headers headers;
  TEST_ASSERT_FALSE(headers.any());
  for (const auto name :
       {""sv, "b"sv, "b4"sv, "b3 "sv, "b3\0"sv, "X-B3-TraceI"sv, "X-B3-TraceIds"sv, "X-B3-TraceIt"sv,
        "X-B3-Sample\0"sv, "X-B3_TraceId"sv, "X\rB3-TraceId"sv, "X-B\x13-SpanId"sv, "uber-trace-id"sv,
        "X-B3-ParentSpanIX"sv, "Y-B3-Flags"sv, "X-B3-Flagz"sv}) {
    TEST_ASSERT_FALSE(headers.add(name, "1"));
    TEST_ASSERT_EQUAL_INT(B3Key::none, b3_key(name));
  }
  TEST_ASSERT_FALSE(headers.any());
  headers.add(B3Key::none, "1");
  TEST_ASSERT_FALSE(headers.any());
  for (std::size_t i = 0; i < b3_key_names.size(); ++i) {
    TEST_ASSERT_EQUAL_INT(i, b3_key(b3_key_names[i]));
    B3Headers one;
    TEST_ASSERT_TRUE(one.add(b3_key_names[i], "1"));
    TEST_ASSERT_TRUE(one.any());
  }
}

// A header without a value counts as absent, and takes back what one of its name said before; the others
// stay.
EDGESPAN_TEST(b3_a_null_value_takes_back_the_value_before_and_no_other, "b3") {
  constexpr std::array<Pair, 6> all{{{"b3", T "-" S "-0"},
                                     {"X-B3-TraceId", T},
                                     {"X-B3-SpanId", S},
                                     {"X-B3-ParentSpanId", P},
                                     {"X-B3-Sampled", "1"},
                                     {"X-B3-Flags", "1"}}};
  for (unsigned set = 0; set < 1U << all.size(); ++set) {
    for (std::size_t null = 0; null < all.size(); ++null) {
      B3Headers collected, without;
      for (std::size_t i = 0; i < all.size(); ++i) {
        if ((set >> i & 1) == 0) continue;
        collected.add(all[i].name, all[i].value);
        if (i != null) without.add(all[i].name, all[i].value);
      }
      TEST_ASSERT_TRUE(collected.add(all[null].name, {}));
      TEST_ASSERT_EQUAL_INT(without.any(), collected.any());
      const B3Extraction wanted = without.extract(), found = collected.extract();
      TEST_ASSERT_EQUAL_INT(wanted.kind, found.kind);
      TEST_ASSERT_EQUAL_STRING(b3_error_name(wanted.error), b3_error_name(found.error));
      TEST_ASSERT_TRUE(wanted.context == found.context);
    }
  }
}

void expect_injected(const Context& context, B3Format format, std::initializer_list<Pair> expected) {
  B3Buffer buffer;
  const auto headers = b3_inject(context, format, buffer);
  TEST_ASSERT_EQUAL_UINT64(expected.size(), headers.size());
  const B3Header* header = headers.data();
  for (const Pair& pair : expected) {
    TEST_ASSERT_EQUAL_STRING(pair.name, header->name);
    TEST_ASSERT_EQUAL_STRING(pair.value, header->value);
    ++header;
  }
}

EDGESPAN_TEST(b3_injects_what_each_format_names, "b3") {
  const Context all{h, t, s, p, Decision::accept};
  expect_injected(all, B3Format::single, {{"b3", H T "-" S "-1-" P}});
  expect_injected(all, B3Format::single_no_parent, {{"b3", H T "-" S "-1"}});
  expect_injected(
      all, B3Format::multi,
      {{"X-B3-TraceId", H T}, {"X-B3-SpanId", S}, {"X-B3-ParentSpanId", P}, {"X-B3-Sampled", "1"}});
  expect_injected(all, B3Format::both,
                  {{"b3", H T "-" S "-1"},
                   {"X-B3-TraceId", H T},
                   {"X-B3-SpanId", S},
                   {"X-B3-ParentSpanId", P},
                   {"X-B3-Sampled", "1"}});
  expect_injected({0, t, s, 0, Decision::debug}, B3Format::multi,
                  {{"X-B3-TraceId", T}, {"X-B3-SpanId", S}, {"X-B3-Flags", "1"}});  // never Sampled beside it
  expect_injected({0, t, s, 0, Decision::deny}, B3Format::multi,
                  {{"X-B3-TraceId", T}, {"X-B3-SpanId", S}, {"X-B3-Sampled", "0"}});
  expect_injected({0, t, s, 0, Decision::undecided}, B3Format::both,
                  {{"b3", T "-" S}, {"X-B3-TraceId", T}, {"X-B3-SpanId", S}});
  expect_injected({h, 0, s, 0, Decision::accept}, B3Format::multi,
                  {{"X-B3-TraceId", H Z}, {"X-B3-SpanId", S}, {"X-B3-Sampled", "1"}});
  for (const auto format : {B3Format::single, B3Format::single_no_parent, B3Format::multi, B3Format::both}) {
    expect_injected({}, format, {});
    expect_injected({h, t, 0, p, Decision::accept}, format, {});
  }
}

EDGESPAN_TEST(b3_error_names_are_the_enumerators, "b3") {
  TEST_ASSERT_EQUAL_STRING("ok", b3_error_name(B3Error::ok));
  TEST_ASSERT_EQUAL_STRING("bad_separator", b3_error_name(B3Error::bad_separator));
  TEST_ASSERT_EQUAL_STRING("missing_span_id", b3_error_name(B3Error::missing_span_id));
  TEST_ASSERT_EQUAL_STRING("unknown", b3_error_name(static_cast<B3Error>(11)));  // the first that has no name
  TEST_ASSERT_EQUAL_STRING("unknown", b3_error_name(static_cast<B3Error>(200)));
}

}  // namespace
}  // namespace edgespan
