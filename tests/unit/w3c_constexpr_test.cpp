// SPDX-License-Identifier: Apache-2.0
// The codec of W3C trace context, proved while it compiles. A read past a value is no constant expression,
// and every value stands in a block of exactly its size: an over-read anywhere below does not build.
#include <edgespan/w3c.hpp>

#include "core/hex_fast.hpp"
#include "core/w3c_impl.hpp"
#include "support/test.hpp"
#include "support/trace_ids.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace edgespan::w3c_impl {
namespace {

using namespace std::string_view_literals;
using b3_impl::HexFast;
using b3_impl::HexLoop;
using b3_impl::HexSwar;

#define IDS H T "-" S
using test::h;
using test::s;
using test::t;

constexpr auto full = "00-" IDS "-01"sv;
static_assert(full.size() == traceparent_bytes);

template <typename Hex>
constexpr W3cExtraction parse_exact(std::string_view value) {
  if (value.empty() || !std::is_constant_evaluated()) return parse<Hex>(value);
  char* const block = new char[value.size()];
  for (std::size_t i = 0; i < value.size(); ++i) block[i] = value[i];
  const W3cExtraction found = parse<Hex>({block, value.size()});
  delete[] block;
  return found;
}

struct Row {
  std::string_view value;
  W3cError error = W3cError::ok;
  Context context{};
};

constexpr std::uint8_t met = came_with_traceparent, random = came_with_traceparent | random_trace_id;

constexpr Row takes(std::string_view value, Decision decision, std::uint8_t w3c) {
  return {value, W3cError::ok, {h, t, s, 0, decision, w3c}};
}
constexpr Row refuses(std::string_view value, W3cError error) { return {value, error, {}}; }

// Number of leading rows that behave; all of them if the table holds.
template <typename Hex, std::size_t size>
constexpr std::size_t holds(const std::array<Row, size>& rows) {
  for (std::size_t i = 0; i < size; ++i) {
    const W3cExtraction found = parse_exact<Hex>(rows[i].value);
    if (found.error != rows[i].error || found.context != rows[i].context) return i;
  }
  return size;
}

// ---- What the propagators of OpenTelemetry for Python and Java take, and only that.

constexpr std::array accepted{
    takes("00-" IDS "-00", Decision::deny, met),
    takes("00-" IDS "-01", Decision::accept, met),
    takes("00-" IDS "-02", Decision::deny, random),
    takes("00-" IDS "-03", Decision::accept, random),
    takes("00-" IDS "-04", Decision::deny, met),  // bits that nobody has named yet say nothing
    takes("00-" IDS "-08", Decision::deny, met),
    takes("00-" IDS "-80", Decision::deny, met),
    takes("00-" IDS "-f9", Decision::accept, met),
    takes("00-" IDS "-ff", Decision::accept, random),
    takes("01-" IDS "-01", Decision::accept, met),
    takes("01-" IDS "-01-", Decision::accept, met),
    takes("01-" IDS "-01-what the future brings", Decision::accept, met),
    takes("cc-" IDS "-02-\0"sv, Decision::deny, random),
    takes("fe-" IDS "-ff", Decision::accept, random),
    Row{"00-" Z T "-" S "-01", W3cError::ok, {0, t, s, 0, Decision::accept, met}},  // a 64-bit id
    Row{"00-" H Z "-" S "-01", W3cError::ok, {h, 0, s, 0, Decision::accept, met}},
};
static_assert(holds<HexFast>(accepted) == accepted.size());

constexpr std::array rejected{
    refuses("", W3cError::bad_length),
    refuses("0", W3cError::bad_length),
    refuses("00", W3cError::bad_length),
    refuses("00-" IDS, W3cError::bad_length),  // no flags
    refuses("00-" IDS "-", W3cError::bad_length),
    refuses("00-" IDS "-1", W3cError::bad_length),
    refuses("00-" IDS "-01-", W3cError::bad_length),  // Go takes this one
    refuses("00-" IDS "-01-00", W3cError::bad_length),
    refuses("00-" IDS "-01\0"sv, W3cError::bad_length),
    refuses("00-" IDS "-01 ", W3cError::bad_length),  // Python trims
    refuses("00-" IDS "-01\n", W3cError::bad_length),
    refuses("00-" IDS "-01,00-" IDS "-01", W3cError::bad_length),
    refuses("01-" IDS "-010", W3cError::bad_length),
    refuses("01-" IDS "-01.what", W3cError::bad_length),
    refuses(" 00-" IDS "-01", W3cError::bad_separator),
    refuses("\t00-" IDS "-01", W3cError::bad_separator),
    refuses("000-" IDS "-01", W3cError::bad_separator),
    refuses("0-" IDS "-011", W3cError::bad_separator),
    refuses("00_" IDS "-01", W3cError::bad_separator),
    refuses("00-" H T "_" S "-01", W3cError::bad_separator),
    refuses("00-" IDS "_01", W3cError::bad_separator),
    refuses("00-" H T "0-" S "-01", W3cError::bad_separator),
    refuses("00-1" T "-" H S "-01", W3cError::bad_separator),
    refuses("00-" IDS "0-01", W3cError::bad_separator),
    refuses("0g-" IDS "-01", W3cError::bad_character),
    refuses("0A-" IDS "-01", W3cError::bad_character),
    refuses("00-" H "123456789012345A-" S "-01", W3cError::bad_character),
    refuses("00-" H "123456789012345g-" S "-01", W3cError::bad_character),
    refuses("00-A234567890123459" T "-" S "-01", W3cError::bad_character),
    refuses("00-" H T "-123456789012345F-01", W3cError::bad_character),
    refuses("00-" H T "-123456789012345-"
            "-01",
            W3cError::bad_character),
    refuses("00-" IDS "-0G", W3cError::bad_character),
    refuses("00-" IDS "-A1", W3cError::bad_character),
    refuses("00-" IDS "-\xc3\xa9", W3cError::bad_character),
    refuses("00-" IDS "- 1", W3cError::bad_character),
    refuses("FF-" IDS "-01", W3cError::bad_character),
    refuses("ff-" IDS "-01", W3cError::bad_version),
    refuses("ff-" IDS "-01-more", W3cError::bad_version),
    refuses("00-" Z Z "-" S "-01", W3cError::zero_trace_id),
    refuses("00-" Z Z "-" Z "-01", W3cError::zero_trace_id),
    refuses("00-" H T "-" Z "-01", W3cError::zero_span_id),
};
static_assert(holds<HexFast>(rejected) == rejected.size());

template <typename Hex>
constexpr bool truncations_hold() {
  constexpr auto longer = "01-" IDS "-01-x"sv;
  for (std::size_t size = 0; size <= longer.size(); ++size) {
    const bool whole = size >= traceparent_bytes;
    if ((parse_exact<Hex>(longer.substr(0, size)).error == W3cError::ok) != whole) return false;
    if ((parse_exact<Hex>(full.substr(0, size)).error == W3cError::ok) != (size >= full.size())) return false;
  }
  return true;
}
static_assert(truncations_hold<HexFast>());

// Each place takes the characters that its field has and no other.
template <typename Hex>
constexpr bool corruptions_hold(std::size_t from, std::size_t to) {
  for (std::size_t at = from; at < to; ++at) {
    std::array<char, traceparent_bytes> text{};
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = full[i];
    for (unsigned byte = 0; byte < 256; ++byte) {
      const char character = static_cast<char>(byte);
      text[at] = character;
      const bool dash = at == trace_at - 1 || at == span_at - 1 || at == flags_at - 1;
      const bool right = dash ? character == '-' : digit_of(character) < 16;
      if ((parse<Hex>({text.data(), text.size()}).error == W3cError::ok) != right) return false;
    }
  }
  return true;
}
static_assert(corruptions_hold<HexFast>(0, 5) && corruptions_hold<HexFast>(33, 38));
static_assert(corruptions_hold<HexFast>(50, traceparent_bytes));
static_assert(digit_of('0') == 0 && digit_of('9') == 9 && digit_of('a') == 10 && digit_of('f') == 15);
static_assert(digit_of('/') == 16 && digit_of(':') == 16 && digit_of('`') == 16 && digit_of('g') == 16);
static_assert(digit_of('A') == 16 && digit_of('F') == 16 && digit_of('\xff') == 16 && digit_of('\0') == 16);

// ---- Writing: 00, lower case, flags 00 to 03.

constexpr bool writes(const Context& context, std::string_view expected) {
  std::array<char, traceparent_bytes> out{};
  const std::size_t size = format<HexFast>(context, out);
  return std::string_view{out.data(), size} == expected;
}
static_assert(writes({h, t, s, 9, Decision::deny}, "00-" IDS "-00"));
static_assert(writes({h, t, s, 0, Decision::accept}, "00-" IDS "-01"));
static_assert(writes({h, t, s, 0, Decision::debug}, "00-" IDS "-01"));
static_assert(writes({h, t, s, 0, Decision::deny, random_trace_id}, "00-" IDS "-02"));
static_assert(writes({h, t, s, 0, Decision::accept, 0xff}, "00-" IDS "-03"));
static_assert(writes({0, t, s, 0, Decision::accept, met}, "00-" Z T "-" S "-01"));
static_assert(writes({0xabcdef, 0, 0xfedc, 0, Decision::accept},
                     "00-0000000000abcdef" Z "-000000000000fedc-01"));
static_assert(writes({h, t, s, 0, Decision::undecided}, ""));
static_assert(writes({h, t, 0, 0, Decision::accept}, ""));
static_assert(writes({0, 0, s, 0, Decision::accept}, ""));

// ---- tracestate.

struct State {
  std::string_view value;
  bool valid;
};

constexpr std::array states{
    State{"", true},
    State{",", true},
    State{" , ,\t", true},
    State{"a=1", true},
    State{"a=1,b=2", true},
    State{" a=1 , b=2\t,,", true},
    State{"ot=th:8;rv:0123456789abcd,dd=s:1;t.dm:-4", true},
    State{"a_-*/9=x", true},
    State{"1a@bc=x", true},
    State{"a@b=x", true},
    State{"a= x", true},  // a space inside of a value
    State{"a=x y", true},
    State{"a=!~", true},
    State{"a=1,b=1", true},
    State{"a", false},
    State{"a=", false},
    State{"a= ", false},  // trimmed, so it is empty
    State{"=1", false},
    State{"a =1", false},
    State{"a=1=2", false},
    State{"a=1,a=2", false},
    State{"a=1,b=2, a=3", false},
    State{"A=1", false},
    State{"aB=1", false},
    State{"1a=1", false},
    State{"_a=1", false},
    State{"a.b=1", false},
    State{"@b=1", false},
    State{"a@=1", false},
    State{"a@1b=1", false},
    State{"a@b@c=1", false},
    State{"a=\x7f", false},
    State{"a=\xc3\xa9", false},
    State{"a=\x1f", false},
    State{"a=1\0"sv, false},
    State{"a=b\tc", false},
    State{"a=1;b=2,c", false},
};

constexpr std::size_t states_hold() {
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (state_valid(states[i].value) != states[i].valid) return i;
  }
  return states.size();
}
static_assert(states_hold() == states.size());

