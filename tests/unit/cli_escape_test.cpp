// SPDX-License-Identifier: Apache-2.0
// The small parts of the tool: fields of a line, lines of a pipe, the line of the books, checked output.
#include "cli/io/checked_output.hpp"
#include "cli/io/line_reader.hpp"
#include "cli/io/tool_errors.hpp"
#include "cli/text/escape.hpp"
#include "cli/tracing/books_line.hpp"
#include "support/test.hpp"

#include <fstream>
#include <sstream>
#include <string>

#include <unistd.h>

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
  TEST_ASSERT_EQUAL_UINT64(4, columns("\xE2\x94\x94\xE2\x94\x80 x"));
}

EDGESPAN_TEST(cli_books_line_names_what_is_not_zero, "cli") {
  Books books;
  TEST_ASSERT_EQUAL_STRING("books finished=0 delivered=0 dropped=0 ring=0 batch=0", books_line(books));
  TEST_ASSERT_TRUE(all_delivered(books));
  books.finished = 12;
  books.delivered = 5;
  books.dropped[static_cast<std::size_t>(DropReason::ring_full)] = 3;
  books.dropped[static_cast<std::size_t>(DropReason::refused_4xx)] = 1;
  books.in_ring = 1;
  books.in_batch = 2;
  books.bytes_sent = 900;
  books.retries = 4;
  books.resent = 3;
  books.cuts = 2;
  books.expired = 6;
  TEST_ASSERT_EQUAL_STRING(
      "books finished=12 delivered=5 dropped=4 ring_full=3 refused_4xx=1 ring=1 batch=2 bytes_sent=900 "
      "retries=4 resent=3 cuts=2 expired=6",
      books_line(books));
  TEST_ASSERT_TRUE(books.balanced());
  TEST_ASSERT_FALSE(all_delivered(books));
}

EDGESPAN_TEST(cli_output_that_fails_is_an_error, "cli") {
  std::ofstream full{"/dev/full"};
  if (!full) TEST_IGNORE_MESSAGE("there is no /dev/full here");
  CheckedOutput output{full};
  std::string message;
  try {
    output.line("too much");
    output.flush();
  } catch (const RunError& error) {
    message = error.what();
  }
  TEST_ASSERT_TRUE(message.find("standard output") != message.npos);
}

// A pipe with a reader of lines at its end.
struct Piped {
  Piped() { TEST_ASSERT_EQUAL(0, pipe(ends)); }
  ~Piped() {
    close(ends[0]);
    end();
  }
  void write_text(std::string_view text) {
    TEST_ASSERT_EQUAL(static_cast<ssize_t>(text.size()), write(ends[1], text.data(), text.size()));
  }
  void end() {
    if (ends[1] >= 0) close(ends[1]);
    ends[1] = -1;
  }
  // The next line, or what came instead of one.
  std::string next(LineReader& reader) {
    std::string line;
    switch (reader.next(line, 20)) {
      case LineReader::Result::line:
        return line;
      case LineReader::Result::nothing_yet:
        return "<nothing yet>";
      case LineReader::Result::end:
        return "<end>";
    }
    return {};
  }
  int ends[2];
};

EDGESPAN_TEST(cli_line_reader_takes_lines_as_they_come, "cli") {
  Piped piped;
  LineReader reader{piped.ends[0]};
  TEST_ASSERT_EQUAL_STRING("<nothing yet>", piped.next(reader));
  piped.write_text("one\n\ntw");
  TEST_ASSERT_EQUAL_STRING("one", piped.next(reader));
  TEST_ASSERT_EQUAL_STRING("", piped.next(reader));
  TEST_ASSERT_EQUAL_STRING("<nothing yet>", piped.next(reader));
  piped.write_text("o\nlast without newline");
  TEST_ASSERT_EQUAL_STRING("two", piped.next(reader));
  TEST_ASSERT_EQUAL_STRING("<nothing yet>", piped.next(reader));
  piped.end();
  TEST_ASSERT_EQUAL_STRING("last without newline", piped.next(reader));
  TEST_ASSERT_EQUAL_STRING("<end>", piped.next(reader));
  TEST_ASSERT_EQUAL_STRING("<end>", piped.next(reader));
}

EDGESPAN_TEST(cli_line_reader_keeps_long_lines_whole, "cli") {
  Piped piped;
  LineReader reader{piped.ends[0]};
  const std::string half(30'000, 'x');
  piped.write_text(half);
  std::string line;
  while (reader.next(line, 20) != LineReader::Result::nothing_yet) TEST_FAIL_MESSAGE("half a line came");
  while (reader.next(line, 20) != LineReader::Result::nothing_yet) TEST_FAIL_MESSAGE("half a line came");
  piped.write_text(half + "\nnext\n");
  int looks = 0;
  while (reader.next(line, 20) == LineReader::Result::nothing_yet && ++looks < 100) {
  }
  TEST_ASSERT_EQUAL_UINT64(60'000, line.size());
  TEST_ASSERT_EQUAL_STRING("next", piped.next(reader));
}

EDGESPAN_TEST(cli_line_reader_reports_what_cannot_be_read, "cli") {
  LineReader reader{-1};
  std::string line;
  TEST_ASSERT_TRUE(reader.next(line, 0) == LineReader::Result::nothing_yet);  // poll() passes over it
  const int write_only = dup(STDOUT_FILENO);
  close(write_only);
  LineReader closed{write_only};
  bool failed = false;
  try {
    closed.next(line, 0);
  } catch (const RunError&) {
    failed = true;
  }
  TEST_ASSERT_TRUE(failed);
}

}  // namespace
