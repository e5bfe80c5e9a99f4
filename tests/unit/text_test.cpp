// SPDX-License-Identifier: Apache-2.0
// Texts are looked at a register at a time, and character by character where that finds more than ASCII: both
// must say the same of every text.
#include "core/utf8.hpp"

#include <array>
#include <cstddef>
#include <string_view>

#include "support/test.hpp"

namespace {

using namespace edgespan;

bool slow_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t n = detail::utf8_sequence(text, at);
    if (n == 0) return false;
    at += n;
  }
  return true;
}

bool slow_key(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return false;
  }
  return !text.empty() && slow_utf8(text);
}

EDGESPAN_TEST(every_byte_at_every_place_is_judged_as_by_the_slow_way, "text") {
  for (std::size_t size = 0; size <= 20; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (unsigned byte = 0; byte < 256; ++byte) {
        std::array<char, 21> bytes{};
        bytes.fill('k');
        bytes[at] = static_cast<char>(byte);
        const std::string_view text{bytes.data(), size};
        if (detail::utf8(text) != slow_utf8(text)) TEST_FAIL_MESSAGE("utf8");
        if (detail::text_key(text) != slow_key(text)) TEST_FAIL_MESSAGE("text_key");
      }
    }
  }
  TEST_ASSERT_TRUE(detail::utf8(""));
  TEST_ASSERT_FALSE(detail::text_key(""));
}

EDGESPAN_TEST(longer_characters_are_text, "text") {
  TEST_ASSERT_TRUE(detail::text_key("K\xC3\xBChlung-7"));
  TEST_ASSERT_TRUE(
      detail::utf8("temperature \xE2\x88\x92"
                   "18 \xF0\x9F\xA7\x8A"));
  TEST_ASSERT_FALSE(detail::utf8("temperature \xE2\x88"));
}

}  // namespace
