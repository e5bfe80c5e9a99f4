// SPDX-License-Identifier: Apache-2.0
// What the tool makes of settings.
#include "cli/demo/demo_collector.hpp"
#include "cli/tool.hpp"
#include "support/mock_kafka.hpp"
#include "support/variable.hpp"

#include <edgespan/setting.hpp>

#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::test;

struct Run {
  int code = -1;
  std::string out;
  std::string err;
};

Run run_tool(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "edgespan");
  std::vector<const char*> argv;
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  std::istringstream in;
  std::ostringstream out, err;
  Run run;
  run.code = cli::run(static_cast<int>(argv.size()), argv.data(), {in, -1, out, err});
  run.out = out.str();
  run.err = err.str();
  return run;
}

bool has_line(const std::string& text, const std::string& begins, const std::string& ends) {
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(begins) && line.ends_with(ends)) return true;
  }
  return false;
}

EDGESPAN_TEST(cli_config_prints_every_setting_and_its_origin, "cli") {
  const Variable rate{"EDGESPAN_SAMPLE", "7/s"};
  const Run run =
      run_tool({"config", "--program", "pump", "-X", "edgespan.flush=5 ms", "-X", "propagation=w3c"});
  TEST_ASSERT_EQUAL(0, run.code);
  for (const Setting& setting : settings_table()) {
    TEST_ASSERT_TRUE(has_line(run.out, std::string{setting.name} + " = ", ""));
  }
  TEST_ASSERT_TRUE(has_line(run.out, "service_name = pump ", "; default"));
  TEST_ASSERT_TRUE(has_line(run.out, "sample = 7/s ", "; EDGESPAN_SAMPLE"));
  TEST_ASSERT_TRUE(has_line(run.out, "flush = 5 ms ", "; edgespan.flush"));
  TEST_ASSERT_TRUE(has_line(run.out, "propagation = w3c ", "; edgespan.propagation"));
}

EDGESPAN_TEST(cli_config_shows_no_header, "cli") {
  const Run none = run_tool({"config"});
  TEST_ASSERT_TRUE(none.out.find("\nhttp_headers = ") != std::string::npos);
  const Run run = run_tool({"config", "-X", "http_headers=x-key=s3cret"});
  TEST_ASSERT_TRUE(run.out.find("\n; http_headers = (not shown)") != std::string::npos);
  TEST_ASSERT_TRUE(run.out.find("; edgespan.http_headers\n") != std::string::npos);
  TEST_ASSERT_EQUAL(std::string::npos, run.out.find("s3cret"));
}

EDGESPAN_TEST(cli_config_knows_an_agents_presets_and_the_plugins, "cli") {
  const Run plugin = run_tool({"config"});
  TEST_ASSERT_TRUE(has_line(plugin.out, "sample = 100/s ", "; default"));
  TEST_ASSERT_TRUE(has_line(plugin.out, "ring = 256 KiB ", "; default"));
  const Run agent = run_tool({"config", "--agent"});
  TEST_ASSERT_TRUE(has_line(agent.out, "sample = always ", "; default"));
  TEST_ASSERT_FALSE(has_line(agent.out, "ring", ""));
}

EDGESPAN_TEST(cli_config_says_what_is_wrong, "cli") {
  const Run run = run_tool({"config", "-X", "edgespan.flush=5"});
  TEST_ASSERT_EQUAL(2, run.code);
  TEST_ASSERT_EQUAL_STRING("", run.out);
  TEST_ASSERT_TRUE(run.err.starts_with("edgespan: edgespan.flush '5': has no unit; write ms, s, min or h"));
}

EDGESPAN_TEST(cli_produce_takes_settings_where_no_option_speaks, "cli") {
  cli::DemoCollector collector;
  const std::string topic = MockCluster::shared().topic();
  const Variable service{"EDGESPAN_SERVICE_NAME", "of-the-settings"};
  const Variable url{"EDGESPAN_URL", collector.url()};
  const Variable remote{"EDGESPAN_REMOTE_SERVICE_NAME", "of-the-settings-too"};
  const Variable key{"EDGESPAN_KAFKA_KEY", "0 B"};
  const Run run = run_tool({"produce", "-b", MockCluster::shared().brokers(), "-t", topic, "-n", "1", "-k",
                            "k", "--remote-service", "of-the-option"});
  TEST_ASSERT_EQUAL_STRING("", run.code == 0 ? "" : run.err);
  const std::vector<cli::CollectedSpan> spans = collector.take();
  TEST_ASSERT_EQUAL_UINT64(1, spans.size());
  TEST_ASSERT_EQUAL_STRING("of-the-settings", spans[0].service);
  TEST_ASSERT_EQUAL_STRING("of-the-option", spans[0].remote_service);
  for (const auto& [name, value] : spans[0].tags) TEST_ASSERT_NOT_EQUAL(std::string{"kafka.key"}, name);
}

EDGESPAN_TEST(cli_produce_refuses_settings_that_are_wrong, "cli") {
  const Variable url{"EDGESPAN_URL", "ftp://x"};
  const Run run = run_tool({"produce", "-b", "127.0.0.1:1", "-t", "t", "-n", "1"});
  TEST_ASSERT_EQUAL(2, run.code);
  TEST_ASSERT_TRUE(run.err.starts_with("edgespan: EDGESPAN_URL 'ftp://x': "));
}

EDGESPAN_TEST(cli_a_disabled_tool_sends_no_span, "cli") {
  cli::DemoCollector collector;
  const std::string topic = MockCluster::shared().topic();
  const Variable url{"EDGESPAN_URL", collector.url()};
  const Variable disabled{"OTEL_SDK_DISABLED", "true"};
  const Run run = run_tool({"produce", "-b", MockCluster::shared().brokers(), "-t", topic, "-n", "1"});
  TEST_ASSERT_EQUAL(0, run.code);
  TEST_ASSERT_TRUE(run.out.find("propagation=") == std::string::npos);
  TEST_ASSERT_EQUAL_UINT64(0, collector.take().size());
}

}  // namespace
