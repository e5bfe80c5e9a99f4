// SPDX-License-Identifier: Apache-2.0
// The rate limit while one thread stands between two steps of its own.
#include "interleave/paused.hpp"
#include "support/test.hpp"

#include <edgespan/sampler.hpp>

#include <cstdint>

namespace {

using namespace edgespan;
using detail::PausePoint;
using test::Paused;

constexpr std::uint32_t limit = 5;

std::uint32_t kept_in(const Sampler& sampler, std::uint64_t second) {
  std::uint32_t kept = 0;
  for (std::uint32_t i = 0; i < 3 * limit; ++i) kept += sampler.keep(1, second * 1'000'000 + i) ? 1U : 0U;
  return kept;
}

// What is kept in `second` while a thread that asked in it stands before it has made it the newest.
std::uint32_t kept_around_a_pause(const Sampler& sampler, std::uint64_t second) {
  bool kept_late = false;
  Paused late{PausePoint::second_seen, [&] { kept_late = sampler.keep(1, second * 1'000'000); }};
  std::uint32_t kept = kept_in(sampler, second);
  late.go_on();
  kept += kept_late ? 1U : 0U;
  return kept + kept_in(sampler, second);
}

EDGESPAN_TEST(a_thread_that_comes_late_to_a_second_opens_no_second_allowance, "interleave") {
  const Sampler five = Sampler::rate_limit(limit);
  TEST_ASSERT_EQUAL_UINT32(limit, kept_in(five, 99));
  TEST_ASSERT_EQUAL_UINT32(limit, kept_around_a_pause(five, 100));
}

// Half of the second's number is the same again: the window of long ago must not pass for the new one, and
// only one thread may say so.
EDGESPAN_TEST(a_thread_that_comes_late_after_a_wrap_opens_no_second_allowance, "interleave") {
  const Sampler five = Sampler::rate_limit(limit);
  TEST_ASSERT_EQUAL_UINT32(limit, kept_in(five, 100));
  TEST_ASSERT_EQUAL_UINT32(limit, kept_around_a_pause(five, 100 + 65'536));
}

}  // namespace
