// SPDX-License-Identifier: Apache-2.0
// Test cases that fail, each in its own way. canary.txt has what their report must be, to the letter: a run
// of tests that reports and fails like this one is believed when it passes.
#include "support/test.hpp"

namespace {

const char* no_text() { return nullptr; }

void helper(int number) { TEST_ASSERT_EQUAL_INT(4, number); }

int deep_helper(int number) {
  helper(number);
  return number;
}

EDGESPAN_TEST(passes, "canary") {
  TEST_ASSERT_TRUE(true);
  TEST_ASSERT_FALSE(false);
  TEST_ASSERT_NULL(no_text());
  TEST_ASSERT_NOT_NULL("text");
  TEST_ASSERT_EQUAL_INT(-1, -1);
  TEST_ASSERT_EQUAL_HEX64(~0ULL, ~0ULL);
  TEST_ASSERT_NOT_EQUAL_UINT64(1, 2);
  TEST_ASSERT_LESS_OR_EQUAL_UINT32(4, 4);
  TEST_ASSERT_GREATER_OR_EQUAL_UINT64(4, 4);
  TEST_ASSERT_EQUAL_STRING("text", "text");
  TEST_ASSERT_EQUAL_MEMORY("abc", "abd", 2);
}

EDGESPAN_TEST(not_true, "canary") { TEST_ASSERT_TRUE(false); }
EDGESPAN_TEST(not_false, "canary") { TEST_ASSERT_FALSE(true); }
EDGESPAN_TEST(not_null, "canary") { TEST_ASSERT_NULL("text"); }
EDGESPAN_TEST(null, "canary") { TEST_ASSERT_NOT_NULL(no_text()); }
EDGESPAN_TEST(other_int, "canary") { TEST_ASSERT_EQUAL_INT(4, -3); }
EDGESPAN_TEST(smallest_int, "canary") { TEST_ASSERT_EQUAL_INT(0, INT64_MIN); }
EDGESPAN_TEST(other_uint32, "canary") { TEST_ASSERT_EQUAL_UINT32(0, 4294967295U); }
EDGESPAN_TEST(other_hex32, "canary") { TEST_ASSERT_EQUAL_HEX32(0xab, 0xdeadbeefU); }
EDGESPAN_TEST(other_uint64, "canary") { TEST_ASSERT_EQUAL_UINT64(18446744073709551615U, 0); }
EDGESPAN_TEST(other_hex64, "canary") { TEST_ASSERT_EQUAL_HEX64(0xab, 0x123456789abcdefU); }
EDGESPAN_TEST(same_number, "canary") { TEST_ASSERT_NOT_EQUAL_UINT64(7, 7); }
EDGESPAN_TEST(more_uint32, "canary") { TEST_ASSERT_LESS_OR_EQUAL_UINT32(10, 11); }
EDGESPAN_TEST(more_uint64, "canary") { TEST_ASSERT_LESS_OR_EQUAL_UINT64(10, 11); }
EDGESPAN_TEST(less_uint64, "canary") { TEST_ASSERT_GREATER_OR_EQUAL_UINT64(10, 9); }
EDGESPAN_TEST(other_text, "canary") { TEST_ASSERT_EQUAL_STRING("send", "seed"); }
EDGESPAN_TEST(longer_text, "canary") { TEST_ASSERT_EQUAL_STRING("poll", "polls"); }
EDGESPAN_TEST(odd_text, "canary") { TEST_ASSERT_EQUAL_STRING("a\nb\r", "a\nb\x01"); }
EDGESPAN_TEST(other_text_of_a_length, "canary") { TEST_ASSERT_EQUAL_STRING_LEN("sending", "senders", 5); }
EDGESPAN_TEST(other_memory, "canary") { TEST_ASSERT_EQUAL_MEMORY("abc", "abd", 3); }

EDGESPAN_TEST(told, "canary") {
  TEST_MESSAGE("what came before");
  TEST_FAIL_MESSAGE("said so");
}

EDGESPAN_TEST(in_a_helper, "canary") {
  (void)deep_helper(5);
  TEST_FAIL_MESSAGE("a failure ends its test case, from any depth");
}

EDGESPAN_TEST(ignored, "canary") { TEST_IGNORE_MESSAGE("not on this board"); }

}  // namespace