// `count` members of two letters as key.
constexpr bool takes_members(std::size_t count) {
  std::array<char, 40 * 5> text{};
  for (std::size_t i = 0; i < count; ++i) {
    char* const at = text.data() + i * 5;
    at[0] = static_cast<char>('a' + i / 26);
    at[1] = static_cast<char>('a' + i % 26);
    at[2] = '=';
    at[3] = '1';
    at[4] = ',';
  }
  return state_valid({text.data(), count * 5});
}
static_assert(takes_members(1) && takes_members(31) && takes_members(32));
static_assert(!takes_members(33) && !takes_members(40));

// A member with a key of `before` characters, '@' and `behind` ones if there are any, and such a value.
constexpr bool takes_lengths(std::size_t before, std::size_t behind, std::size_t value) {
  std::array<char, 1'024> text{};
  std::size_t size = 0;
  for (std::size_t i = 0; i < before; ++i) text[size++] = 'k';
  if (behind != 0) text[size++] = '@';
  for (std::size_t i = 0; i < behind; ++i) text[size++] = 's';
  text[size++] = '=';
  for (std::size_t i = 0; i < value; ++i) text[size++] = 'v';
  return state_valid({text.data(), size});
}
static_assert(takes_lengths(256, 0, 1) && !takes_lengths(257, 0, 1));
static_assert(takes_lengths(241, 14, 1) && !takes_lengths(242, 14, 1) && !takes_lengths(241, 15, 1));
static_assert(takes_lengths(1, 0, 256) && !takes_lengths(1, 0, 257));

