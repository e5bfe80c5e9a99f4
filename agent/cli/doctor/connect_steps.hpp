// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/doctor/doctor_report.hpp"
#include "cli/doctor/timed_connection.hpp"

#include <cstdint>
#include <string>

namespace edgespan::cli {

// The steps `resolve` and `connect`; leaves the wire open if both are good. `usual` says which port to look
// for, as "Zipkin listens on 9411".
bool resolve_and_connect(TimedConnection& wire, DoctorReport& checkup, const std::string& host,
                         std::uint16_t port, const std::string& usual);

}  // namespace edgespan::cli
