// SPDX-License-Identifier: Apache-2.0
// The calendar that certificates are checked with, against the C library's.
#include <mbedtls/platform_util.h>

#include <ctime>
#include <tuple>

#include "tests/support/test.hpp"

namespace {

auto fields(const std::tm& time) {
  return std::tuple(time.tm_year, time.tm_mon, time.tm_mday, time.tm_hour, time.tm_min, time.tm_sec);
}

EDGESPAN_TEST(every_day_until_the_year_9999_has_its_date, "tls") {
  static_assert(sizeof(std::time_t) == 8);
  for (std::int64_t at_s = 0; at_s < 253'402'300'800; at_s += 86'399) {
    const std::time_t system_s = at_s;
    std::tm expected{};
    std::tm actual{};
    gmtime_r(&system_s, &expected);
    if (mbedtls_platform_gmtime_r(&at_s, &actual) == nullptr || fields(actual) != fields(expected)) {
      TEST_FAIL_MESSAGE("wrong date for " << at_s);
    }
  }
}

EDGESPAN_TEST(a_time_outside_the_calendar_has_no_date, "tls") {
  std::tm time{};
  for (const std::int64_t at_s : {std::int64_t{-1}, std::int64_t{253'402'300'800}, INT64_MIN, INT64_MAX}) {
    TEST_ASSERT_NULL(mbedtls_platform_gmtime_r(&at_s, &time));
  }
}

}  // namespace
