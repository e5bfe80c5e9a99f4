// SPDX-License-Identifier: Apache-2.0
// The B3 codec against a second one that splits at '-' and thinks in fields, on random and on spoiled values;
// and every Hex type against the others.
#include <edgespan/b3.hpp>
#include <edgespan/b3_headers.hpp>

#include "core/b3_impl.hpp"
#include "core/hex_fast.hpp"
#include "support/plain_b3.hpp"
#include "support/random.hpp"
#include "support/test.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace edgespan::b3_impl {
namespace {

using namespace std::string_view_literals;
using Kind = B3Extraction::Kind;
using test::plain_parse;
using test::Random;
using test::read_digits;

// ---- Values.

struct Value {
  std::array<char, 80> text{};
  std::size_t size = 0;
  std::string_view view() const { return {text.data(), size}; }
  void put(char character) { text[size++] = character; }
};

void put_id(Value& value, Random& random) {
  std::uint64_t id = random.next();
  if (random.below(8) == 0) id = 0;
  if (random.below(8) == 0) id >>= random.below(64);
  for (int shift = 60; shift >= 0; shift -= 4) value.put("0123456789abcdef"[id >> shift & 0xf]);
}

// One that the grammar allows, but for ids of zero.
Value make(Random& random) {
  Value value;
  if (random.below(2) == 0) put_id(value, random);
  put_id(value, random);
  value.put('-');
  put_id(value, random);
  if (random.below(4) != 0) {
    value.put('-');
    value.put("01d"[random.below(3)]);
  }
  if (random.below(2) == 0) {
    value.put('-');
    put_id(value, random);
  }
  return value;
}

char any_char(Random& random) {
  constexpr auto likely = "0123456789abcdef-dAFgG/:`@ \0"sv;
  return random.below(4) == 0 ? static_cast<char>(random.next()) : likely[random.below(likely.size())];
}

void spoil(Value& value, Random& random) {
  const std::size_t at = random.below(value.size + 1);
  switch (random.below(5)) {
    case 0:  // replace
      if (at < value.size) value.text[at] = any_char(random);
      break;
    case 1:  // insert
      if (value.size == value.text.size()) break;
      for (std::size_t i = value.size++; i > at; --i) value.text[i] = value.text[i - 1];
      value.text[at] = any_char(random);
      break;
    case 2:  // remove
      if (at == value.size) break;
      for (std::size_t i = at + 1; i < value.size; ++i) value.text[i - 1] = value.text[i];
      --value.size;
      break;
    case 3:  // cut
      value.size = at;
      break;
    default:  // swap two
      if (value.size > 0) {
        std::swap(value.text[at % value.size], value.text[random.below(value.size)]);
      }
      break;
  }
}

bool same(const B3Extraction& left, const B3Extraction& right) {
  return left.kind == right.kind && left.error == right.error && left.context == right.context;
}

bool agree(std::string_view value, Kind& kind) {
  const B3Extraction fast = b3_parse(value);
  const B3Extraction plain = plain_parse(value);
  kind = fast.kind;
  return same(fast, parse<HexFast>(value)) && same(fast, parse<HexSwar<std::uint32_t>>(value)) &&
         same(fast, parse<HexSwar<std::uint64_t>>(value)) && same(fast, parse<HexLoop>(value)) &&
         fast.kind == plain.kind && fast.context == plain.context && explain(value) == fast.error &&
         (fast.error == B3Error::ok) == (fast.kind != Kind::empty);
}

EDGESPAN_TEST(b3_parse_agrees_with_a_plain_parser, "b3") {
  constexpr int rounds = test::rounds(200'000);
  Random random(20261124);
  std::array<int, 3> seen{};
  for (int round = 0; round < rounds; ++round) {
    Value value = make(random);
    for (std::size_t times = random.below(4); times > 0; --times) spoil(value, random);
    Kind kind{};
    if (!agree(value.view(), kind)) {
      TEST_MESSAGE("round " << round << " value \"" << value.view() << '"');
      TEST_FAIL_MESSAGE("two parsers disagree");
    }
    ++seen[static_cast<std::size_t>(kind)];
  }
  // The values must reach both sides of the grammar, or the agreement says little.
  TEST_ASSERT_GREATER_OR_EQUAL_UINT64(rounds / 4, seen[static_cast<std::size_t>(Kind::ids)]);
  TEST_ASSERT_GREATER_OR_EQUAL_UINT64(rounds / 4, seen[static_cast<std::size_t>(Kind::empty)]);
}

EDGESPAN_TEST(b3_parse_agrees_on_every_byte_at_every_place, "b3") {
  constexpr auto full = "12345678901234591234567890123451-1234567890123453-1-1234567890123452"sv;
  Value value;
  for (const char character : full) value.put(character);
  for (std::size_t place = 0; place < full.size(); ++place) {
    for (unsigned byte = 0; byte < 256; ++byte) {
      value.text[place] = static_cast<char>(byte);
      Kind kind{};
      if (!agree(value.view(), kind)) {
        TEST_MESSAGE("place " << place << " byte " << byte);
        TEST_FAIL_MESSAGE("two parsers disagree");
      }
    }
    value.text[place] = full[place];
  }
}

template <typename Hex>
bool decodes_alike(const std::array<char, 16>& text) {
  std::uint64_t none = 0;
  std::uint64_t expected = 0;
  std::uint64_t value = 0;
  const bool valid = read_digits({text.data(), text.size()}, none, expected);
  return Hex::decode16(text.data(), value) == valid && (!valid || value == expected);
}

template <typename Hex>
bool hex_holds(Random random) {
  for (int round = 0; round < test::rounds(50'000); ++round) {
    std::array<char, 16> text{};
    const std::uint64_t id = random.next();
    Hex::encode16(id, text.data());
    std::uint64_t back = ~id;
    if (!Hex::decode16(text.data(), back) || back != id) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != "0123456789abcdef"[id >> (60 - 4 * i) & 0xf]) return false;
    }
    // A neighbour's carry would show in pairs of bytes, not in single ones.
    text[random.below(16)] = static_cast<char>(random.next());
    if (!decodes_alike<Hex>(text)) return false;
    text[random.below(16)] = any_char(random);
    if (!decodes_alike<Hex>(text)) return false;
  }
  return true;
}

EDGESPAN_TEST(b3_hex_agrees_with_a_plain_loop, "b3") {
  TEST_ASSERT_TRUE(hex_holds<HexFast>(Random(1)));
  TEST_ASSERT_TRUE(hex_holds<HexSwar<std::uint32_t>>(Random(2)));
  TEST_ASSERT_TRUE(hex_holds<HexSwar<std::uint64_t>>(Random(3)));
  TEST_ASSERT_TRUE(hex_holds<HexLoop>(Random(4)));
}

// ---- There and back.

Context make_context(Random& random) {
  const auto id = [&] { return random.next() >> (random.below(4) == 0 ? random.below(64) : 0); };
  Context context{random.below(2) == 0 ? id() : 0, random.below(8) == 0 ? 0 : id(), id(),
                  random.below(2) == 0 ? id() : 0, static_cast<Decision>(random.below(4))};
  if (context.span_id == 0) context.span_id = 1;
  if ((context.trace_hi | context.trace_lo) == 0) context.trace_lo = 1;
  return context;
}

bool comes_back(const Context& context, B3Format format) {
  B3Buffer buffer;
  B3Headers headers;
  for (const B3Header& header : b3_inject(context, format, buffer)) headers.add(header.name, header.value);
  Context expected = context;
  if (format == B3Format::single_no_parent || format == B3Format::both) expected.parent_id = 0;
  const B3Extraction found = headers.extract();
  return found.kind == Kind::ids && found.error == B3Error::ok && found.context == expected;
}

EDGESPAN_TEST(b3_inject_and_extract_are_inverse, "b3") {
  Random random(7);
  for (int round = 0; round < test::rounds(50'000); ++round) {
    const Context context = make_context(random);
    for (const auto format :
         {B3Format::single, B3Format::single_no_parent, B3Format::multi, B3Format::both}) {
      if (!comes_back(context, format)) {
        TEST_MESSAGE("round " << round << " format " << static_cast<int>(format));
        TEST_FAIL_MESSAGE("the context did not come back");
      }
    }
    // Both halves of `both` say the same: the set alone has the parent too.
    B3Buffer buffer;
    B3Headers set;
    for (const B3Header& header : b3_inject(context, B3Format::both, buffer).subspan(1)) {
      set.add(header.name, header.value);
    }
    if (set.extract().context != context) TEST_FAIL_MESSAGE("the set beside b3 says something else");
  }
}

template <typename Hex>
bool writes_alike(const Context& context, B3Format form) {
  std::array<char, b3_single_max> exported{};
  std::array<char, b3_single_max> other{};
  const std::size_t size = b3_format(context, form, exported);
  return format<Hex>(context, form, other) == size && exported == other;
}

EDGESPAN_TEST(b3_format_writes_the_same_with_every_hex, "b3") {
  Random random(9);
  bool same = true;
  for (int round = 0; round < test::rounds(50'000); ++round) {
    const Context context = make_context(random);
    same &= writes_alike<HexFast>(context, B3Format::single);
    same &= writes_alike<HexSwar<std::uint32_t>>(context, B3Format::single);
    same &= writes_alike<HexSwar<std::uint64_t>>(context, B3Format::single);
    same &= writes_alike<HexLoop>(context, B3Format::single);
  }
  TEST_ASSERT_TRUE(same);
}

}  // namespace
}  // namespace edgespan::b3_impl
