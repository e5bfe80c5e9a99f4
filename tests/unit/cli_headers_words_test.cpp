// SPDX-License-Identifier: Apache-2.0
// What `edgespan headers` says in words of records: each row as the tracers that it names were seen to do.
#include "cli/headers/headers_command.hpp"

#include "support/test.hpp"

#include <array>
#include <sstream>
#include <string>
#include <string_view>

namespace edgespan::cli {
namespace {

#define T "463ac35c9f6413ad48485a3953bb6124"
#define U "0af7651916cd43dd8448eb211c80319c"
#define S "a2fb4a1d1a96d312"
#define P "b7ad6b7169203331"

std::string words_on(const std::string& input) {
  std::istringstream in(input + "\n");
  std::ostringstream out;
  std::ostringstream err;
  TEST_ASSERT_EQUAL_INT(0, run_headers({}, in, out, err));
  TEST_ASSERT_EQUAL_STRING("", err.str());
  return out.str();
}

// Whether a line of the answer begins with this subject and goes on so, to its end.
void says(const std::string& input, std::string subject, std::string_view text) {
  subject.resize(13, ' ');
  const std::string words = words_on(input);
  const std::string line = "\n  " + subject + std::string{text} + "\n";
  TEST_CONTEXT(input + " gave " + words);
  TEST_ASSERT_TRUE(words.find(line) != std::string::npos);
}

EDGESPAN_TEST(headers_command_tells_a_whole_story, "cli") {
  TEST_ASSERT_EQUAL_STRING(
      "ids trace=" U " span=" P
      " decision=deny\n"
      "  b3           trace " T ", span " S
      ", sampled\n"
      "  traceparent  trace " U ", span " P
      ", not sampled\n"
      "  conflict     B3 and traceparent are of different traces; traceparent stands last, so it is the "
      "newer one\n"
      "  edgespan     continues trace " U " under span " P
      ", not sampled\n"
      "  Brave        continues trace " T " under span " S
      ", sampled, by b3: not edgespan's trace\n"
      "  Java         as edgespan, by traceparent\n"
      "               with propagators tracecontext,b3: continues trace " T " under span " S
      ", sampled, by b3: not edgespan's trace\n"
      "  Python       as edgespan, by traceparent\n"
      "               with propagators tracecontext,b3: continues trace " T " under span " S
      ", sampled, by b3: not edgespan's trace\n"
      "  Go           as edgespan, by traceparent\n"
      "               with propagators tracecontext,b3: continues trace " T " under span " S
      ", sampled, by b3: not edgespan's trace\n"
      "\n",
      words_on("b3=" T "-" S "-1\ttraceparent=00-" U "-" P "-00"));
}

EDGESPAN_TEST(headers_command_names_conflicts, "cli") {
  says("traceparent=00-" T "-" P "-01\tb3=" T "-" S "-1", "conflict",
       "B3 and traceparent are of one trace but of different spans; B3 stands last, so its span is the newer "
       "one");
  says("b3=" T "-" S "-1\ttraceparent=00-" T "-" S "-00", "conflict",
       "B3 says sampled, traceparent not sampled; edgespan takes it for not sampled");
  says("b3=0\ttraceparent=00-" T "-" S "-01", "conflict",
       "B3 has a decision alone, and traceparent the ids; edgespan takes it for sampled");
  says("b3=" T "-" S "-1\tX-B3-TraceId=" U "\tX-B3-SpanId=" S, "conflict",
       "b3 and X-B3-* differ; who finds both takes b3");
  TEST_ASSERT_TRUE(words_on("b3=" T "-" S "-1\ttraceparent=00-" T "-" S "-01").find("conflict") ==
                   std::string::npos);
}

EDGESPAN_TEST(headers_command_says_who_reads_otherwise, "cli") {
  says("traceparent=00-" T "-" P "-01\ttraceparent=00-" U "-" S "-01", "note",
       "traceparent stands there 2 times: edgespan and Java take the last of it, Python and Go the first");
  says("b3=" T "-" S, "note",
       "B3 has no decision: Brave decides, Python samples for b3 and not for X-B3-*, Java and Go do not; "
       "edgespan "
       "decides before it passes it on");
  says("TraceParent=00-" T "-" P "-01", "note",
       "only edgespan finds 'TraceParent'; all others look for 'traceparent'");
  says("x-b3-traceid=" T "\tx-b3-spanid=" S, "note",
       "X-B3-* is in lower case, as Python and Go have it; Brave and Java do not find it");
  says("X-B3-TraceId=" T "\tX-B3-SpanId=" S, "note",
       "X-B3-* is spelled as Brave and Java do; Python and Go do not find it");
}

EDGESPAN_TEST(headers_command_says_what_becomes_of_a_tracestate, "cli") {
  const std::string parent = "traceparent=00-" T "-" P "-01\ttracestate=";
  says(parent + "a=b", "tracestate", "goes on with the trace");
  says(parent + "a", "tracestate", "does not go on: it is none that OpenTelemetry takes");
  says(parent + "a=b\ttracestate=c=d", "tracestate", "does not go on: it stands there more than once");
  says(parent + "a=" + std::string(512, 'x'), "tracestate", "does not go on: it is longer than 512 bytes");
  says("tracestate=a=b", "tracestate", "does not go on: there is no traceparent that it could belong to");
  says(parent + "a=b\tb3=" U "-" S "-1", "tracestate",
       "does not go on: the trace of its traceparent is not the one that counts");
  says(parent + "a=b\tbaggage=c=d", "baggage", "goes on untouched; no trace begins or ends by it");
}

EDGESPAN_TEST(headers_command_knows_what_other_tracers_take, "cli") {
  struct Row {
    std::string_view value;
    std::string_view java, python, go;  // empty: as edgespan
  };
  constexpr std::string_view as_we = "as edgespan, by traceparent";
  constexpr std::string_view takes =
      "continues trace " T " under span " P ", sampled, by traceparent: edgespan starts a new one";
  constexpr std::string_view length =
      "starts a new trace: the traceparent that it takes has not the length of one: 55 characters, in "
      "version 00 "
      "nothing behind them";
  constexpr std::string_view dash =
      "starts a new trace: the traceparent that it takes has no '-' where one must stand";
  constexpr std::string_view flags = "starts a new trace: it refuses flags other than 00 to 03";
  constexpr std::string_view raises =
      "does not get the record: traceparent is not UTF-8, so that poll() raises";
  for (const Row& row : std::array{
           Row{"00-" T "-" P "-01", as_we, as_we, as_we}, Row{"00-" T "-" P "-03", as_we, as_we, as_we},
           Row{"00-" T "-" P "-ff", as_we, as_we, flags}, Row{"00-" T "-" P "-08", as_we, as_we, flags},
           Row{"01-" T "-" P "-ff", as_we, as_we, as_we}, Row{"00-" T "-" P "-01-", length, length, takes},
           Row{"00-" T "-" P "-01 ", length, takes, length},
           Row{"\\x09"
               "00-" T "-" P "-01\\x0a",
               dash, takes, dash},
           Row{"00-" T "-" P "-01\\xff", length, raises, length}}) {
    const std::string input = "traceparent=" + std::string{row.value};
    says(input, "Java", row.java);
    says(input, "Python", row.python);
    says(input, "Go", row.go);
    says(input, "Brave", "starts a new trace: it knows B3 alone, and finds none");
  }
}

EDGESPAN_TEST(headers_command_knows_how_others_read_b3, "cli") {
  struct Row {
    std::string_view headers;
    std::string_view brave, java, python, go;  // of the latter three with b3 behind tracecontext
  };
  constexpr std::string_view as_b3 = "as edgespan, by b3";
  constexpr std::string_view as_set = "as edgespan, by X-B3-*";
  constexpr std::string_view none =
      "starts a new trace: it finds no traceparent, and no B3 that it could read";
  constexpr std::string_view zero =
      "starts a new trace: B3 has an id of zero, which takes the place of any traceparent";
  constexpr std::string_view begins = "starts a new trace, not sampled, by b3";
#define GOES "continues trace " T " under span " S
  for (const Row& row :
       std::array{Row{"b3=" T "-" S "-1", as_b3, as_b3, as_b3, as_b3},
                  Row{"b3=" T "-" S "-d", as_b3, as_b3, as_b3, as_b3},
                  Row{"b3=" T "-" S, as_b3, GOES ", not sampled, by b3: edgespan decides itself",
                      GOES ", sampled, by b3: edgespan decides itself",
                      GOES ", not sampled, by b3: edgespan decides itself"},
                  Row{"b3=0", begins, none, none, none},
                  Row{"b3=463AC35C9F6413AD48485A3953BB6124-" S "-1",
                      "starts a new trace: B3 has an id that is not lower-case hexadecimal", none,
                      GOES ", sampled, by b3: edgespan starts a new one", none},
                  Row{"b3=" T "-0000000000000000-1", "starts a new trace: B3 has a span id of zero", none,
                      zero, none},
                  Row{"X-B3-TraceId=" T "\tX-B3-SpanId=" S "\tX-B3-Sampled=1", as_set, as_set, none, none},
                  Row{"x-b3-traceid=" T "\tx-b3-spanid=" S "\tx-b3-sampled=1",
                      "starts a new trace: it knows B3 alone, and finds none", none, as_set, as_set},
                  Row{"b3=463ac35c9f6413ad0000000000000000-" S "-1",
                      "continues trace 463ac35c9f6413ad0000000000000000 under span " S
                      ", sampled, by b3: a new trace id, since the low half of this one is zero",
                      as_b3, as_b3, as_b3}}) {
    const std::string input{row.headers};
    const auto with_b3 = [&](const char* peer, std::string_view text) {
      std::string subject = peer;
      subject.resize(13, ' ');
      const std::string words = words_on(input);
      const std::size_t at = words.find("\n  " + subject);
      TEST_CONTEXT(input + " gave " + words);
      TEST_ASSERT_TRUE(at != std::string::npos);
      const std::size_t next = words.find('\n', at + 1);
      const std::string line =
          "\n" + std::string(15, ' ') + "with propagators tracecontext,b3: " + std::string{text} + "\n";
      TEST_ASSERT_EQUAL_STRING(line, words.substr(next, line.size()));
    };
    says(input, "Brave", row.brave);
    with_b3("Java", row.java);
    with_b3("Python", row.python);
    with_b3("Go", row.go);
  }
}

}  // namespace
}  // namespace edgespan::cli
