// SPDX-License-Identifier: Apache-2.0
// Lines of a pipe, as they come.
#include "cli/io/line_reader.hpp"
#include "cli/io/tool_errors.hpp"
#include "support/test.hpp"

#include <string>
#include <string_view>

#include <unistd.h>

namespace {

using namespace edgespan;
using namespace edgespan::cli;

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
