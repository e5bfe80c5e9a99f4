// SPDX-License-Identifier: Apache-2.0
#include <edgespan/sampler.hpp>

#include "support/test.hpp"

namespace {

using namespace edgespan;

std::uint64_t scrambled(std::uint64_t i) { return (i + 1) * 0x9E3779B97F4A7C15; }

EDGESPAN_TEST(always_keeps_and_never_drops_every_id, "sampler") {
  const Sampler always = Sampler::always(), never = Sampler::never();
  for (const std::uint64_t id :
       {0ULL, 1ULL, 0x7FFFFFFFFFFFFFFFULL, 0x8000000000000000ULL, 0xFFFFFFFFFFFFFFFFULL}) {
    TEST_ASSERT_TRUE(always.keep(id, 0));
    TEST_ASSERT_FALSE(never.keep(id, 0));
  }
}

EDGESPAN_TEST(a_rate_keeps_ids_up_to_the_collectors_boundary, "sampler") {
  const Sampler half = Sampler::probability(0.5F);
  TEST_ASSERT_TRUE(half.keep(0x4000000000000000, 0));  // exactly rate * 2^63
  TEST_ASSERT_FALSE(half.keep(0x4000000000000001, 0));
  TEST_ASSERT_TRUE(half.keep(0xC000000000000000, 0));  // the magnitude counts, not the sign
  TEST_ASSERT_FALSE(half.keep(0xBFFFFFFFFFFFFFFF, 0));
  TEST_ASSERT_FALSE(half.keep(0x8000000000000000, 0));  // its magnitude is taken for the largest
}

// The boundaries that OpenTelemetry for Python computes: round(rate * 2^64).
EDGESPAN_TEST(the_unsigned_rule_keeps_ids_below_opentelemetrys_boundary, "sampler") {
  struct Row {
    double rate;
    std::uint64_t end;
  };
  for (const Row& row : {Row{0.5, 0x8000000000000000}, Row{0.1, 0x1999999999999A00},
                         Row{0.01, 0x028F5C28F5C28F60}, Row{1e-6, 18'446'744'073'710}}) {
    const Sampler sampler = Sampler::probability(row.rate, RatioRule::unsigned_id);
    TEST_ASSERT_TRUE(sampler.keep(0, 0) && sampler.keep(row.end - 1, 0));
    TEST_ASSERT_FALSE(sampler.keep(row.end, 0));
    TEST_ASSERT_FALSE(sampler.keep(UINT64_MAX, 0));
  }
  TEST_ASSERT_FALSE(Sampler::probability(0.0, RatioRule::unsigned_id).keep(0, 0));
  TEST_ASSERT_FALSE(Sampler::probability(1e-20, RatioRule::unsigned_id).keep(0, 0));
  TEST_ASSERT_TRUE(Sampler::probability(1.0, RatioRule::unsigned_id).keep(UINT64_MAX, 0));
  TEST_ASSERT_TRUE(Sampler::probability(1.0, RatioRule::unsigned_id).keeps_all());
  TEST_ASSERT_FALSE(Sampler::probability(0.999, RatioRule::unsigned_id).keeps_all());
}

// Of what one rule keeps at 0.5 the other keeps half.
EDGESPAN_TEST(the_two_rules_choose_different_traces, "sampler") {
  const Sampler zipkin = Sampler::probability(0.5), other = Sampler::probability(0.5, RatioRule::unsigned_id);
  std::uint32_t both = 0;
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    both += zipkin.keep(scrambled(i), 0) && other.keep(scrambled(i), 0) ? 1U : 0U;
  }
  TEST_ASSERT_TRUE(both > 24'000 && both < 26'000);
}

EDGESPAN_TEST(rates_outside_their_range_are_clamped, "sampler") {
  TEST_ASSERT_FALSE(Sampler::probability(-1.0F).keep(1, 0));
  TEST_ASSERT_FALSE(Sampler::probability(__builtin_nanf("")).keep(1, 0));
  TEST_ASSERT_TRUE(Sampler::probability(7.0F).keep(0x7FFFFFFFFFFFFFFF, 0));
}

