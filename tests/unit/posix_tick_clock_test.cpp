// SPDX-License-Identifier: Apache-2.0
#include <edgespan/memory.hpp>
#include <edgespan/posix_port.hpp>
#include <edgespan/reporter.hpp>
#include <edgespan/tracing.hpp>

#include <time.h>

#include <atomic>
#include <thread>

#include "port/posix/tick_time.hpp"
#include "tests/support/recording_sender.hpp"
#include "tests/support/span_view.hpp"
#include "tests/support/test.hpp"

namespace {

using edgespan::posix::ClockKind;
using edgespan::posix::Port;
using edgespan::posix::TickTime;

constexpr std::uint64_t second_us = 1'000'000;

// The kernel's clocks, and a board that can be suspended.
struct Kernel {
  std::uint64_t awake_us = 10 * second_us;
  std::uint64_t asleep_us = 0;
  std::uint64_t between_us = 0;  // passes between two exact reads
  int exact_reads = 0;
  TickTime time;

  std::uint64_t now_us() {
    return time.now_us(
        awake_us / 4'000 * 4'000,
        [this] {
          ++exact_reads;
          return awake_us + asleep_us;
        },
        [this] {
          ++exact_reads;
          return awake_us + between_us;
        });
  }
};

EDGESPAN_TEST(a_tick_clock_moves_in_ticks, "posix") {
  Kernel kernel;
  const std::uint64_t start_us = kernel.now_us();
  kernel.awake_us += 3'999;
  TEST_ASSERT_EQUAL_UINT64(start_us, kernel.now_us());
  kernel.awake_us += 1;
  TEST_ASSERT_EQUAL_UINT64(start_us + 4'000, kernel.now_us());
}

EDGESPAN_TEST(a_tick_clock_reads_the_exact_clocks_once_a_second, "posix") {
  Kernel kernel;
  for (int i = 0; i < 10'000; ++i) {
    (void)kernel.now_us();
    kernel.awake_us += 1'000;
  }
  TEST_ASSERT_EQUAL_INT(2 * 10, kernel.exact_reads);
}

EDGESPAN_TEST(a_tick_clock_counts_the_time_that_the_board_was_suspended, "posix") {
  Kernel kernel;
  const std::uint64_t start_us = kernel.now_us();
  kernel.asleep_us = 3'600 * second_us;
  kernel.awake_us += TickTime::look_every_us;
  TEST_ASSERT_EQUAL_UINT64(start_us + TickTime::look_every_us + 3'600 * second_us, kernel.now_us());
}

EDGESPAN_TEST(a_tick_clock_never_goes_back_when_its_thread_is_held_up_between_two_reads, "posix") {
  Kernel kernel;
  kernel.asleep_us = 60 * second_us;
  std::uint64_t last_us = kernel.now_us();
  for (int i = 0; i < 5; ++i) {
    kernel.between_us =
        30 * second_us * static_cast<unsigned>(i);  // the suspension then looks shorter, or none
    kernel.awake_us += TickTime::look_every_us;
    const std::uint64_t now_us = kernel.now_us();
    TEST_ASSERT_EQUAL_UINT64(last_us + TickTime::look_every_us, now_us);
    last_us = now_us;
  }
}

std::uint64_t boot_us() {
  timespec now{};
  TEST_ASSERT_EQUAL_INT(0, clock_gettime(CLOCK_BOOTTIME, &now));
  return static_cast<std::uint64_t>(now.tv_sec) * second_us + static_cast<std::uint64_t>(now.tv_nsec) / 1'000;
}

EDGESPAN_TEST(a_port_with_a_tick_clock_follows_the_exact_one, "posix") {
  Port port;
  TEST_ASSERT_TRUE(port.init({.clock = ClockKind::tick}));
  const edgespan_clock& clock = port.clock();
  for (int i = 0; i < 50; ++i) {
    const std::uint64_t before_us = boot_us();
    const std::uint64_t now_us = clock.mono_us(clock.ctx);
    TEST_ASSERT_TRUE(now_us <= boot_us());
    TEST_ASSERT_TRUE(now_us + second_us >= before_us);  // a tick, and what a loaded machine adds
    clock.pause(clock.ctx, 1'000);
  }
  const Port exact;
  const std::uint64_t date_us = exact.clock().wall_us(nullptr);
  if (date_us != 0) TEST_ASSERT_TRUE(clock.wall_us(clock.ctx) + second_us >= date_us);
}

EDGESPAN_TEST(threads_see_no_tick_clock_go_back, "posix") {
  Port port;
  TEST_ASSERT_TRUE(port.init({.clock = ClockKind::tick}));
  const edgespan_clock& clock = port.clock();
  std::atomic<std::uint64_t> latest_us{0};
  std::atomic<int> went_back{0};
  const auto look = [&] {
    for (int i = 0; i < 20'000; ++i) {
      const std::uint64_t seen_us = latest_us.load();
      const std::uint64_t now_us = clock.mono_us(clock.ctx);
      if (now_us < seen_us) ++went_back;
      std::uint64_t expected_us = seen_us;
      while (expected_us < now_us && !latest_us.compare_exchange_weak(expected_us, now_us)) {
      }
    }
  };
  std::thread other{look};
  look();
  other.join();
  TEST_ASSERT_EQUAL_INT(0, went_back.load());
}

EDGESPAN_TEST(a_span_within_one_tick_lasts_a_microsecond, "posix") {
  Port port;
  TEST_ASSERT_TRUE(port.init({.clock = ClockKind::tick}));
  static edgespan::Memory<edgespan::tiny_limits> memory;
  edgespan::Tracing tracing;
  edgespan::test::RecordingSender sender;
  edgespan::Reporter reporter;
  TEST_ASSERT_TRUE(tracing.init(memory, {.local = {.service_name = "svc"}}, port.clock()) ==
                   edgespan::Status::ok);
  TEST_ASSERT_TRUE(reporter.init(tracing, sender.sender()) == edgespan::Status::ok);
  // A tick may end between start and finish; not often, one after another.
  std::uint64_t shortest_us = UINT64_MAX;
  for (int tries = 0; tries < 100 && shortest_us > 1; ++tries) {
    tracing.span("work").finish();
    TEST_ASSERT_TRUE(reporter.flush(10'000) == edgespan::Status::ok);
    std::span<const std::byte> bytes = sender.delivered();
    edgespan::test::SpanView span;
    while (span.take_from(bytes)) {
      TEST_ASSERT_TRUE(span.duration >= 1);
      shortest_us = span.duration < shortest_us ? span.duration : shortest_us;
    }
  }
  TEST_ASSERT_EQUAL_UINT64(1, shortest_us);
}

}  // namespace
