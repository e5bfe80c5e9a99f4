// SPDX-License-Identifier: Apache-2.0
#include "core/batch.hpp"
#include "core/open_spans.hpp"
#include "support/manual_clock.hpp"
#include "support/span_view.hpp"
#include "support/test.hpp"

#include <edgespan/tracing.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace {

using namespace edgespan;

constexpr Limits limits{.ring_bytes = 262'144, .batch_bytes = 262'144, .spans_open_max = 8};

// Owners change and finish their spans while two threads sweep all that is open, and they go on until the
// sweeps have taken some: every span is reported once, and whole.
EDGESPAN_TEST(spans_that_are_swept_while_they_are_changed_are_whole_and_reported_once, "thread") {
  constexpr std::uint32_t owners = 3, each_least = 400, swept_least = 20;
  auto memory = std::make_unique<Memory<limits>>();
  test::ManualClock clock;
  clock.set_wall(1'790'000'000'000'000);
  Tracing tracing;
  TEST_ASSERT_TRUE(tracing.init(*memory, {.local = {.service_name = "x"}}, clock.table()) == Status::ok);
  detail::TracingState& state = detail::state_of(tracing);
  const auto& swept = state.events[static_cast<std::size_t>(detail::Event::expired)];
  std::atomic<std::uint32_t> running{owners};
  std::atomic<std::uint64_t> made{0};
  std::vector<std::thread> threads;
  for (std::uint32_t i = 0; i < owners; ++i) {
    threads.emplace_back([&] {
      for (std::uint32_t n = 0; n < each_least || swept.load() < swept_least; ++n, ++made) {
        Span span = tracing.span("work");
        for (int tag = 0; tag < 4; ++tag)
          span.tag("key", "0123456789012345678901234567890123456789").tag("b", "c");
        span.finish();
      }
      running.fetch_sub(1);
    });
  }
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      while (running.load() != 0) detail::sweep_spans(state, state.now_us(), true);
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::uint32_t spans = 0, torn = 0;
  std::uint64_t since_us = 0;
  for (detail::Taken taken = detail::take_spans(state, memory->batch, since_us); taken.spans != 0;
       taken = detail::take_spans(state, memory->batch, since_us)) {
    std::span<const std::byte> batch = std::span{memory->batch}.first(taken.bytes);
    for (test::SpanView view; view.take_from(batch); ++spans) {
      view.each_tag([&](std::string_view key, std::string_view value) {
        const bool known = (key == "key" && value.size() == 40) || (key == "b" && value == "c") ||
                           (key == "error" && value == "abandoned");
        torn += known ? 0U : 1U;
      });
    }
  }
  TEST_ASSERT_EQUAL_UINT32(0, torn);
  const Books books = tracing.books();
  TEST_ASSERT_EQUAL_UINT64(made.load(), books.finished);
  TEST_ASSERT_EQUAL_UINT64(made.load(), spans + books.dropped_total());
  TEST_ASSERT_GREATER_THAN(0, spans);
}

}  // namespace