EDGESPAN_TEST(a_lower_rate_keeps_a_part_of_what_a_higher_one_keeps, "sampler") {
  const Sampler low = Sampler::probability(0.1F), high = Sampler::probability(0.3F);
  std::uint32_t kept_low = 0, kept_high = 0, kept_low_only = 0;
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    const bool by_low = low.keep(scrambled(i), 0), by_high = high.keep(scrambled(i), 0);
    kept_low += by_low ? 1U : 0U;
    kept_high += by_high ? 1U : 0U;
    kept_low_only += by_low && !by_high ? 1U : 0U;
  }
  TEST_ASSERT_EQUAL_UINT32(0, kept_low_only);
  TEST_ASSERT_TRUE(kept_low > 9'000 && kept_low < 11'000);
  TEST_ASSERT_TRUE(kept_high > 28'500 && kept_high < 31'500);
}

std::uint32_t kept_within(const Sampler& sampler, std::uint64_t from_us, std::uint64_t to_us,
                          std::uint64_t every_us) {
  std::uint32_t kept = 0;
  for (std::uint64_t now = from_us; now < to_us; now += every_us) kept += sampler.keep(1, now) ? 1U : 0U;
  return kept;
}

EDGESPAN_TEST(a_rate_limit_keeps_so_many_a_second, "sampler") {
  const Sampler five = Sampler::rate_limit(5), many = Sampler::rate_limit(105);
  for (std::uint64_t second = 100; second < 103; ++second) {
    TEST_ASSERT_EQUAL_UINT32(5, kept_within(five, second * 1'000'000, (second + 1) * 1'000'000, 1'000));
    TEST_ASSERT_EQUAL_UINT32(105, kept_within(many, second * 1'000'000, (second + 1) * 1'000'000, 1'000));
  }
}

EDGESPAN_TEST(a_high_rate_limit_is_spread_over_the_second, "sampler") {
  const Sampler many = Sampler::rate_limit(105);
  TEST_ASSERT_EQUAL_UINT32(15, kept_within(many, 100'000'000, 100'100'000, 1'000));
  TEST_ASSERT_EQUAL_UINT32(10, kept_within(many, 100'100'000, 100'200'000, 1'000));
}

EDGESPAN_TEST(no_traces_a_second_means_none, "sampler") {
  TEST_ASSERT_FALSE(Sampler::rate_limit(0).keep(1, 1));
}

EDGESPAN_TEST(a_copy_counts_for_itself, "sampler") {
  const Sampler one = Sampler::rate_limit(1);
  TEST_ASSERT_TRUE(one.keep(1, 5'000'000));
  Sampler copy = one;
  TEST_ASSERT_TRUE(copy.keep(1, 5'000'000));
  TEST_ASSERT_FALSE(copy.keep(1, 5'000'000));
  copy = one;
  TEST_ASSERT_TRUE(copy.keep(1, 5'000'000));
  TEST_ASSERT_FALSE(one.keep(1, 5'000'000));
  TEST_ASSERT_FALSE(copy.keeps_all());
  TEST_ASSERT_TRUE(Sampler::probability(1.0F).keeps_all());
}

EDGESPAN_TEST(a_clock_on_both_sides_of_a_seconds_edge_opens_no_window_twice, "sampler") {
  const Sampler five = Sampler::rate_limit(5), many = Sampler::rate_limit(100);
  std::uint32_t kept_five = 0, kept_many = 0;
  for (std::uint32_t i = 0; i < 1'000; ++i) {
    const std::uint64_t now_us = 200'000'000 + i % 2 - 1;
    kept_five += five.keep(1, now_us) ? 1U : 0U;
    kept_many += many.keep(1, now_us) ? 1U : 0U;
  }
  TEST_ASSERT_LESS_OR_EQUAL_UINT32(10, kept_five);  // five of each second
  TEST_ASSERT_GREATER_OR_EQUAL_UINT64(5, kept_five);
  TEST_ASSERT_LESS_OR_EQUAL_UINT32(110, kept_many);
  TEST_ASSERT_GREATER_OR_EQUAL_UINT64(10, kept_many);
}

EDGESPAN_TEST(a_full_second_does_not_close_those_that_have_its_lower_bits, "sampler") {
  for (const std::uint64_t later_s : {65'536ULL, 131'072ULL, 65'535ULL, 32'768ULL, 4'000'000ULL}) {
    const Sampler ten = Sampler::rate_limit(5);
    TEST_ASSERT_EQUAL_UINT32(5, kept_within(ten, 7'000'000, 8'000'000, 1'000));
    const std::uint64_t from_us = (7 + later_s) * 1'000'000;
    TEST_ASSERT_EQUAL_UINT32(5, kept_within(ten, from_us, from_us + 1'000'000, 1'000));
  }
}

}  // namespace
