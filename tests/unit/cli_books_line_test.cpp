// SPDX-License-Identifier: Apache-2.0
// The books as the tool prints them.
#include "cli/tracing/books_line.hpp"
#include "support/test.hpp"

namespace {

using namespace edgespan;
using namespace edgespan::cli;

EDGESPAN_TEST(cli_books_line_names_what_is_not_zero, "cli") {
  Books books;
  TEST_ASSERT_EQUAL_STRING("books finished=0 delivered=0 dropped=0 ring=0 batch=0", books_line(books));
  TEST_ASSERT_TRUE(all_delivered(books));
  books.finished = 12;
  books.delivered = 5;
  books.dropped[static_cast<std::size_t>(DropReason::ring_full)] = 3;
  books.dropped[static_cast<std::size_t>(DropReason::refused)] = 1;
  books.in_ring = 1;
  books.in_batch = 2;
  books.bytes_sent = 900;
  books.retries = 4;
  books.resent = 3;
  books.cuts = 2;
  books.expired = 6;
  books.sends_refused = 9;
  books.refusals_folded = 7;
  books.tracestates_dropped = 8;
  TEST_ASSERT_EQUAL_STRING(
      "books finished=12 delivered=5 dropped=4 ring_full=3 refused=1 ring=1 batch=2 bytes_sent=900 "
      "retries=4 resent=3 cuts=2 expired=6 sends_refused=9 refusals_folded=7 "
      "tracestates_dropped=8",
      books_line(books));
  TEST_ASSERT_TRUE(books.balanced());
  TEST_ASSERT_FALSE(all_delivered(books));
}

}  // namespace
