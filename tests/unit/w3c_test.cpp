// SPDX-License-Identifier: Apache-2.0
// The codec of W3C trace context as the library exports it: what stands beside a value does not matter, what
// is written comes back, and random bytes are judged as by a plain reader.
#include <edgespan/w3c.hpp>

#include "support/random.hpp"
#include "support/test.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace edgespan {
namespace {

using namespace std::string_view_literals;
using test::Random;

constexpr auto full = "00-463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-01"sv;
constexpr auto future = "01-463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-03-what"sv;

bool same(const W3cExtraction& left, const W3cExtraction& right) {
  return left.error == right.error && left.context == right.context;
}

EDGESPAN_TEST(w3c_parse_never_reads_outside_the_value, "w3c") {
  for (const auto whole : {full, future}) {
    for (std::size_t from = 0; from <= whole.size(); ++from) {
      for (std::size_t size = 0; from + size <= whole.size(); ++size) {
        const std::string_view value = whole.substr(from, size);
        const bool ids = from == 0 && size >= traceparent_bytes;
        // At the end of an array, so that AddressSanitizer stops the program at the first byte behind it.
        std::array<char, 64> last;
        std::copy(value.begin(), value.end(), last.end() - static_cast<std::ptrdiff_t>(size));
        const W3cExtraction alone = traceparent_parse({last.data() + last.size() - size, size});
        TEST_ASSERT_EQUAL_INT(ids, alone.error == W3cError::ok);
        for (const char around : {'0', '-', 'f', '\0', '\xff'}) {
          std::array<char, 128> wide;
          wide.fill(around);
          std::copy(value.begin(), value.end(), wide.begin() + 32);
          if (same(traceparent_parse({wide.data() + 32, size}), alone)) continue;
          TEST_FAIL_MESSAGE("what stands beside the value changes its meaning");
        }
      }
    }
  }
}

EDGESPAN_TEST(w3c_format_writes_55_characters_or_none, "w3c") {
  std::array<char, traceparent_bytes> out;
  out.fill('#');
  TEST_ASSERT_EQUAL_UINT64(0, traceparent_format({1, 2, 3, 0, Decision::undecided}, out));
  TEST_ASSERT_EQUAL_UINT64(0, traceparent_format({1, 2, 0, 0, Decision::accept}, out));
  TEST_ASSERT_EQUAL_INT(traceparent_bytes, std::count(out.begin(), out.end(), '#'));
  TEST_ASSERT_EQUAL_UINT64(traceparent_bytes, traceparent_format({1, 2, 3, 4, Decision::debug}, out));
  TEST_ASSERT_EQUAL_STRING("00-00000000000000010000000000000002-0000000000000003-01"sv,
                           (std::string_view{out.data(), out.size()}));
}

EDGESPAN_TEST(w3c_what_is_written_comes_back, "w3c") {
  Random random(1124);
  for (int round = 0; round < test::rounds(20'000); ++round) {
    const auto id = [&] { return random.next() >> (random.below(4) == 0 ? random.below(64) : 0); };
    Context context{id(),
                    id(),
                    id() | 1,
                    id(),
                    static_cast<Decision>(1 + random.below(3)),
                    static_cast<std::uint8_t>(random.below(4))};
    context.trace_lo |= 2;
    std::array<char, traceparent_bytes> out;
    TEST_ASSERT_EQUAL_UINT64(traceparent_bytes, traceparent_format(context, out));
    Context expected = context;  // without what the header has no place for
    expected.parent_id = 0;
    if (context.decision == Decision::debug) expected.decision = Decision::accept;
    expected.w3c |= came_with_traceparent;
    const W3cExtraction found = traceparent_parse({out.data(), out.size()});
    if (found.error != W3cError::ok || found.context != expected) TEST_FAIL_MESSAGE("round " << round);
  }
}

// A reader that goes from field to field and knows the grammar only.
bool plain_valid(std::string_view value) {
  const auto hex = [&](std::size_t from, std::size_t size) {
    if (value.size() < from + size) return false;
    return value.substr(from, size).find_first_not_of("0123456789abcdef"sv) == std::string_view::npos;
  };
  const auto zero = [&](std::size_t from, std::size_t size) {
    return value.substr(from, size).find_first_not_of('0') == std::string_view::npos;
  };
  const auto dash = [&](std::size_t at) { return value.size() > at && value[at] == '-'; };
  if (!hex(0, 2) || !dash(2) || !hex(3, 32) || !dash(35) || !hex(36, 16) || !dash(52) || !hex(53, 2))
    return false;
  if (zero(3, 32) || zero(36, 16) || value.substr(0, 2) == "ff") return false;
  if (value.substr(0, 2) == "00") return value.size() == 55;
  return value.size() == 55 || dash(55);
}

EDGESPAN_TEST(w3c_parse_agrees_with_a_plain_reader, "w3c") {
  constexpr auto likely = "0123456789abcdef-fAFgG/:`@ \0"sv;
  Random random(20261130);
  int valid = 0;
  int invalid = 0;
  for (int round = 0; round < test::rounds(100'000); ++round) {
    const std::string_view whole = random.below(2) == 0 ? full : future;
    std::array<char, 64> text{};
    std::copy(whole.begin(), whole.end(), text.begin());
    std::size_t size = random.below(3) == 0 ? traceparent_bytes : whole.size();
    if (random.below(8) == 0) size = random.below(whole.size() + 1);
    if (random.below(8) == 0) std::fill_n(text.begin() + (random.below(2) == 0 ? 3 : 36), 16, '0');
    if (random.below(8) == 0) text[0] = text[1] = 'f';
    for (std::size_t times = random.below(3); times > 0; --times) {
      text[random.below(size + 1)] =
          random.below(4) == 0 ? static_cast<char>(random.next()) : likely[random.below(likely.size())];
    }
    const std::string_view value{text.data(), size};
    const W3cExtraction found = traceparent_parse(value);
    const bool ok = found.error == W3cError::ok;
    if (ok != plain_valid(value) || ok != found.context.valid()) {
      TEST_FAIL_MESSAGE("round " << round << " value \"" << value << '"');
    }
    ++(ok ? valid : invalid);
  }
  // The values must reach both sides of the grammar, or the agreement says little.
  TEST_ASSERT_GREATER_OR_EQUAL_UINT64(test::rounds(100'000) / 10, valid);
  TEST_ASSERT_GREATER_OR_EQUAL_UINT64(test::rounds(100'000) / 10, invalid);
}

EDGESPAN_TEST(w3c_tracestate_of_any_length_is_judged, "w3c") {
  TEST_ASSERT_TRUE(tracestate_valid("ot=th:8,dd=s:1"));
  TEST_ASSERT_FALSE(tracestate_valid("ot=th:8,ot=th:9"));
  std::array<char, 4'096> blank;  // nothing but empty members
  blank.fill(',');
  TEST_ASSERT_TRUE(tracestate_valid({blank.data(), blank.size()}));
  blank.back() = 'a';
  TEST_ASSERT_FALSE(tracestate_valid({blank.data(), blank.size()}));
}

EDGESPAN_TEST(w3c_error_names_are_the_enumerators, "w3c") {
  TEST_ASSERT_EQUAL_STRING("ok", w3c_error_name(W3cError::ok));
  TEST_ASSERT_EQUAL_STRING("bad_separator", w3c_error_name(W3cError::bad_separator));
  TEST_ASSERT_EQUAL_STRING("zero_span_id", w3c_error_name(W3cError::zero_span_id));
  TEST_ASSERT_EQUAL_STRING("unknown", w3c_error_name(static_cast<W3cError>(8)));  // the first without a name
}

}  // namespace
}  // namespace edgespan
