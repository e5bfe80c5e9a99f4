// SPDX-License-Identifier: Apache-2.0
// No byte outside a name or a value is read, no byte outside the written text is touched. Each text stands
// once at the start of an array and once at the end of one, so that AddressSanitizer stops the program at the
// first byte beside it; for a build without it, what surrounds the text is varied and must not matter.
#include <edgespan/b3.hpp>
#include <edgespan/b3_headers.hpp>

#include "core/b3_impl.hpp"
#include "core/b3_key.hpp"
#include "core/hex_fast.hpp"
#include "support/test.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace edgespan {
namespace {

using namespace std::string_view_literals;

class Edges {
 public:
  explicit Edges(std::string_view text)
      : at_start{first_.data(), text.size()}, at_end{last_.data() + last_.size() - text.size(), text.size()} {
    std::copy(text.begin(), text.end(), first_.begin());
    std::copy(text.begin(), text.end(), last_.end() - static_cast<std::ptrdiff_t>(text.size()));
  }
  Edges(const Edges&) = delete;
  Edges& operator=(const Edges&) = delete;

 private:
  std::array<char, b3_single_max> first_, last_;

 public:
  const std::string_view at_start, at_end;
};

constexpr auto full = "463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-1-0020000000000001"sv;
constexpr auto short_trace = "463ac35c9f6413ad-a2fb4a1d1a96d312-d-0020000000000001"sv;

bool same(const B3Extraction& left, const B3Extraction& right) {
  return left.kind == right.kind && left.error == right.error && left.context == right.context;
}

// What a part of `full` or `short_trace` is: a decision, a whole header with or without its last fields, or
// nothing.
B3Extraction::Kind kind_of(std::string_view whole, std::size_t from, std::size_t size) {
  const auto ends = [size](std::size_t trace_digits) {
    return size == trace_digits + 17 || size == trace_digits + 19 || size == trace_digits + 36;
  };
  if (size == 1 && "01d"sv.find(whole[from]) != std::string_view::npos) return B3Extraction::Kind::flags;
  const bool ids =
      whole == full ? (from == 0 && ends(32)) || (from == 16 && ends(16)) : from == 0 && ends(16);
  return ids ? B3Extraction::Kind::ids : B3Extraction::Kind::empty;
}

template <typename Parse>
bool ignores_surroundings(std::string_view value, B3Extraction::Kind kind, Parse parse) {
  const Edges edges(value);
  const B3Extraction alone = parse(edges.at_start);
  if (alone.kind != kind) return false;
  if (!same(parse(edges.at_end), alone)) return false;
  std::array<char, b3_single_max + 128> wide;
  for (const char around : {'0', '-', 'f', 'd', '\0', '\xff'}) {
    wide.fill(around);
    std::copy(value.begin(), value.end(), wide.begin() + 64);
    if (!same(parse(std::string_view(wide.data() + 64, value.size())), alone)) return false;
  }
  return true;
}

EDGESPAN_TEST(b3_parse_never_reads_outside_the_value, "b3") {
  for (const auto whole : {full, short_trace}) {
    for (std::size_t from = 0; from <= whole.size(); ++from) {
      for (std::size_t size = 0; from + size <= whole.size(); ++size) {
        const std::string_view value = whole.substr(from, size);
        const auto kind = kind_of(whole, from, size);
        bool ok = ignores_surroundings(value, kind, [](std::string_view text) { return b3_parse(text); });
        ok &= ignores_surroundings(value, kind, b3_impl::parse<b3_impl::HexSwar<std::uint32_t>>);
        ok &= ignores_surroundings(value, kind, b3_impl::parse<b3_impl::HexSwar<std::uint64_t>>);
        if (!ok) {
          TEST_MESSAGE("value \"" << value << '"');
          TEST_FAIL_MESSAGE("the value means another thing, or what stands beside it changes its meaning");
        }
      }
    }
  }
}

EDGESPAN_TEST(b3_set_never_reads_outside_its_values, "b3") {
  constexpr auto digits = "463ac35c9f6413ad48485a3953bb61240"sv;
  const Edges span("a2fb4a1d1a96d312");
  for (std::size_t size = 0; size <= digits.size(); ++size) {
    const Edges id(digits.substr(0, size));
    for (const B3Key key :
         {B3Key::trace_id, B3Key::span_id, B3Key::parent_span_id, B3Key::sampled, B3Key::flags}) {
      const auto is_ids = [&](std::string_view value) {
        B3Headers headers;
        headers.add(B3Key::trace_id, span.at_start);
        headers.add(B3Key::span_id, span.at_end);
        headers.add(key, value);
        return headers.extract().kind == B3Extraction::Kind::ids;
      };
      const bool ids = is_ids(id.at_start);
      TEST_ASSERT_EQUAL_INT(ids, is_ids(id.at_end));
      const std::size_t max = key == B3Key::trace_id ? 32 : 16;
      if (key == B3Key::sampled) TEST_ASSERT_FALSE(ids);
      if (key == B3Key::flags) TEST_ASSERT_TRUE(ids);
      if (key < B3Key::sampled) TEST_ASSERT_EQUAL_INT(size >= 2 && size <= max, ids);
    }
  }
}

EDGESPAN_TEST(b3_key_never_reads_outside_the_name, "b3") {
  for (const std::string_view name : b3_key_names) {
    for (std::size_t size = 0; size <= name.size(); ++size) {
      const Edges part(name.substr(0, size));
      TEST_ASSERT_EQUAL_INT(size == name.size(), b3_key(part.at_start) != B3Key::none);
      TEST_ASSERT_EQUAL_INT(size == name.size(), b3_key(part.at_end) != B3Key::none);
    }
    for (std::size_t at = 0; at < name.size(); ++at) {
      for (unsigned byte = 0; byte < 256; ++byte) {
        std::array<char, b3_single_max> changed{};
        std::copy(name.begin(), name.end(), changed.begin());
        changed[at] = static_cast<char>(byte);
        const bool letter = (name[at] >= 'a' && name[at] <= 'z') || (name[at] >= 'A' && name[at] <= 'Z');
        const bool same = changed[at] == name[at] || (letter && (changed[at] ^ name[at]) == 0x20);
        const Edges edges(std::string_view(changed.data(), name.size()));
        const bool found = b3_key(edges.at_end) != B3Key::none;
        const bool found_shortly = b3_impl::find_key_shortly(edges.at_end) != B3Key::none;
        if (found == same && found_shortly == same) continue;
        TEST_FAIL_MESSAGE("byte " << at << " of " << name << " was taken for another");
      }
    }
  }
  TEST_ASSERT_EQUAL_INT(B3Key::none, b3_key({}));
}

EDGESPAN_TEST(b3_format_writes_no_more_than_it_says, "b3") {
  for (const bool long_trace : {false, true}) {
    for (const std::uint64_t parent : {0U, 5U}) {
      for (const Decision decision :
           {Decision::undecided, Decision::deny, Decision::accept, Decision::debug}) {
        const Context context{long_trace ? 2U : 0U, 3, 4, parent, decision};
        std::array<char, b3_single_max> out;
        out.fill('#');
        const std::size_t size = b3_format(context, B3Format::single, out);
        const std::size_t expected =
            (long_trace ? 49U : 33U) + (decision == Decision::undecided ? 0U : 2U) + (parent == 0 ? 0U : 17U);
        TEST_ASSERT_EQUAL_UINT64(expected, size);
        TEST_ASSERT_EQUAL_INT(b3_single_max - size, std::count(out.begin(), out.end(), '#'));
      }
    }
  }
}

EDGESPAN_TEST(b3_inject_stays_inside_its_buffer, "b3") {
  B3Buffer buffer;
  const Context all{~0ULL, ~0ULL, ~0ULL, ~0ULL, Decision::debug};
  const auto headers = b3_inject(all, B3Format::both, buffer);
  TEST_ASSERT_EQUAL_UINT64(b3_headers_max, headers.size());
  const char* const end = buffer.text.data() + buffer.text.size();
  const char* last = buffer.text.data();
  for (const B3Header& header : headers) {
    TEST_ASSERT_TRUE(header.value.data() >= last);  // one after the other, never over each other
    last = header.value.data() + header.value.size();
    TEST_ASSERT_TRUE(last <= end);
  }
}

}  // namespace
}  // namespace edgespan
