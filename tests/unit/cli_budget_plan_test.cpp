// SPDX-License-Identifier: Apache-2.0
// `edgespan budget`: what it accepts, and that its numbers hang together. tests/size/budget holds programs
// against them.
#include "cli/budget/budget_plan.hpp"
#include "cli/budget/system_memory.hpp"
#include "cli/io/tool_errors.hpp"
#include "cli/tool.hpp"
#include "core/span_ring.hpp"
#include "support/test.hpp"

#include <edgespan/rdkafka_memory.hpp>

#if EDGESPAN_CLI_GZIP
#include <edgespan/gzip.hpp>
#endif

#include <span>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace edgespan;

struct Outcome {
  int code = -1;
  std::string out, errors;
};

Outcome budget(const std::vector<std::string>& arguments) {
  std::vector<const char*> argv{"edgespan", "budget"};
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  std::istringstream in;
  std::ostringstream out, err;
  Outcome outcome;
  outcome.code = cli::run(static_cast<int>(argv.size()), argv.data(), {in, -1, out, err});
  outcome.out = out.str();
  outcome.errors = err.str();
  return outcome;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

cli::BudgetPlan for_ram(std::uint64_t bytes) {
  cli::BudgetWish wish;
  wish.ram_bytes = bytes;
  return cli::plan_budget(wish);
}

EDGESPAN_TEST(budget_refuses_what_cannot_be, "cli") {
  const std::vector<std::vector<std::string>> lines{
      {},
      {"--ram", "0"},
      {"--ram", "many"},
      {"--ram", "-4K"},
      {"--ram", "1G"},
      {"--spans-per-second", "50"},
      {"--offline", "10m"},
      {"--spans-per-second", "0", "--offline", "10m"},
      {"--spans-per-second", "5", "--offline", "soon"},
      {"--spans-per-second", "5", "--offline", "10y"},
      {"--spans-per-second", "5", "--offline", "10m", "--ram", "1M"},
      {"--spans-per-second", "1000", "--offline", "10d"},
      {"--ram", "64K", "--span", "5000"},
      {"--ram", "64K", "--cpp", "--json"},
      {"--ram", "64K", "--brokers", "0"},
  };
  for (const auto& line : lines) {
    const Outcome outcome = budget(line);
    TEST_MESSAGE(outcome.out + outcome.errors);
    TEST_ASSERT_EQUAL_INT(cli::exit_usage, outcome.code);
    TEST_ASSERT_EQUAL_STRING("", outcome.out);
    TEST_ASSERT_FALSE(outcome.errors.empty());
  }
}

EDGESPAN_TEST(budget_names_the_least_that_traces, "cli") {
  const Outcome little = budget({"--ram", "8K"});
  const std::size_t at = little.errors.find("too little: ");
  TEST_ASSERT_TRUE(at != little.errors.npos);
  const std::uint64_t least = std::stoull(little.errors.substr(at + 12));
  TEST_ASSERT_EQUAL_INT(cli::exit_done, budget({"--ram", std::to_string(least)}).code);
  TEST_ASSERT_EQUAL_INT(cli::exit_usage, budget({"--ram", std::to_string(least - 1)}).code);
}

EDGESPAN_TEST(budget_stays_inside_the_memory_that_it_was_given, "cli") {
  std::uint64_t held = 0;
  for (const std::uint64_t bytes : {14'336U, 16'384U, 65'536U, 262'144U, 1'048'576U, 16'777'216U}) {
    const cli::BudgetPlan plan = for_ram(bytes);
    TEST_ASSERT_TRUE(limits_valid(plan.limits));
    TEST_ASSERT_TRUE(kafka_limits_valid(plan.kafka));
    TEST_ASSERT_TRUE(fits(plan.producer, plan.kafka));
    TEST_ASSERT_LESS_OR_EQUAL_UINT64(bytes, plan.agent_bytes);
    // Less than a chunk and what belongs to it stays unused.
    TEST_ASSERT_GREATER_OR_EQUAL_UINT64(bytes - 1'100, plan.agent_bytes);
    TEST_ASSERT_TRUE(plan.spans_held > held);
    held = plan.spans_held;
    std::uint64_t sum = 0;
    for (const cli::BudgetTerm& term : plan.agent) sum += term.bytes;
    TEST_ASSERT_EQUAL_UINT64(plan.agent_bytes, sum);
    TEST_ASSERT_TRUE(plan.memory_max_bytes >= plan.process_bytes);
  }
}

#if EDGESPAN_CLI_GZIP
// Packing is paid out of the same memory.
EDGESPAN_TEST(budget_has_a_line_for_packed_batches, "cli") {
  for (const std::uint64_t bytes : {32'768U, 65'536U, 1'048'576U}) {
    cli::BudgetWish wish;
    wish.ram_bytes = bytes;
    wish.gzip = true;
    const cli::BudgetPlan plan = cli::plan_budget(wish);
    TEST_ASSERT_TRUE(limits_valid(plan.limits));
    TEST_ASSERT_LESS_OR_EQUAL_UINT64(bytes, plan.agent_bytes);
    TEST_ASSERT_GREATER_OR_EQUAL_UINT64(gzip::memory_bytes(plan.limits.batch_bytes), plan.gzip_bytes);
    TEST_ASSERT_TRUE(plan.agent.back().name == "gzip" && plan.agent.back().bytes == plan.gzip_bytes);
    TEST_ASSERT_TRUE(plan.spans_held < for_ram(bytes).spans_held);
  }
  TEST_ASSERT_TRUE(contains(budget({"--ram", "64K", "--gzip"}).out, "\n  gzip  "));
  TEST_ASSERT_TRUE(contains(budget({"--ram", "64K", "--gzip", "--cpp"}).out, "gzip_bytes = 1"));
  TEST_ASSERT_TRUE(contains(budget({"--ram", "64K", "--gzip", "--json"}).out, "\"gzip\": 1"));
  TEST_ASSERT_FALSE(contains(budget({"--ram", "64K"}).out, "gzip"));
}
#endif

EDGESPAN_TEST(budget_for_a_rate_holds_the_spans_of_the_outage, "cli") {
  for (const double rate : {0.1, 1.0, 50.0, 500.0}) {
    cli::BudgetWish wish;
    wish.spans_per_second = rate;
    wish.offline_s = 600;
    const cli::BudgetPlan plan = cli::plan_budget(wish);
    const double wanted = rate * 600;
    TEST_ASSERT_TRUE(static_cast<double>(plan.spans_held) >= wanted);
    TEST_ASSERT_TRUE(static_cast<double>(plan.spans_held) <= wanted * 1.1 + 40);
  }
}

EDGESPAN_TEST(budget_prints_sums_bars_settings_and_what_they_buy, "cli") {
  const Outcome text = budget({"--ram", "256K"});
  TEST_ASSERT_EQUAL_INT(cli::exit_done, text.code);
  for (const char* part :
       {"ring", "█", "Limits {.ring_bytes = ", "KafkaLimits {.inflight_max = ",
        "queue.buffering.max.messages=256", "MemoryMax=", "thread stacks", "without an uplink"}) {
    TEST_MESSAGE(std::string{"wanted: "} + part + "\n" + text.out);
    TEST_ASSERT_TRUE(contains(text.out, part));
  }
  const Outcome json = budget({"--spans-per-second", "50", "--offline", "10m", "--json"});
  TEST_ASSERT_TRUE(contains(json.out, "\"outage_s\": 60"));
  TEST_ASSERT_TRUE(contains(json.out, "\"queue.buffering.max.messages\": \"200\""));
}

// Threads of all stripes claim in turn, until the first of them gets no room.
std::uint64_t held_by_a_ring(std::uint32_t ring_bytes, std::uint32_t span_bytes) {
  std::vector<std::uint64_t> bytes(ring_bytes / sizeof(std::uint64_t));
  std::vector<RingChunk> chunks(ring_bytes / ring_chunk_bytes);
  detail::SpanRing ring;
  ring.init(std::as_writable_bytes(std::span{bytes}), chunks);
  std::uint64_t held = 0;
  while (ring.claim(static_cast<std::uint32_t>(held % detail::stripes), span_bytes) != nullptr) ++held;
  return held;
}

EDGESPAN_TEST(budget_promises_as_many_spans_as_a_real_ring_holds, "cli") {
  for (const std::uint32_t chunks : {2U, 3U, 4U, 5U, 64U, 1'023U}) {
    for (std::uint32_t span_bytes = 60; span_bytes <= span_bytes_max; span_bytes += chunks < 64 ? 1 : 31) {
      const std::uint32_t ring_bytes = chunks * ring_chunk_bytes;
      TEST_ASSERT_EQUAL_UINT64(held_by_a_ring(ring_bytes, span_bytes),
                               cli::spans_held(ring_bytes, span_bytes));
    }
  }
}

EDGESPAN_TEST(budget_asks_the_system_what_its_libraries_take, "cli") {
  const cli::SystemMemory system = cli::measure_system_memory();
  TEST_CONTEXT("thread-local data, bytes: " << system.thread_local_bytes
                                            << "; program: " << system.program_bytes);
  TEST_ASSERT_GREATER_THAN(12'000, system.thread_local_bytes);
  TEST_ASSERT_LESS_THAN(65'536, system.thread_local_bytes);
  TEST_ASSERT_GREATER_THAN(1U << 20, system.program_bytes);
  cli::BudgetWish wish;
  wish.ram_bytes = 65'536;
  const cli::BudgetPlan before = cli::plan_budget(wish);
  wish.thread_local_bytes += 1'000;
  TEST_ASSERT_EQUAL(before.process_bytes + before.threads * 1'000, cli::plan_budget(wish).process_bytes);
  TEST_ASSERT_TRUE(contains(budget({"--ram", "64K", "--program", "99M", "--json"}).out, "103809024"));
}

EDGESPAN_TEST(the_plugin_has_a_budget_of_its_own, "cli") {
  const Outcome outcome = budget({"--plugin", "-X", "edgespan.ring=8 KiB", "-X", "url=none:"});
  TEST_ASSERT_EQUAL_STRING("", outcome.errors);
  TEST_ASSERT_EQUAL(0, outcome.code);
  TEST_ASSERT_TRUE(outcome.out.find("ring = 8 KiB ") != std::string::npos);
  TEST_ASSERT_EQUAL(2, budget({"--plugin", "-X", "edgespan.ring=8"}).code);
  TEST_ASSERT_EQUAL(2, budget({"--plugin", "--ram", "64K"}).code);
  TEST_ASSERT_EQUAL(2, budget({"--plugin", "--cpp"}).code);
  TEST_ASSERT_EQUAL(2, budget({"--ram", "64K", "-X", "edgespan.ring=8 KiB"}).code);
}

}  // namespace
