// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/doctor/doctor_report.hpp"
#include "cli/doctor/timed_connection.hpp"

#include <cstdint>
#include <string>

namespace edgespan::cli {

// Takes the steps `resolve` and `connect` and reports them. Returns whether both are good; the connection is
// then open. `usual_port` completes the advice where nobody listens, such as "Zipkin listens on 9411".
bool resolve_and_connect(TimedConnection& connection, DoctorReport& report, const std::string& host,
                         std::uint16_t port, const std::string& usual_port);

}  // namespace edgespan::cli
