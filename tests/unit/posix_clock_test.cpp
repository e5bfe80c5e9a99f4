// SPDX-License-Identifier: Apache-2.0
#include <edgespan/posix_port.hpp>

#include <time.h>

#include <array>

#include "tests/support/test.hpp"

namespace {

using edgespan::posix::Port;

EDGESPAN_TEST(the_monotonic_clock_counts_microseconds_since_boot, "posix") {
  const Port port;
  const edgespan_clock& clock = port.clock();
  timespec boot{};
  TEST_ASSERT_EQUAL_INT(0, clock_gettime(CLOCK_BOOTTIME, &boot));
  const std::uint64_t first = clock.mono_us(clock.ctx);
  const std::uint64_t second = clock.mono_us(clock.ctx);
  TEST_ASSERT_TRUE(first >= static_cast<std::uint64_t>(boot.tv_sec) * 1'000'000);
  TEST_ASSERT_TRUE(first <= (static_cast<std::uint64_t>(boot.tv_sec) + 60) * 1'000'000);
  TEST_ASSERT_TRUE(second >= first);
}

EDGESPAN_TEST(the_wall_clock_is_the_systems_or_unset, "posix") {
  const Port port;
  const edgespan_clock& clock = port.clock();
  const auto system_s = static_cast<std::uint64_t>(time(nullptr));
  const std::uint64_t wall_us = clock.wall_us(clock.ctx);
  const std::uint64_t floor_s = 1'704'067'200;
  if (system_s < floor_s) {
    TEST_ASSERT_EQUAL_UINT64(0, wall_us);
  } else {
    TEST_ASSERT_TRUE(wall_us >= (system_s - 1) * 1'000'000 && wall_us <= (system_s + 60) * 1'000'000);
  }
}

EDGESPAN_TEST(entropy_fills_every_byte_and_never_repeats, "posix") {
  const Port port;
  const edgespan_clock& clock = port.clock();
  std::array<unsigned char, 65> all{};
  std::array<unsigned char, 64> before{};
  for (int i = 0; i < 64; ++i) {
    std::array<unsigned char, 65> bytes{};
    TEST_ASSERT_TRUE(clock.entropy(clock.ctx, bytes.data(), 64));
    TEST_ASSERT_FALSE(std::memcmp(bytes.data(), before.data(), 64) == 0);
    std::memcpy(before.data(), bytes.data(), 64);
    for (std::size_t b = 0; b < bytes.size(); ++b) all[b] = static_cast<unsigned char>(all[b] | bytes[b]);
  }
  for (std::size_t b = 0; b < 64; ++b) TEST_ASSERT_TRUE(all[b] != 0);
  TEST_ASSERT_EQUAL_INT(0, all[64]);  // and not one byte more
}

EDGESPAN_TEST(pause_gives_up_the_processor_for_the_time_asked, "posix") {
  const Port port;
  const edgespan_clock& clock = port.clock();
  const std::uint64_t start = clock.mono_us(clock.ctx);
  clock.pause(clock.ctx, 20'000);
  TEST_ASSERT_TRUE(clock.mono_us(clock.ctx) - start >= 19'000);
}

}  // namespace
