// SPDX-License-Identifier: Apache-2.0
// What mbedTLS asks of a platform, from the port's clock.
#include "platform.hpp"

#include "config.h"

#include <mbedtls/platform_time.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/ssl.h>
#if EDGESPAN_TLS13
#include <psa/crypto.h>
#endif

#include <algorithm>
#include <cstdint>
#include <ctime>

namespace edgespan::mbedtls {
namespace {

constexpr std::uint64_t us_per_s = 1'000'000;
constexpr std::int64_t s_per_day = 86'400;

static_assert(sizeof(mbedtls_time_t) == 8, "the date would wrap in 2038");

const edgespan_clock* platform_clock = nullptr;
std::uint32_t failures = 0;  // of random_bytes()

}  // namespace

void set_platform(const edgespan_clock* clock) noexcept { platform_clock = clock; }

int random_bytes(void* clock, unsigned char* out, std::size_t n) noexcept {
  constexpr std::size_t call_bytes_max = 64;
  const auto& from = *static_cast<const edgespan_clock*>(clock);
  while (n > 0) {
    const std::size_t count = std::min(n, call_bytes_max);
    if (!from.entropy(from.ctx, out, count)) {
      ++failures;
      return MBEDTLS_ERR_SSL_NO_RNG;
    }
    out += count;
    n -= count;
  }
  return 0;
}

std::uint32_t random_failures() noexcept { return failures; }

}  // namespace edgespan::mbedtls

extern "C" {

// A date that is not known is 1970, in which no server's certificate is valid.
std::int64_t edgespan_mbedtls_time(std::int64_t* also) {
  using namespace edgespan::mbedtls;
  const edgespan_clock* clock = platform_clock;
  const std::uint64_t wall_us = clock != nullptr ? clock->wall_us(clock->ctx) : 0;
  const auto now_s = static_cast<std::int64_t>(wall_us / us_per_s);
  if (also != nullptr) *also = now_s;
  return now_s;
}

mbedtls_ms_time_t mbedtls_ms_time() {
  const edgespan_clock* clock = edgespan::mbedtls::platform_clock;
  return clock != nullptr ? static_cast<mbedtls_ms_time_t>(clock->mono_us(clock->ctx) / 1000) : 0;
}

// UTC, from 1970 to the year 9999, with which certificates end. The C library's own takes its own time_t,
// which ends in 2038 on some. The calendar is counted in eras of 400 years that begin on the first of March,
// so that a leap day is the last of its year.
struct tm* mbedtls_platform_gmtime_r(const mbedtls_time_t* seconds, struct tm* out) {
  using namespace edgespan::mbedtls;
  constexpr std::int64_t last_s = 253'402'300'799;
  if (*seconds < 0 || *seconds > last_s) return nullptr;
  constexpr int days_per_era = 146'097;
  constexpr int days_to_1970 = 719'468;  // from the first of March of the year 0
  const auto second = static_cast<int>(*seconds % s_per_day);
  const auto day = static_cast<int>(*seconds / s_per_day) + days_to_1970;
  const int era = day / days_per_era;
  const int day_of_era = day % days_per_era;
  const int year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / (days_per_era - 1)) / 365;
  const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int month_from_march = (5 * day_of_year + 2) / 153;
  *out = {};
  out->tm_sec = second % 60;
  out->tm_min = second / 60 % 60;
  out->tm_hour = second / 3600;
  out->tm_mday = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  out->tm_mon = (month_from_march + 2) % 12;
  out->tm_year = year_of_era + era * 400 + (out->tm_mon < 2 ? 1 : 0) - 1900;
  return out;
}

#if EDGESPAN_TLS13
psa_status_t mbedtls_psa_external_get_random(mbedtls_psa_external_random_context_t*, std::uint8_t* out,
                                             std::size_t n, std::size_t* count) {
  *count = 0;
  auto* clock = const_cast<edgespan_clock*>(edgespan::mbedtls::platform_clock);
  if (clock == nullptr || edgespan::mbedtls::random_bytes(clock, out, n) != 0) {
    return PSA_ERROR_INSUFFICIENT_ENTROPY;
  }
  *count = n;
  return PSA_SUCCESS;
}
#endif

}  // extern "C"