// The tables again at run time, where the fast path takes other instructions than in the compiler.
EDGESPAN_TEST(w3c_tables_hold_at_run_time_with_every_hex, "w3c") {
  TEST_ASSERT_EQUAL_UINT64(accepted.size(), holds<HexFast>(accepted));
  TEST_ASSERT_EQUAL_UINT64(rejected.size(), holds<HexFast>(rejected));
  TEST_ASSERT_EQUAL_UINT64(accepted.size(), holds<HexSwar<std::uint32_t>>(accepted));
  TEST_ASSERT_EQUAL_UINT64(rejected.size(), holds<HexSwar<std::uint32_t>>(rejected));
  TEST_ASSERT_EQUAL_UINT64(accepted.size(), holds<HexSwar<std::uint64_t>>(accepted));
  TEST_ASSERT_EQUAL_UINT64(rejected.size(), holds<HexSwar<std::uint64_t>>(rejected));
  TEST_ASSERT_EQUAL_UINT64(accepted.size(), holds<HexLoop>(accepted));
  TEST_ASSERT_EQUAL_UINT64(rejected.size(), holds<HexLoop>(rejected));
  TEST_ASSERT_TRUE(truncations_hold<HexFast>());
  TEST_ASSERT_TRUE(truncations_hold<HexSwar<std::uint32_t>>());
  TEST_ASSERT_TRUE(corruptions_hold<HexFast>(0, traceparent_bytes));
  TEST_ASSERT_TRUE(corruptions_hold<HexSwar<std::uint32_t>>(0, traceparent_bytes));
  TEST_ASSERT_TRUE(corruptions_hold<HexSwar<std::uint64_t>>(0, traceparent_bytes));
  TEST_ASSERT_TRUE(corruptions_hold<HexLoop>(0, traceparent_bytes));
}

}  // namespace
}  // namespace edgespan::w3c_impl
