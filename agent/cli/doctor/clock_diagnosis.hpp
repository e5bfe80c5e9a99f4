// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/doctor/finding.hpp"

#include <cstdint>
#include <string_view>

namespace edgespan::cli {

// This machine's date beside a server's, in seconds since 1970.
struct Dates {
  bool known = true;  // whether the agent accepts this machine's date as set
  std::int64_t machine_s = 0;
  std::int64_t server_s = 0;  // 0: the server has named none
};

// Whether spans can carry this machine's date.
Finding diagnose_clock(const Dates& dates);

// What to say, and to do, where this machine does not know the date.
Finding unknown_date(std::int64_t machine_s, std::string_view more);

// Reads a header's date, such as `Tue, 24 Nov 2026 09:25:32 GMT`: seconds since 1970, or 0 if it is none.
std::int64_t parse_header_date(std::string_view text);

}  // namespace edgespan::cli
