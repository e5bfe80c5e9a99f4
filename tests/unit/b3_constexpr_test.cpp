// SPDX-License-Identifier: Apache-2.0
// The B3 codec, proved while it compiles. A read past a value is no constant expression, and every value
// stands in a block of exactly its size: an over-read anywhere below does not build. At run time, where there
// may be no heap, the values stand where they are.
#include <edgespan/b3.hpp>

#include "core/b3_impl.hpp"
#include "core/b3_key.hpp"
#include "core/hex_fast.hpp"
#include "support/test.hpp"
#include "support/trace_ids.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace edgespan::b3_impl {
namespace {

using namespace std::string_view_literals;
using Kind = B3Extraction::Kind;

using test::h;
using test::p;
using test::s;
using test::t;

constexpr auto full = H T "-" S "-1-" P ""sv;
static_assert(full.size() == b3_single_max);

template <typename Hex>
constexpr B3Extraction parse_exact(std::string_view value) {
  if (value.empty() || !std::is_constant_evaluated()) return parse<Hex>(value);
  char* const block = new char[value.size()];
  for (std::size_t i = 0; i < value.size(); ++i) block[i] = value[i];
  const B3Extraction found = parse<Hex>({block, value.size()});
  delete[] block;
  return found;
}

struct Row {
  std::string_view value;
  Kind kind = Kind::empty;
  B3Error error = B3Error::ok;
  Context context{};
};

constexpr Row ids(std::string_view value, const Context& context) {
  return {value, Kind::ids, B3Error::ok, context};
}
constexpr Row flag(std::string_view value, Decision decision) {
  return {value, Kind::flags, B3Error::ok, {.decision = decision}};
}
constexpr Row refused(std::string_view value, B3Error error) { return {value, Kind::empty, error, {}}; }

// Number of leading rows that behave; all of them if the table holds.
template <typename Hex, std::size_t size>
constexpr std::size_t holds(const std::array<Row, size>& rows) {
  for (std::size_t i = 0; i < size; ++i) {
    const B3Extraction found = parse_exact<Hex>(rows[i].value);
    if (found.kind != rows[i].kind || found.error != rows[i].error) return i;
    if (found.context != rows[i].context || explain(rows[i].value) != rows[i].error) return i;
    B3Extraction slow;  // the same, field by field
    if (read_fields(rows[i].value, slow) != rows[i].error) return i;
    if (rows[i].error == B3Error::ok && (slow.kind != rows[i].kind || slow.context != rows[i].context))
      return i;
  }
  return size;
}

// ---- The grammar of the single header.

constexpr std::array accepted{
    ids(T "-" S, {0, t, s, 0, Decision::undecided}),
    ids(T "-" S "-0", {0, t, s, 0, Decision::deny}),
    ids(T "-" S "-1", {0, t, s, 0, Decision::accept}),
    ids(T "-" S "-d", {0, t, s, 0, Decision::debug}),
    ids(T "-" S "-1-" P, {0, t, s, p, Decision::accept}),
    ids(T "-" S "-0-" P, {0, t, s, p, Decision::deny}),
    ids(T "-" S "-d-" P, {0, t, s, p, Decision::debug}),
    ids(T "-" S "-" P, {0, t, s, p, Decision::undecided}),
    ids(H T "-" S, {h, t, s, 0, Decision::undecided}),
    ids(H T "-" S "-d", {h, t, s, 0, Decision::debug}),
    ids(H T "-" S "-" P, {h, t, s, p, Decision::undecided}),
    ids(full, {h, t, s, p, Decision::accept}),
    ids(Z T "-" S "-1", {0, t, s, 0, Decision::accept}),   // a zero high half: a 64-bit id
    ids(H Z "-" S "-1", {h, 0, s, 0, Decision::accept}),   // a zero low half is kept
    ids(T "-" S "-1-" Z, {0, t, s, 0, Decision::accept}),  // a zero parent: none
    ids(T "-" S "-" Z, {0, t, s, 0, Decision::undecided}),
    ids("0000000000000001-000000000000000a-1", {0, 1, 10, 0, Decision::accept}),
    ids("ffffffffffffffff-fedcba9876543210", {0, ~0ULL, 0xfedcba9876543210, 0, Decision::undecided}),
    flag("0", Decision::deny),
    flag("1", Decision::accept),
    flag("d", Decision::debug),
};
static_assert(holds<HexFast>(accepted) == accepted.size());

constexpr std::array rejected{
    refused("", B3Error::bad_length),
    refused("-", B3Error::bad_separator),
    refused("2", B3Error::bad_decision),
    refused("D", B3Error::bad_decision),
    refused("f", B3Error::bad_decision),
    refused("a", B3Error::bad_decision),
    refused("\0"sv, B3Error::bad_decision),
    refused("01", B3Error::bad_length),
    refused("junk", B3Error::bad_length),
    refused("true", B3Error::bad_length),
    refused(T, B3Error::bad_separator),
    refused(H T, B3Error::bad_separator),
    refused(T "-", B3Error::bad_separator),
    refused("-" S, B3Error::bad_separator),
    refused(T "--" S, B3Error::bad_separator),
    refused(T "-" S "-", B3Error::bad_separator),
    refused(T "-" S "--1", B3Error::bad_separator),
    refused(T "-" S "-1-", B3Error::bad_separator),
    refused(T "-" S "-1--" P, B3Error::bad_separator),
    refused(T "-" S "-1-" P "-", B3Error::bad_separator),
    refused(T "-" S "-1-" P "-0", B3Error::bad_separator),  // a fifth field
    refused(T "_" S "-1", B3Error::bad_length),
    refused(H T "_" S "-1", B3Error::bad_length),
    refused(T "-" S "_1", B3Error::bad_length),
    refused(H T "-" S "-1_" P, B3Error::bad_length),
    refused("123456789012345-" S, B3Error::bad_length),  // 15
    refused("1" T "-" S, B3Error::bad_length),           // 17
    refused("1" H T "-" S, B3Error::bad_length),         // 33
    refused(T "-23456789012345-1", B3Error::bad_length),
    refused(T "-" S "3-1", B3Error::bad_length),
    refused(T "-" H S "-1", B3Error::bad_length),  // a span id is never 32
    refused(T "-" S "-1-23456789012345", B3Error::bad_length),
    refused(T "-" S "-1-" P "2", B3Error::bad_length),
    refused(T "-" S "-1-" H P, B3Error::bad_length),
    refused(T "-" S "-true", B3Error::bad_length),  // last and longer than one: a parent id
    refused(T "-" S "-11", B3Error::bad_length),
    refused(T "-" S "-D", B3Error::bad_decision),
    refused(T "-" S "-f", B3Error::bad_decision),
    refused(T "-" S "-a", B3Error::bad_decision),
    refused(T "-" S "-2", B3Error::bad_decision),
    refused(T "-" S "-2-" P, B3Error::bad_decision),
    refused(T "-" S "-true-" P, B3Error::bad_decision),
    refused(T "-" S "-" P "-1", B3Error::bad_decision),  // decision and parent the wrong way round
    refused(T "-" S "-" P "-" P, B3Error::bad_decision),
    refused("123456789012345A-" S, B3Error::bad_character),
    refused(T "-123456789012345G-1", B3Error::bad_character),
    refused(T "-" S "-1-123456789012345F", B3Error::bad_character),
    refused(T "-" S "-123456789012345F", B3Error::bad_character),
    refused(" 23456789012345f-" S, B3Error::bad_character),
    refused(" " T "-" S, B3Error::bad_length),  // nothing is trimmed
    refused(T "-" S "-1 ", B3Error::bad_length),
    refused(T "-" S "-1\n", B3Error::bad_length),
    refused("\"" T "-" S "\"", B3Error::bad_length),
    refused(T "-" S "-1,", B3Error::bad_length),
    refused(T "-" S "-1\0"sv, B3Error::bad_length),
    refused("123456789012345\0-" S ""sv, B3Error::bad_character),
    refused(Z "-" S "-1", B3Error::zero_trace_id),
    refused(Z Z "-" S "-1", B3Error::zero_trace_id),
    refused(Z "-" Z, B3Error::zero_trace_id),
    refused(T "-" Z "-1", B3Error::zero_span_id),
    refused(H T "-" Z "-1-" P, B3Error::zero_span_id),
    refused(H T "-" S "-1-" P "0", B3Error::too_long),
    refused(H T "-" S "-1-" P "-", B3Error::too_long),
};
static_assert(holds<HexFast>(rejected) == rejected.size());

// ---- Every truncation of a full header. Four of them are headers themselves: one character, the ids, the
// ids with a decision, and all of it; the first character here is '1'.

template <typename Hex>
constexpr bool truncations_hold() {
  for (std::size_t size = 0; size <= full.size(); ++size) {
    const B3Extraction found = parse_exact<Hex>(full.substr(0, size));
    Kind expected = Kind::empty;
    if (size == 1) expected = Kind::flags;
    if (size == 49 || size == 51 || size == 68) expected = Kind::ids;
    if (found.kind != expected || (found.error == B3Error::ok) != (expected != Kind::empty)) return false;
    const Context kept{h, t, s, size == 68 ? p : 0, size == 49 ? Decision::undecided : Decision::accept};
    if (expected == Kind::ids && found.context != kept) return false;
  }
  return true;
}
static_assert(truncations_hold<HexFast>());

// ---- Every place of a full header, with the characters on both sides of each range that it may hold.

constexpr bool allowed_at(std::size_t place, char character) {
  if (place == 32 || place == 49 || place == 51) return character == '-';
  if (place == 50) return "01d"sv.find(character) != std::string_view::npos;
  return "0123456789abcdef"sv.find(character) != std::string_view::npos;
}

constexpr auto suspects = "-,/09:@AFGZ_`adfgz{ \t\n\"\0\x01\x7f\x80\xad\xb0\xb1\xe1\xff"sv;
static_assert(suspects.size() == 32);

template <typename Hex>
constexpr bool corruptions_hold(std::size_t from, std::size_t to) {
  std::array<char, b3_single_max> value{};
  for (std::size_t i = 0; i < value.size(); ++i) value[i] = full[i];
  for (std::size_t place = from; place < to; ++place) {
    for (const char character : suspects) {
      value[place] = character;
      const B3Extraction found = parse<Hex>({value.data(), value.size()});
      if ((found.kind == Kind::ids) != allowed_at(place, character)) return false;
    }
    value[place] = full[place];
  }
  return true;
}
// In parts, as clang bounds the steps of one evaluation.
static_assert(corruptions_hold<HexFast>(0, 8));
static_assert(corruptions_hold<HexFast>(8, 16));
static_assert(corruptions_hold<HexFast>(16, 24));
static_assert(corruptions_hold<HexFast>(24, 32));
static_assert(corruptions_hold<HexFast>(32, 40));
static_assert(corruptions_hold<HexFast>(40, 48));
static_assert(corruptions_hold<HexFast>(48, 54));
static_assert(corruptions_hold<HexFast>(54, 60));
static_assert(corruptions_hold<HexFast>(60, 64));
static_assert(corruptions_hold<HexFast>(64, 68));

// ---- What is written is what was there.

constexpr bool writes(const Context& context, B3Format form, std::string_view expected) {
  std::array<char, b3_single_max> out{};
  const std::size_t size = format<HexFast>(context, form, out);
  return std::string_view(out.data(), size) == expected;
}
static_assert(writes({h, t, s, p, Decision::accept}, B3Format::single, full));
static_assert(writes({h, t, s, p, Decision::accept}, B3Format::single_no_parent, H T "-" S "-1"));
static_assert(writes({h, t, s, p, Decision::accept}, B3Format::multi, H T "-" S "-1"));
static_assert(writes({0, t, s, p, Decision::debug}, B3Format::single, T "-" S "-d-" P));
static_assert(writes({0, t, s, 0, Decision::deny}, B3Format::single, T "-" S "-0"));
static_assert(writes({0, t, s, 0, Decision::undecided}, B3Format::single, T "-" S));
static_assert(writes({0, t, s, p, Decision::undecided}, B3Format::single, T "-" S "-" P));
static_assert(writes({h, 0, s, 0, Decision::accept}, B3Format::single_no_parent, H Z "-" S "-1"));
static_assert(writes({0, 1, 0xabcdef, 0, Decision::accept}, B3Format::single,
                     "0000000000000001-0000000000abcdef-1"));
static_assert(writes({0, 0, s, 0, Decision::accept}, B3Format::single, ""));
static_assert(writes({h, t, 0, 0, Decision::accept}, B3Format::single, ""));

// ---- Names.

constexpr bool names_hold(B3Key (*find)(std::string_view) noexcept) {
  for (std::size_t i = 0; i < b3_key_names.size(); ++i) {
    std::array<char, 32> block{};
    const std::string_view name = b3_key_names[i];
    for (unsigned fold = 0; fold < 3; ++fold) {  // as written, lower case, upper case
      for (std::size_t at = 0; at < name.size(); ++at) {
        const char lower = static_cast<char>(name[at] | 0x20);
        const bool letter = lower >= 'a' && lower <= 'z';
        block[at] = !letter || fold == 0 ? name[at] : fold == 1 ? lower : static_cast<char>(lower - 0x20);
      }
      if (find({block.data(), name.size()}) != static_cast<B3Key>(i)) return false;
      if (find({block.data(), name.size() - 1}) != B3Key::none) return false;
      if (find({block.data(), name.size() + 1}) != B3Key::none) return false;
    }
  }
  return true;
}
static_assert(names_hold(find_key) && names_hold(find_key_shortly));
static_assert(find_key("") == B3Key::none);
static_assert(find_key("b4") == B3Key::none && find_key("\x22\x33"sv) == B3Key::none);
static_assert(find_key_shortly("b\x13"sv) == B3Key::none && find_key_shortly("X\rB3-Flags"sv) == B3Key::none);
static_assert(find_key("b\x13"sv) == B3Key::none);        // '3' folded, not a letter
static_assert(find_key("X\rB3-Flags"sv) == B3Key::none);  // '-' folded
static_assert(find_key("X-B3-Flag\0"sv) == B3Key::none && find_key("X-B3-Flags\0"sv) == B3Key::none);

// The tables again at run time, where the fast path takes other instructions than in the compiler.
EDGESPAN_TEST(b3_tables_hold_at_run_time_with_every_hex, "b3") {
  TEST_ASSERT_EQUAL_UINT64(accepted.size(), holds<HexFast>(accepted));
  TEST_ASSERT_EQUAL_UINT64(rejected.size(), holds<HexFast>(rejected));
  TEST_ASSERT_EQUAL_UINT64(accepted.size(), holds<HexSwar<std::uint32_t>>(accepted));
  TEST_ASSERT_EQUAL_UINT64(rejected.size(), holds<HexSwar<std::uint32_t>>(rejected));
  TEST_ASSERT_EQUAL_UINT64(accepted.size(), holds<HexSwar<std::uint64_t>>(accepted));
  TEST_ASSERT_EQUAL_UINT64(accepted.size(), holds<HexLoop>(accepted));
  TEST_ASSERT_EQUAL_UINT64(rejected.size(), holds<HexSwar<std::uint64_t>>(rejected));
  TEST_ASSERT_EQUAL_UINT64(rejected.size(), holds<HexLoop>(rejected));
  TEST_ASSERT_TRUE(truncations_hold<HexFast>());
  TEST_ASSERT_TRUE(truncations_hold<HexSwar<std::uint32_t>>());
  TEST_ASSERT_TRUE(truncations_hold<HexSwar<std::uint64_t>>());
  TEST_ASSERT_TRUE(corruptions_hold<HexFast>(0, full.size()));
  TEST_ASSERT_TRUE(corruptions_hold<HexSwar<std::uint32_t>>(0, full.size()));
  TEST_ASSERT_TRUE(corruptions_hold<HexSwar<std::uint64_t>>(0, full.size()));
  TEST_ASSERT_TRUE(names_hold(find_key) && names_hold(find_key_shortly));
}

// Names are found in two ways, word by word and letter by letter: every byte at every place of every name
// counts for both.
EDGESPAN_TEST(b3_a_name_is_told_from_all_that_differ_in_a_byte, "b3") {
  std::array<char, 24> text{};
  for (std::size_t key = 0; key < b3_key_names.size(); ++key) {
    const std::string_view name = b3_key_names[key];
    for (std::size_t at = 0; at < name.size(); ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        for (std::size_t i = 0; i < name.size(); ++i) text[i] = name[i];
        text[at] = static_cast<char>(byte);
        const char lower = static_cast<char>(name[at] | 0x20);
        const bool is_letter = lower >= 'a' && lower <= 'z';
        const bool same = text[at] == name[at] || (is_letter && (text[at] | 0x20) == lower);
        const B3Key wanted = same ? static_cast<B3Key>(key) : B3Key::none;
        const std::string_view changed{text.data(), name.size()};
        TEST_ASSERT_EQUAL_INT(static_cast<int>(wanted), static_cast<int>(find_key(changed)));
        TEST_ASSERT_EQUAL_INT(static_cast<int>(wanted), static_cast<int>(find_key_shortly(changed)));
      }
    }
  }
}

}  // namespace
}  // namespace edgespan::b3_impl
