// SPDX-License-Identifier: Apache-2.0
// This machine's date beside the server's: the doctor says which is behind, how far, and what to do.
#include "cli/doctor/clock_diagnosis.hpp"
#include "support/test.hpp"

#include <string>
#include <string_view>

namespace {

using namespace edgespan;
using cli::diagnose_clock;
using cli::Finding;

bool contains(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

EDGESPAN_TEST(clock_dates_apart_are_told_with_how_far, "cli") {
  constexpr std::int64_t now_s = 1'795'512'332;  // 2026-11-24 09:25:32
  const Finding unset = diagnose_clock({.known = false, .machine_s = 12, .server_s = now_s});
  TEST_MESSAGE(unset.text);
  TEST_ASSERT_FALSE(unset.good);
  TEST_ASSERT_TRUE(contains(unset.text, "1970-01-01 00:00:12 UTC"));
  TEST_ASSERT_TRUE(contains(unset.text, "56 years behind"));
  TEST_ASSERT_TRUE(contains(unset.text, "2026-11-24 09:25:32 UTC"));
  TEST_ASSERT_TRUE(contains(unset.advice, "NTP"));
  const Finding ahead = diagnose_clock({.machine_s = now_s + 3 * 3'600 + 120, .server_s = now_s});
  TEST_ASSERT_FALSE(ahead.good);
  TEST_ASSERT_TRUE(contains(ahead.text, "3 h 2 min ahead of the server"));
  TEST_ASSERT_FALSE(diagnose_clock({.machine_s = now_s - 6, .server_s = now_s}).good);
  TEST_ASSERT_TRUE(diagnose_clock({.machine_s = now_s - 5, .server_s = now_s}).good);
  TEST_ASSERT_TRUE(diagnose_clock({.machine_s = now_s}).good);
  TEST_ASSERT_FALSE(diagnose_clock({.known = false, .machine_s = 12}).good);
}

EDGESPAN_TEST(clock_dates_of_headers_are_read, "cli") {
  TEST_ASSERT_EQUAL_UINT64(1'795'512'332, cli::parse_header_date("Tue, 24 Nov 2026 09:25:32 GMT"));
  for (const char* text : {"", "yesterday", "Tue, 24 Nov 2026 09:25:32", "Tue, 24 Nov 2026 09:25:32 GMT+1"}) {
    TEST_ASSERT_EQUAL_UINT64(0, cli::parse_header_date(text));
  }
}

}  // namespace
