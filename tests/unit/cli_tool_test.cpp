// SPDX-License-Identifier: Apache-2.0
// The tool as scripts drive it: command lines in, lines and exit codes out, over librdkafka's mock cluster
// and a collector that decodes real posts.
#include "cli/demo/demo_collector.hpp"
#include "cli/tool.hpp"
#include "support/leaks_expected.hpp"
#include "support/mock_kafka.hpp"

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <unistd.h>

namespace {

using namespace edgespan;
using namespace edgespan::test;
using cli::CollectedSpan;
using cli::DemoCollector;

struct Outcome {
  int code = -1;
  std::vector<std::string> lines;
  std::string errors;
};

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream{text};
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

// Runs the tool as main() does; `input` is all of standard input.
Outcome run_tool(std::vector<std::string> arguments, const std::string& input = {}) {
  int ends[2];
  TEST_ASSERT_EQUAL(0, pipe(ends));
  TEST_ASSERT_EQUAL(static_cast<ssize_t>(input.size()), write(ends[1], input.data(), input.size()));
  close(ends[1]);
  arguments.insert(arguments.begin(), "edgespan");
  std::vector<const char*> argv;
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  std::istringstream in{input};
  std::ostringstream out, err;
  Outcome outcome;
  outcome.code = cli::run(static_cast<int>(argv.size()), argv.data(), {in, ends[0], out, err});
  close(ends[0]);
  outcome.lines = split(out.str(), '\n');
  outcome.errors = err.str();
  TEST_MESSAGE("edgespan " + arguments[1] + ": exit code " + std::to_string(outcome.code) + "\n" + out.str() +
               outcome.errors);
  return outcome;
}

Outcome produce(const std::string& topic, std::vector<std::string> more, const std::string& input = {}) {
  std::vector<std::string> arguments{"produce", "-b",         MockCluster::shared().brokers(), "-t", topic,
                                     "-X",      "linger.ms=0"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_tool(arguments, input);
}

Outcome consume(const std::string& topics, const std::string& group, std::vector<std::string> more) {
  std::vector<std::string> arguments{"consume", "-b", MockCluster::shared().brokers(), "-t", topics,
                                     "-g",      group};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_tool(arguments);
}

// The fields of a line after its first word.
std::map<std::string, std::string> fields(const std::string& line) {
  std::map<std::string, std::string> out;
  const std::vector<std::string> words = split(line, ' ');
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::size_t equals = words[i].find('=');
    TEST_ASSERT_NOT_EQUAL(std::string::npos, equals);
    out[words[i].substr(0, equals)] = words[i].substr(equals + 1);
  }
  return out;
}

std::string first_word(const std::string& line) { return line.substr(0, line.find(' ')); }

bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

EDGESPAN_TEST(cli_refuses_bad_usage, "cli") {
  const std::vector<std::vector<std::string>> lines{
      {},
      {"nonsense"},
      {"produce", "-t", "t", "-n", "1"},
      {"produce", "-b", "b", "-n", "1"},
      {"produce", "-b", "b", "-t", "t", "-n", "0"},
      {"produce", "-b", "b", "-t", "t", "-n", "-1"},
      {"produce", "-b", "b", "-t", "t", "-n", "1", "--sample", "1.01"},
      {"produce", "-b", "b", "-t", "t", "-n", "1", "--sample", "nan"},
      {"produce", "-b", "b", "-t", "t", "-n", "1", "--sample", "0.5", "--rate-limit", "1"},
      {"produce", "-b", "b", "-t", "t", "-n", "1", "--rate-limit", "65536"},
      {"produce", "-b", "b", "-t", "t", "-n", "1", "--id-bits", "96"},
      {"produce", "-b", "b", "-t", "t", "-n", "1", "--b3", "w3c"},
      {"produce", "-b", "b", "-t", "t", "-n", "1", "--zipkin", "https://h/api/v2/spans"},
      {"produce", "-b", "b", "-t", "t", "-n", "1", "--zipkin", "kafka://h/a topic"},
      {"produce", "-b", "b", "-t", "t", "-n", "1", "--zipkin", "file:/no/such/directory/f"},
      {"produce", "-b", "b", "-t", "t", "-n", "1", "--service", ""},
      {"produce", "-b", "b", "-t", "t", "-n", "1", "--service", std::string(64, 's')},
      {"produce", "-b", "b", "-t", "t", "-n", "1", "-H", "no-equals-sign"},
      {"produce", "-b", "b", "-t", std::string(250, 't'), "-n", "1"},
      {"produce", "-b", "b", "-t", "t", "-n", "1", "--gzip"},
      {"produce", "-b", "b", "-t", "t", "-n", "1", "--gzip", "--zipkin", "kafka://b"},
      {"produce", "-b", "b", "-t", "t", "-n", "1", "--ca", "/dev/null"},
      {"produce", "-b", "b", "-t", "t", "-n", "1", "--ca", "/dev/null", "--zipkin", "kafka://b"},
      {"produce", "-b", "b", "-t", "t", "-n", "1", "--key", "/dev/null", "--zipkin", "file:/dev/null"},
      {"consume", "-b", "b", "-t", "t"},
      {"consume", "-b", "b", "-t", "a,,b", "-g", "g"},
      {"consume", "-b", "b", "-t", "t", "-g", "g", "--timeout", "0"},
      {"consume", "-b", "b", "-t", "t", "-g", "g", "--cert", "/dev/null", "--zipkin", "http://h"},
      {"demo", "--zipkin", "ftp://h"},
      {"demo", "--ca", "/dev/null"},
      {"demo", "--ca", "/dev/null", "--zipkin", "http://h"},
      {"doctor", "http://h", "--ca", "/dev/null"},
      {"doctor", "kafka://h", "--ca", "/dev/null"},
      {"doctor", "file:/dev/null", "--key", "/dev/null"},
  };
  for (const std::vector<std::string>& line : lines) {
    std::string shown;
    for (const std::string& word : line) shown += ' ' + word;
    TEST_CONTEXT("shown = " << shown);
    std::vector<const char*> argv{"edgespan"};
    for (const std::string& word : line) argv.push_back(word.c_str());
    std::istringstream in;
    std::ostringstream out, err;
    TEST_ASSERT_EQUAL_INT(2, cli::run(static_cast<int>(argv.size()), argv.data(), {in, -1, out, err}));
    TEST_ASSERT_EQUAL_STRING("", out.str());
    TEST_ASSERT_TRUE(contains(err.str(), "--help"));
  }
}

EDGESPAN_TEST(cli_passes_on_what_librdkafka_says_of_a_property, "cli") {
  const Outcome unknown = produce("t", {"-n", "1", "-X", "no.such.thing=1"});
  TEST_ASSERT_EQUAL_INT(2, unknown.code);
  TEST_ASSERT_TRUE(contains(unknown.errors, "No such configuration property: \"no.such.thing\""));
  const LeaksExpected leaks;
  const Outcome together = produce("t", {"-n", "1", "-X", "message.timeout.ms=5", "-X", "linger.ms=100"});
  TEST_ASSERT_EQUAL_INT(2, together.code);
  TEST_ASSERT_TRUE(contains(together.errors, "message.timeout.ms"));
}

EDGESPAN_TEST(cli_help_is_no_error, "cli") {
  for (const std::vector<std::string>& line :
       {std::vector<std::string>{"--help"}, {"produce", "--help"}, {"demo", "-h"}}) {
    const Outcome help = run_tool(line);
    TEST_ASSERT_EQUAL_INT(0, help.code);
    TEST_ASSERT_FALSE(help.lines.empty());
  }
}

EDGESPAN_TEST(cli_produce_and_consume_leave_one_trace_a_record, "cli") {
  DemoCollector collector;
  const std::string topic = MockCluster::shared().topic();
  const Outcome sent =
      produce(topic, {"-n", "3", "-k", "key ", "-H", "note=a b", "--zipkin", collector.url()});
  TEST_ASSERT_EQUAL_INT(0, sent.code);
  TEST_ASSERT_EQUAL_UINT64(3, sent.lines.size());
  TEST_ASSERT_TRUE(contains(sent.errors, "books finished=3 delivered=3 dropped=0 ring=0 batch=0"));
  const Outcome got =
      consume(topic, "one-trace", {"-n", "3", "--timeout", "15", "--process", "--zipkin", collector.url()});
  TEST_ASSERT_EQUAL_INT(0, got.code);
  TEST_ASSERT_EQUAL_UINT64(3, got.lines.size());
  TEST_ASSERT_TRUE(contains(got.errors, "books finished=6 delivered=6 dropped=0 ring=0 batch=0"));

  std::map<std::string, CollectedSpan> spans;
  for (const CollectedSpan& span : collector.take()) spans[span.id] = span;
  TEST_ASSERT_EQUAL_UINT64(9, spans.size());
  std::size_t processed = 0;
  for (const auto& [id, span] : spans) {
    if (span.name != "process") continue;
    ++processed;
    const CollectedSpan& poll = spans.at(span.parent_id);
    const CollectedSpan& send = spans.at(poll.parent_id);
    TEST_ASSERT_EQUAL_STRING("edgespan-consume", span.service);
    TEST_ASSERT_EQUAL_STRING("poll", poll.name);
    TEST_ASSERT_EQUAL_STRING("send", send.name);
    TEST_ASSERT_EQUAL_STRING("edgespan-produce", send.service);
    TEST_ASSERT_EQUAL_STRING(send.trace_id, span.trace_id);
    TEST_ASSERT_EQUAL_UINT64(32, span.trace_id.size());
  }
  TEST_ASSERT_EQUAL_UINT64(3, processed);

  for (std::size_t i = 0; i < 3; ++i) {
    const std::string number = std::to_string(i);
    auto delivered = fields(sent.lines[i]), record = fields(got.lines[i]);
    TEST_ASSERT_EQUAL_STRING("delivered", first_word(sent.lines[i]));
    TEST_ASSERT_EQUAL_STRING("record", first_word(got.lines[i]));
    for (auto* line : {&delivered, &record}) {
      TEST_ASSERT_EQUAL_STRING(topic, (*line)["topic"]);
      TEST_ASSERT_EQUAL_STRING("0", (*line)["partition"]);
      TEST_ASSERT_EQUAL_STRING(number, (*line)["offset"]);
      TEST_ASSERT_EQUAL_STRING("key\\x20" + number, (*line)["key"]);
    }
    TEST_ASSERT_EQUAL_STRING("a\\x20b", record["note"]);
    const auto sent_b3 = split(delivered["b3"], '-'), polled_b3 = split(record["b3"], '-');
    TEST_ASSERT_EQUAL_UINT64(3, sent_b3.size());
    TEST_ASSERT_EQUAL_STRING(sent_b3[0], polled_b3[0]);
    TEST_ASSERT_EQUAL_STRING("send", spans.at(sent_b3[1]).name);
    TEST_ASSERT_EQUAL_STRING("poll", spans.at(polled_b3[1]).name);
    TEST_ASSERT_EQUAL_STRING(sent_b3[1], spans.at(polled_b3[1]).parent_id);
  }
}

EDGESPAN_TEST(cli_consume_takes_no_more_than_it_was_asked_for, "cli") {
  const std::string session =
      "session.timeout.ms=6000";  // the mock lets nobody in again before it has passed
  const std::string topic = MockCluster::shared().topic();
  TEST_ASSERT_EQUAL_INT(0, produce(topic, {"-k", "k"}, "a\nb\n\nd").code);
  const Outcome first = consume(topic, "takes", {"-n", "2", "--timeout", "15", "-X", session});
  TEST_ASSERT_EQUAL_INT(0, first.code);
  TEST_ASSERT_EQUAL_UINT64(2, first.lines.size());
  TEST_ASSERT_TRUE(contains(first.errors, "finished=2"));
  const Outcome rest = consume(topic, "takes", {"-n", "2", "--timeout", "20", "-X", session});
  TEST_ASSERT_EQUAL_INT(0, rest.code);
  TEST_ASSERT_EQUAL_UINT64(2, rest.lines.size());
  TEST_ASSERT_EQUAL_STRING("2", fields(rest.lines[0])["offset"]);
}

EDGESPAN_TEST(cli_consume_fails_if_too_few_records_come, "cli") {
  const Outcome none = consume(MockCluster::shared().topic(), "too-few", {"-n", "1", "--timeout", "0.3"});
  TEST_ASSERT_EQUAL_INT(1, none.code);
  TEST_ASSERT_TRUE(none.lines.empty());
  TEST_ASSERT_TRUE(contains(none.errors, "0 of 1 records came"));
  TEST_ASSERT_TRUE(contains(none.errors, "books finished=0"));
  // Without a count silence is an answer.
  TEST_ASSERT_EQUAL_INT(0, consume(MockCluster::shared().topic(), "silence", {"--timeout", "0.3"}).code);
}

EDGESPAN_TEST(cli_off_leaves_records_alone, "cli") {
  const std::string topic = MockCluster::shared().topic();
  const Outcome sent = produce(topic, {"-n", "1", "--off"});
  TEST_ASSERT_EQUAL_INT(0, sent.code);
  TEST_ASSERT_EQUAL_UINT64(0, fields(sent.lines.at(0)).count("b3"));
  const Outcome got = consume(topic, "off", {"-n", "1", "--timeout", "15", "--off", "--process"});
  TEST_ASSERT_EQUAL_INT(0, got.code);
  TEST_ASSERT_EQUAL_STRING("record topic=" + topic + " partition=0 offset=0 key=", got.lines.at(0));
  TEST_ASSERT_TRUE(contains(sent.errors + got.errors, "finished=0"));
}

EDGESPAN_TEST(cli_options_reach_the_headers, "cli") {
  const std::string topic = MockCluster::shared().topic();
  const auto header = fields(produce(topic, {"-n", "1", "--b3", "multi", "--id-bits", "64"}).lines.at(0));
  TEST_ASSERT_EQUAL_UINT64(16, header.at("X-B3-TraceId").size());
  TEST_ASSERT_EQUAL_STRING("1", header.at("X-B3-Sampled"));
  TEST_ASSERT_EQUAL_UINT64(0, header.count("b3"));
  TEST_ASSERT_EQUAL_UINT64(1, fields(produce(topic, {"-n", "1", "--b3", "both"}).lines.at(0)).count("b3"));
  const Outcome unsampled = produce(topic, {"-n", "1", "--sample", "0"});
  const std::string b3 = fields(unsampled.lines.at(0))["b3"];
  TEST_ASSERT_EQUAL_STRING("-0", b3.substr(b3.size() - 2));
  TEST_ASSERT_TRUE(contains(unsampled.errors, "finished=0"));
  const Outcome limited = produce(topic, {"-n", "20", "--rate-limit", "2"});
  std::size_t kept = 0;
  for (const std::string& line : limited.lines) kept += fields(line)["b3"].back() == '1';
  TEST_ASSERT_TRUE(kept >= 2 && kept <= 4);  // one window, or two if a second ends in between
}

EDGESPAN_TEST(cli_produce_says_what_failed, "cli") {
  const std::string topic = MockCluster::shared().topic();
  MockCluster::shared().fail_produce({RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED});
  const Outcome sent = produce(topic, {"-n", "1", "-k", "k"});
  TEST_ASSERT_EQUAL_INT(1, sent.code);
  TEST_ASSERT_EQUAL_STRING("failed topic=" + topic + " key=k0 error=TOPIC_AUTHORIZATION_FAILED",
                           sent.lines.at(0));
  TEST_ASSERT_TRUE(contains(sent.errors, "finished=1 delivered=1"));  // the span tells of it

  const Outcome large =
      produce(topic, {"-k", "k", "-X", "message.max.bytes=1000"}, std::string(2'000, 'x') + "\nshort\n");
  TEST_ASSERT_EQUAL_INT(1, large.code);
  TEST_ASSERT_EQUAL_STRING("failed topic=" + topic + " key=k0 error=MSG_SIZE_TOO_LARGE", large.lines.at(0));
  TEST_ASSERT_EQUAL_STRING("delivered", first_word(large.lines.at(1)));
}

EDGESPAN_TEST(cli_produce_waits_while_the_queue_is_full, "cli") {
  const std::string topic = MockCluster::shared().topic();
  const Outcome sent = produce(topic, {"-n", "60", "-X", "queue.buffering.max.messages=4"});
  TEST_ASSERT_EQUAL_INT(0, sent.code);
  TEST_ASSERT_EQUAL_UINT64(60, sent.lines.size());
  TEST_ASSERT_TRUE(contains(sent.errors, "finished=60 delivered=60"));  // no span of a refused attempt
}

EDGESPAN_TEST(cli_packs_batches_and_says_what_that_saved, "cli") {
#if EDGESPAN_CLI_GZIP
  DemoCollector collector;  // httplib unpacks what is posted
  const Outcome sent =
      produce(MockCluster::shared().topic(), {"-n", "100", "--gzip", "--zipkin", collector.url()});
  TEST_ASSERT_EQUAL_INT(0, sent.code);
  TEST_ASSERT_EQUAL_UINT64(100, collector.take().size());
  const std::size_t at = sent.errors.find("gzip batches=");
  TEST_ASSERT_NOT_EQUAL(std::string::npos, at);
  auto packed = fields(sent.errors.substr(at, sent.errors.find('\n', at) - at));
  TEST_ASSERT_TRUE(std::stoul(packed["after_bytes"]) * 2 < std::stoul(packed["before_bytes"]));
  auto books = fields(split(sent.errors, '\n').at(0));
  TEST_ASSERT_TRUE(std::stoul(books["bytes_sent"]) < std::stoul(packed["before_bytes"]));
#else
  TEST_IGNORE_MESSAGE("this build has no zlib");
#endif
}

EDGESPAN_TEST(cli_counts_spans_that_no_collector_took, "cli") {
  const std::string topic = MockCluster::shared().topic();
  const Outcome sent = produce(topic, {"-n", "2", "--zipkin", "http://127.0.0.1:1"});
  TEST_ASSERT_EQUAL_INT(1, sent.code);
  TEST_ASSERT_EQUAL_UINT64(2, sent.lines.size());
  TEST_ASSERT_TRUE(contains(sent.errors, "finished=2 delivered=0 dropped=2 shutdown=2 ring=0 batch=0"));
  TEST_ASSERT_TRUE(contains(sent.errors, "2 spans were lost"));
  TEST_ASSERT_TRUE(contains(sent.errors, "no connection"));
}

EDGESPAN_TEST(cli_spans_go_through_kafka_to_where_the_url_says, "cli") {
  const std::string topic = MockCluster::shared().topic(), zipkin = MockCluster::shared().topic();
  const std::string url = "kafka://" + MockCluster::shared().brokers() + "/" + zipkin;
  const Outcome sent = produce(topic, {"-n", "3", "-k", "k", "--zipkin", url});
  TEST_ASSERT_EQUAL_INT(0, sent.code);
  TEST_ASSERT_TRUE(contains(sent.errors, "finished=3 delivered=3 dropped=0"));
  const Outcome record = consume(zipkin, "spans", {"-n", "1", "--timeout", "15", "--off"});
  TEST_ASSERT_EQUAL_STRING("record topic=" + zipkin + " partition=0 offset=0 key=", record.lines.at(0));
  const Outcome lost = produce(topic, {"-n", "1", "--zipkin", "kafka://127.0.0.1:1"});
  TEST_ASSERT_EQUAL_INT(1, lost.code);
  TEST_ASSERT_TRUE(contains(lost.errors, "finished=1 delivered=0 dropped=1 shutdown=1"));
  // librdkafka still has the record, so it has not failed; what it knows of the broker is told.
  TEST_ASSERT_TRUE(contains(lost.errors, "Connection refused"));
  TEST_ASSERT_FALSE(contains(lost.errors, "Success"));
}

EDGESPAN_TEST(cli_spans_are_appended_to_a_file, "cli") {
  const std::string topic = MockCluster::shared().topic();
  char name[] = "/tmp/edgespan_tool_XXXXXX";
  close(mkstemp(name));
  for (int run = 0; run < 2; ++run) {
    const Outcome sent = produce(topic, {"-n", "2", "--zipkin", std::string{"file:"} + name});
    TEST_ASSERT_EQUAL_INT(0, sent.code);
  }
  std::stringstream bytes;
  bytes << std::ifstream{name, std::ios::binary}.rdbuf();
  unlink(name);
  const std::string content = bytes.str();
  TEST_ASSERT_EQUAL_UINT64(4, decode_spans(std::as_bytes(std::span{content})).size());
}

EDGESPAN_TEST(cli_none_throws_spans_away, "cli") {
  const Outcome sent = produce(MockCluster::shared().topic(), {"-n", "1", "--zipkin", "none:"});
  TEST_ASSERT_EQUAL_INT(0, sent.code);
  TEST_ASSERT_TRUE(contains(sent.errors, "finished=1 delivered=1"));
}

EDGESPAN_TEST(cli_reports_output_that_cannot_be_written, "cli") {
  std::ofstream full{"/dev/full"};
  if (!full) TEST_IGNORE_MESSAGE("there is no /dev/full here");
  const std::string topic = MockCluster::shared().topic(), brokers = MockCluster::shared().brokers();
  const std::vector<const char*> argv{"edgespan", "produce",     "-b", brokers.c_str(),
                                      "-t",       topic.c_str(), "-n", "1"};
  std::istringstream in;
  std::ostringstream err;
  TEST_ASSERT_EQUAL_INT(1, cli::run(static_cast<int>(argv.size()), argv.data(), {in, -1, full, err}));
  TEST_ASSERT_TRUE(contains(err.str(), "standard output"));
  TEST_ASSERT_TRUE(contains(err.str(), "books finished=1"));
}

}  // namespace
