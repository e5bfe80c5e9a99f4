// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/doctor/doctor_options.hpp"
#include "cli/doctor/doctor_report.hpp"
#include "cli/sending/span_url.hpp"

#include <cstdint>
#include <ostream>

namespace edgespan::cli {

// The clocks that the doctor goes by.
struct MachineClock {
  edgespan_clock table;                // as the agent sees them
  std::int64_t (*date_s)() = nullptr;  // the system's own, plausible or not: seconds since 1970
};

// Checks an uplink step by step; see `edgespan doctor --help`.
int run_doctor(const DoctorOptions& options, std::ostream& out, std::ostream& err);
int run_doctor(const DoctorOptions& options, std::ostream& out, std::ostream& err, const MachineClock& clock);

// The steps for each kind of uplink. They throw UsageError for what was asked wrongly.
void check_http(const DoctorOptions& options, const SpanUrl& target, const MachineClock& clock,
                DoctorReport& checkup);
void check_kafka(const DoctorOptions& options, const SpanUrl& target, const MachineClock& clock,
                 DoctorReport& checkup);
void check_file(const SpanUrl& target, const MachineClock& clock, DoctorReport& checkup);

}  // namespace edgespan::cli
