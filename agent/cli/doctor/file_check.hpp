// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/doctor/doctor_report.hpp"
#include "cli/doctor/machine_clock.hpp"
#include "cli/sending/span_url.hpp"

namespace edgespan::cli {

// Checks a file that spans are appended to: open, room, and a span that is written and read again.
void check_file(const SpanUrl& url, const MachineClock& clock, DoctorReport& report);

}  // namespace edgespan::cli
