// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/agent_core.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "support/manual_clock.hpp"
#include "support/recording_sender.hpp"
#include "support/test.hpp"

namespace edgespan::test {

// The agent that tests of tracing and reporter use, on a host and on a board with 16 KiB of memory.
inline constexpr Limits small_limits{.ring_bytes = 4'096, .batch_bytes = 2'048, .spans_open_max = 4};
inline constexpr std::uint64_t wall_us = 1'790'000'000'000'000;

// The agent with a clock that moves when it is told to and a sender that follows a script. One at a time: all
// have the same memory, which holds whatever the one before left in it.
struct SmallAgent {
  ManualClock clock;
  RecordingSender sender;
  AgentCore core;
  Tracing& tracing = core.tracing();
  Reporter& reporter = core.reporter();
  std::uint64_t finished = 0;

  explicit SmallAgent(const TracingConfig& config = {.local = {.service_name = "Gateway",
                                                               .ipv4 = {10, 0, 0, 7}}},
                      const ReporterConfig& reporter_config = {.flush_ms = 10}) {
    clock.set_wall(wall_us);
    TEST_ASSERT_EQUAL_STRING("ok", core.claim().text());
    core.renew();
    TEST_ASSERT_EQUAL_STRING("ok", core.begin(memory, {}, config, clock.table()).text());
    TEST_ASSERT_EQUAL_STRING("ok", core.run(sender.sender(), reporter_config, nullptr).text());
  }
  explicit SmallAgent(const ReporterConfig& reporter_config)
      : SmallAgent({.local = {.service_name = "Gateway", .ipv4 = {10, 0, 0, 7}}}, reporter_config) {}

  void finish_spans(std::uint64_t count, std::string_view name = "work") {
    for (std::uint64_t i = 0; i < count; ++i) tracing.span(name).finish();
    finished += count;
  }
  void run_for(std::uint64_t us) {
    const std::uint64_t until = clock.now_us() + us;
    while (clock.now_us() < until) {
      const std::uint64_t again_us = std::max<std::uint64_t>(reporter.step(), 1);
      clock.advance(std::min(again_us, until - clock.now_us()));
      TEST_ASSERT_TRUE(tracing.books().balanced());
    }
  }
  // Sends all finished spans and returns the bytes that arrived, to be read with SpanView::take_from.
  std::span<const std::byte> reported() {
    TEST_ASSERT_TRUE(reporter.flush(10'000) == Status::ok);
    return sender.delivered();
  }
  std::uint64_t dropped(DropReason reason) {
    return tracing.books().dropped[static_cast<std::size_t>(reason)];
  }

  // Every test ends with this call. It fails if a span was lost and not counted.
  void expect_books() {
    const Books books = tracing.books();
    TEST_ASSERT_TRUE(books.balanced());
    TEST_ASSERT_EQUAL_UINT64(finished, books.finished);
  }

  static inline Memory<small_limits> memory;
};

}  // namespace edgespan::test
