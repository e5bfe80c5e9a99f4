// SPDX-License-Identifier: Apache-2.0
// Counts and times in words.
#include "cli/text/quantities.hpp"
#include "support/test.hpp"

#include <utility>

namespace {

using namespace edgespan::cli;

EDGESPAN_TEST(cli_durations_have_the_unit_that_fits, "cli") {
  TEST_ASSERT_EQUAL_STRING("-", duration_text(0));
  TEST_ASSERT_EQUAL_STRING("1 µs", duration_text(1));
  TEST_ASSERT_EQUAL_STRING("999 µs", duration_text(999));
  TEST_ASSERT_EQUAL_STRING("1.0 ms", duration_text(1'000));
  TEST_ASSERT_EQUAL_STRING("999.9 ms", duration_text(999'940));
  TEST_ASSERT_EQUAL_STRING("1.00 s", duration_text(999'950));
  TEST_ASSERT_EQUAL_STRING("90.00 s", duration_text(90'000'000));
}

EDGESPAN_TEST(cli_long_durations_are_told_in_two_units, "cli") {
  for (const auto& [seconds, text] : {std::pair{59, "59 s"},
                                      {60, "1 min 0 s"},
                                      {86'400, "24 h 0 min"},
                                      {2 * 86'400, "2 days"},
                                      {100'000'000, "3 years"}}) {
    TEST_ASSERT_EQUAL_STRING(text, long_duration_text(seconds));
  }
}

EDGESPAN_TEST(cli_counts_are_told_with_their_noun, "cli") {
  TEST_ASSERT_EQUAL_STRING("0 spans wait", counted(0, "span waits", "spans wait"));
  TEST_ASSERT_EQUAL_STRING("1 span waits", counted(1, "span waits", "spans wait"));
  TEST_ASSERT_EQUAL_STRING("999", grouped(999));
  TEST_ASSERT_EQUAL_STRING("1,048,576", grouped(1'048'576));
  TEST_ASSERT_EQUAL_STRING("1970-01-01 00:00:12 UTC", date_text(12));
}

}  // namespace
