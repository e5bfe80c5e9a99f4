// SPDX-License-Identifier: Apache-2.0
// Texts are looked at a register at a time, and character by character where that finds more than ASCII. What
// a text is, is said here a second time: as ranges of bytes, from the table of the Unicode standard.
#include "core/utf8.hpp"

#include "core/encode_impl.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "support/test.hpp"

namespace {

using namespace edgespan;

struct Bytes4 {
  std::array<char, 4> bytes{};
  std::size_t size = 0;
  std::string_view view() const { return {bytes.data(), size}; }
};

// The form that a decoder reads as `point`, in `size` bytes; the shortest is the only one that is allowed.
Bytes4 in_bytes(std::uint32_t point, std::size_t size) {
  Bytes4 out{.size = size};
  constexpr std::array<std::uint32_t, 5> lead{0, 0, 0xC0, 0xE0, 0xF0};
  for (std::size_t i = size - 1; i > 0; --i) {
    out.bytes[i] = static_cast<char>(0x80 + point % 64);
    point /= 64;
  }
  out.bytes[0] = static_cast<char>(lead[size] + point);
  return out;
}

EDGESPAN_TEST(every_byte_at_every_place_is_judged, "text") {
  for (std::size_t size = 0; size <= 36; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (unsigned byte = 0; byte < 256; ++byte) {
        std::array<char, 37> bytes{};
        bytes.fill('k');
        bytes[at] = static_cast<char>(byte);
        const std::string_view text{bytes.data(), size};
        if (detail::utf8(text) != (byte < 0x80)) TEST_FAIL_MESSAGE("utf8");
        if (detail::name_text(text) != (byte != 0 && byte < 0x80)) TEST_FAIL_MESSAGE("name_text");
        if (detail::text_key(text) != (byte >= 0x20 && byte < 0x7F)) TEST_FAIL_MESSAGE("text_key");
      }
    }
  }
  TEST_ASSERT_TRUE(detail::utf8(""));
  TEST_ASSERT_FALSE(detail::text_key(""));
  TEST_ASSERT_TRUE(detail::name_text(""));
  TEST_ASSERT_TRUE(detail::name_text("\u00e4rger"));
}

EDGESPAN_TEST(every_byte_at_every_place_is_made_lower_case, "text") {
  for (std::size_t size = 0; size <= 20; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (unsigned byte = 0; byte < 256; ++byte) {
        std::array<char, 20> bytes{};
        bytes.fill('K');
        bytes[at] = static_cast<char>(byte);
        std::array<std::byte, 22> out{};
        detail::encode_impl::lower_run(out.data() + 1, {bytes.data(), size});
        bool same = out[0] == std::byte{0} && out[size + 1] == std::byte{0};  // nothing beside it is written
        for (std::size_t i = 0; i < size; ++i) {
          const unsigned lower = byte >= 'A' && byte <= 'Z' ? byte + 32 : byte;
          same = same && out[i + 1] == static_cast<std::byte>(i == at ? lower : 'k');
        }
        if (!same) TEST_FAIL_MESSAGE("lower_run");
      }
    }
  }
}

EDGESPAN_TEST(every_pair_of_bytes_is_judged, "text") {
  for (unsigned first = 0; first < 256; ++first) {
    for (unsigned second = 0; second < 256; ++second) {
      const std::array<char, 2> bytes{static_cast<char>(first), static_cast<char>(second)};
      const bool ascii = first < 0x80 && second < 0x80;
      const bool pair = first >= 0xC2 && first <= 0xDF && second >= 0x80 && second <= 0xBF;
      if (detail::utf8({bytes.data(), 2}) != (ascii || pair)) TEST_FAIL_MESSAGE("utf8");
    }
  }
}

EDGESPAN_TEST(characters_have_their_shortest_form_and_end_at_10FFFF, "text") {
  struct Range {
    std::uint32_t first, last;
    std::size_t size;  // 0: no characters
  };
  constexpr std::array<Range, 6> ranges{{{0, 0x7F, 1},
                                         {0x80, 0x7FF, 2},
                                         {0x800, 0xD7FF, 3},
                                         {0xD800, 0xDFFF, 0},
                                         {0xE000, 0xFFFF, 3},
                                         {0x10000, 0x10FFFF, 4}}};
  for (const Range& range : ranges) {
    for (const std::uint32_t point : {range.first, range.first + 1, range.last - 1, range.last}) {
      for (std::size_t size = 2; size <= 4; ++size) {
        if (size == 2 ? point > 0x7FF : size == 3 && point > 0xFFFF) continue;  // too short a form to hold it
        const Bytes4 text = in_bytes(point, size);
        TEST_ASSERT_TRUE(detail::utf8(text.view()) == (size == range.size));
        TEST_ASSERT_TRUE(detail::text_key(text.view()) == (size == range.size));
      }
    }
  }
  TEST_ASSERT_FALSE(detail::utf8(in_bytes(0x110000, 4).view()));
  TEST_ASSERT_FALSE(detail::utf8(in_bytes(0x1FFFFF, 4).view()));
}

EDGESPAN_TEST(a_character_that_is_cut_or_broken_is_no_text, "text") {
  for (const std::uint32_t point : {0x80U, 0x7FFU, 0x800U, 0xFFFFU, 0x10000U, 0x10FFFFU}) {
    const std::size_t size = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    const Bytes4 whole = in_bytes(point, size);
    for (std::size_t left = 1; left < size; ++left) {
      TEST_ASSERT_FALSE(detail::utf8(whole.view().substr(0, left)));
      for (const unsigned tail : {0x00U, 0x7FU, 0xC0U, 0xFFU}) {
        Bytes4 broken = whole;
        broken.bytes[left] = static_cast<char>(tail);
        TEST_ASSERT_FALSE(detail::utf8(broken.view()));
      }
    }
  }
}

EDGESPAN_TEST(longer_characters_are_text, "text") {
  TEST_ASSERT_TRUE(detail::text_key("K\xC3\xBChlung-7"));
  TEST_ASSERT_FALSE(detail::text_key("K\xC3\xBChlung\x1F"));
  TEST_ASSERT_TRUE(
      detail::utf8("temperature \xE2\x88\x92"
                   "18 \xF0\x9F\xA7\x8A"));
  TEST_ASSERT_FALSE(detail::utf8("temperature \xE2\x88"));
}

EDGESPAN_TEST(a_text_is_cut_between_characters, "text") {
  constexpr std::string_view text = "a\xC3\xBC\xE2\x88\x92\xF0\x9F\xA7\x8Az";  // 1 + 2 + 3 + 4 + 1 bytes
  constexpr std::array<std::size_t, 12> kept{0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11};
  for (std::size_t most = 0; most < kept.size(); ++most) {
    TEST_ASSERT_EQUAL_STRING(text.substr(0, kept[most]), detail::cut_utf8(text, most));
  }
  TEST_ASSERT_EQUAL_STRING(text, detail::cut_utf8(text, 100));
}

}  // namespace
