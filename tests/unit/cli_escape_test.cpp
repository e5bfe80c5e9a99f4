// SPDX-License-Identifier: Apache-2.0
// Text of unknown origin does not split a line and does not reach a terminal as a command.
#include "cli/text/escape.hpp"
#include "core/utf8.hpp"
#include "support/test.hpp"

#include <string>
#include <string_view>

namespace {

using namespace edgespan;
using namespace edgespan::cli;

EDGESPAN_TEST(cli_field_escapes_what_would_split_or_break_a_line, "cli") {
  TEST_ASSERT_EQUAL_STRING("plain-key_1", field("plain-key_1"));
  TEST_ASSERT_EQUAL_STRING("a\\x20b\\x09c\\x0ad", field("a b\tc\nd"));
  TEST_ASSERT_EQUAL_STRING("\\x00\\x7f\\x1b", field(std::string_view{"\0\x7f\x1b", 3}));
  TEST_ASSERT_EQUAL_STRING("back\\x5cslash", field("back\\slash"));
  TEST_ASSERT_EQUAL_STRING("gr\xC3\xBC\xC3\x9F\x65", field("gr\xC3\xBC\xC3\x9F\x65"));
  TEST_ASSERT_EQUAL_STRING("\\xff\\xc3", field("\xFF\xC3"));           // neither byte is UTF-8
  TEST_ASSERT_EQUAL_STRING("\\xc2\\x9b", field("\xC2\x9B"));           // CSI: a terminal would obey
  TEST_ASSERT_EQUAL_STRING("\\xed\\xa0\\x80", field("\xED\xA0\x80"));  // a surrogate
  TEST_ASSERT_EQUAL_STRING("a=b", field("a=b"));
  TEST_ASSERT_EQUAL_STRING("a\\x3db", field_name("a=b"));
  TEST_ASSERT_EQUAL_STRING("two words\\x0a", printable("two words\n"));
}

// Every string of up to four bytes from the borders of UTF-8's ranges: core's check, another implementation,
// says of each whether it is UTF-8.
EDGESPAN_TEST(cli_escape_leaves_utf8_alone_and_nothing_else, "cli") {
  const std::string_view borders{
      "\x20\x7e\x80\x8f\x90\x9f\xa0\xbf\xc0\xc1\xc2\xdf\xe0\xe1\xec\xed\xee\xef\xf0\xf1\xf3\xf4\xf5\xff"};
  const auto check = [](const std::string& text) {
    const bool control = text.find("\xC2\x80") != text.npos || text.find("\xC2\x8F") != text.npos ||
                         text.find("\xC2\x90") != text.npos || text.find("\xC2\x9F") != text.npos;
    if (control) return;
    if (detail::utf8(text)) {
      TEST_ASSERT_EQUAL_STRING(text, printable(text));
    } else {
      TEST_ASSERT_TRUE(printable(text).find("\\x") != std::string::npos);
    }
  };
  for (const char a : borders) {
    for (const char b : borders) {
      check({a, b});
      for (const char c : borders) {
        check({a, b, c});
        if (static_cast<unsigned char>(a) < 0xF0) continue;
        for (const char d : borders) check({a, b, c, d});
      }
    }
  }
}

}  // namespace
