// SPDX-License-Identifier: Apache-2.0
// `edgespan headers --brief`, also called `edgespan b3`: lines of header sets in, lines of answers out.
#include "cli/headers/headers_command.hpp"

#include "support/test.hpp"
#include "support/trace_ids.hpp"

#include <ios>
#include <sstream>
#include <streambuf>
#include <string>

namespace edgespan::cli {
namespace {

struct Run {
  int code = 0;
  std::string out;
  std::string err;
};

Run run(const std::string& input) {
  std::istringstream in(input);
  std::ostringstream out;
  std::ostringstream err;
  const int code = run_headers({.brief = true}, in, out, err);
  return {code, out.str(), err.str()};
}

void expect(const std::string& input, const std::string& answers) {
  const Run result = run(input);
  TEST_ASSERT_EQUAL_STRING(answers, result.out);
  TEST_ASSERT_EQUAL_STRING("", result.err);
  TEST_ASSERT_EQUAL_INT(0, result.code);
}

EDGESPAN_TEST(headers_command_prints_ids_in_full_width, "cli") {
  expect("b3=" H T "-" S "-1-" P "\n", "ids trace=" H T " span=" S " parent=" P " decision=accept\n");
  expect("b3=" T "-" S "\n", "ids trace=" T " span=" S " decision=undecided\n");
  expect("b3=" T "-" S "-0\n", "ids trace=" T " span=" S " decision=deny\n");
  expect("b3=" T "-" S "-d\n", "ids trace=" T " span=" S " decision=debug\n");
  expect("b3=" H Z "-" S "-1\n", "ids trace=" H Z " span=" S " decision=accept\n");
  expect("b3=" Z T "-" S "-1\n", "ids trace=" T " span=" S " decision=accept\n");
  expect("X-B3-TraceId=1a\tX-B3-SpanId=2b\tX-B3-Flags=1\n",
         "ids trace=000000000000001a span=000000000000002b decision=debug\n");
}

EDGESPAN_TEST(headers_command_prints_flags_and_reasons, "cli") {
  expect("b3=0\nb3=1\nb3=d\nX-B3-Sampled=TRUE\n",
         "flags decision=deny\nflags decision=accept\nflags decision=debug\nflags decision=accept\n");
  expect("\n", "empty reason=absent\n");
  expect("content-type=x\n", "empty reason=absent\n");
  expect("b3=\n", "empty reason=bad_length\n");
  expect("b3=" T "-" Z "\n", "empty reason=zero_span_id\n");
  expect("X-B3-TraceId=" T "\n", "empty reason=missing_span_id\n");
  expect("b3= 1\n", "empty reason=bad_length\n");
  expect("", "");
}

EDGESPAN_TEST(headers_command_reads_traceparent, "cli") {
  expect("traceparent=00-" H T "-" S "-01\n", "ids trace=" H T " span=" S " decision=accept\n");
  expect("traceparent=00-" H T "-" S "-00\tb3=0\n", "ids trace=" H T " span=" S " decision=deny\n");
  expect("b3=" T "-" S "-1\ttraceparent=00-" H T "-" P "-00\n",
         "ids trace=" H T " span=" P " decision=deny\n");
  expect("traceparent=00-" H T "-" Z "-01\n", "empty reason=zero_span_id\n");
  expect("traceparent=ff-" H T "-" S "-01\n", "empty reason=bad_version\n");
  expect("traceparent=x\tb3=x\n", "empty reason=bad_decision\n");
}

EDGESPAN_TEST(headers_command_reads_a_set_of_headers_a_line, "cli") {
  expect("content-type=x\tB3=" T "-" S "-1\tother=a=b\n", "ids trace=" T " span=" S " decision=accept\n");
  expect("b3=1\tb3=0\n", "flags decision=deny\n");
  expect("b3=1\n\nb3=0",  // the last line has no end
         "flags decision=accept\nempty reason=absent\nflags decision=deny\n");
  expect("x-b3-traceid=" T "\tx-b3-spanid=" S "\tx-b3-parentspanid=" P "\tx-b3-sampled=0\n",
         "ids trace=" T " span=" S " parent=" P " decision=deny\n");
  expect("=1\n", "empty reason=absent\n");  // a header may have an empty name
}

EDGESPAN_TEST(headers_command_understands_escapes, "cli") {
  expect("b3=\\x31\n", "flags decision=accept\n");
  expect("\\x62\\x33=d\n", "flags decision=debug\n");
  expect("b3=1\\x00\n", "empty reason=bad_length\n");
  expect("b3=\\x0A\n", "empty reason=bad_decision\n");
  expect("b3=\\\\\n", "empty reason=bad_decision\n");
  expect("b3=\\\\x31\n", "empty reason=bad_length\n");  // a backslash, then the text x31
  expect("a\\x3db=1\tc=\\x09\tb3=1\n", "flags decision=accept\n");
  expect(std::string("b3=1\0\n", 6), "empty reason=bad_length\n");  // a raw byte of zero is a byte as well
  expect("b3=1\r\n", "empty reason=bad_length\n");
}

EDGESPAN_TEST(headers_command_names_the_line_it_cannot_read, "cli") {
  const Run result = run("b3=1\nb3\nb3=\\x3\nb3=\\n\n\\xg0=1\nb3=\\\nb3=1\t\nb3=0\n");
  TEST_ASSERT_EQUAL_STRING(
      "flags decision=accept\nempty reason=bad_line\nempty reason=bad_line\n"
      "empty reason=bad_line\nempty reason=bad_line\nempty reason=bad_line\n"
      "empty reason=bad_line\nflags decision=deny\n",
      result.out);
  TEST_ASSERT_EQUAL_INT(1, result.code);
  TEST_ASSERT_TRUE(result.err.find("line 2: header 1 has no '='") != std::string::npos);
  TEST_ASSERT_TRUE(result.err.find("line 3: header 1 has an unknown escape") != std::string::npos);
  TEST_ASSERT_TRUE(result.err.find("line 4: header 1 has an unknown escape") != std::string::npos);
  TEST_ASSERT_TRUE(result.err.find("line 5: header 1 has an unknown escape") != std::string::npos);
  TEST_ASSERT_TRUE(result.err.find("line 6: header 1 has an unknown escape") != std::string::npos);
  TEST_ASSERT_TRUE(result.err.find("line 7: header 2 has no '='") != std::string::npos);
  TEST_ASSERT_TRUE(result.err.find("line 8") == std::string::npos);
}

// Gives one line and then fails, as a device does that goes away.
class BrokenInput : public std::streambuf {
 protected:
  int_type underflow() override {
    if (given_) throw std::ios_base::failure("gone");
    given_ = true;
    setg(text_, text_, text_ + sizeof text_ - 1);
    return traits_type::to_int_type(text_[0]);
  }

 private:
  char text_[6] = "b3=1\n";
  bool given_ = false;
};

EDGESPAN_TEST(headers_command_fails_when_its_streams_fail, "cli") {
  BrokenInput broken;
  std::istream in(&broken);
  std::ostringstream out;
  std::ostringstream err;
  TEST_ASSERT_EQUAL_INT(1, run_headers({.brief = true}, in, out, err));
  TEST_ASSERT_EQUAL_STRING("flags decision=accept\n", out.str());
  TEST_ASSERT_TRUE(err.str().find("input failed") != std::string::npos);

  std::istringstream good("b3=1\n");
  std::ostream closed(nullptr);
  err.str("");
  TEST_ASSERT_EQUAL_INT(1, run_headers({.brief = true}, good, closed, err));
  TEST_ASSERT_TRUE(err.str().find("could not be written") != std::string::npos);
}

}  // namespace
}  // namespace edgespan::cli
