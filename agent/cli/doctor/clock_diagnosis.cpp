// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/clock_diagnosis.hpp"

#include "cli/text/quantities.hpp"

#include <cstdlib>
#include <ctime>
#include <string>

namespace edgespan::cli {
namespace {

// The date of a header has no fractions of a second, and some time passes on its way.
constexpr std::int64_t difference_s_max = 5;

std::string difference_text(const Dates& dates) {
  if (dates.server_s == 0) return {};
  const std::int64_t ahead_s = dates.machine_s - dates.server_s;
  return ", " + long_duration_text(std::abs(ahead_s)) + (ahead_s < 0 ? " behind" : " ahead of") +
         " the server, which has " + date_text(dates.server_s);
}

}  // namespace

Finding unknown_date(std::int64_t machine_s, std::string_view more) {
  return {false,
          "this machine does not know the date: its clock says " + date_text(machine_s) + std::string{more},
          "set the clock (NTP, or date -s); until then edgespan keeps its spans and sends none"};
}

Finding diagnose_clock(const Dates& dates) {
  if (!dates.known) return unknown_date(dates.machine_s, difference_text(dates));
  if (dates.server_s == 0) return {true, "set; the server names no date to compare it with", {}};
  if (std::abs(dates.machine_s - dates.server_s) > difference_s_max) {
    return {
        false, "this machine's clock says " + date_text(dates.machine_s) + difference_text(dates),
        "set the clock that is wrong (NTP); spans carry this machine's time, and Zipkin searches for them by "
        "its own"};
  }
  return {true, "agrees with the server's", {}};
}

std::int64_t parse_header_date(std::string_view text) {
  std::tm parts{};
  const std::string terminated{text};
  const char* const end = strptime(terminated.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return end != nullptr && *end == '\0' ? timegm(&parts) : 0;
}

}  // namespace edgespan::cli
