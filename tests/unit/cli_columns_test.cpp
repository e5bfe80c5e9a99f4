// SPDX-License-Identifier: Apache-2.0
// Columns of a terminal.
#include "cli/text/columns.hpp"
#include "support/test.hpp"

namespace {

using namespace edgespan::cli;

EDGESPAN_TEST(cli_columns_count_characters_and_not_bytes, "cli") {
  TEST_ASSERT_EQUAL_UINT64(4, columns("\xE2\x94\x94\xE2\x94\x80 x"));
  TEST_ASSERT_EQUAL_STRING("\xC2\xB5s  ", left_aligned("\xC2\xB5s", 4));
  TEST_ASSERT_EQUAL_STRING("  \xC2\xB5s", right_aligned("\xC2\xB5s", 4));
  TEST_ASSERT_EQUAL_STRING("longer", left_aligned("longer", 4));
}

}  // namespace
