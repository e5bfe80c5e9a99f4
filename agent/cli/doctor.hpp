// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/checkup.hpp"
#include "cli/target.hpp"
#include "cli/uplink.hpp"

#include <cstdint>
#include <ostream>

namespace edgespan::cli {

struct DoctorOptions {
  UplinkOptions uplink;
  double limit_s = 10;  // of each step
};

// The clocks that the doctor goes by.
struct MachineClock {
  edgespan_clock table;                // as the agent sees them
  std::int64_t (*date_s)() = nullptr;  // the system's own, plausible or not: seconds since 1970
};

// Checks an uplink step by step; see `edgespan doctor --help`.
int run_doctor(const DoctorOptions& options, std::ostream& out, std::ostream& err);
int run_doctor(const DoctorOptions& options, std::ostream& out, std::ostream& err, const MachineClock& clock);

// The steps for each kind of uplink. They throw UsageError for what was asked wrongly.
void check_http(const DoctorOptions& options, const Target& target, const MachineClock& clock,
                Checkup& checkup);
void check_kafka(const DoctorOptions& options, const Target& target, const MachineClock& clock,
                 Checkup& checkup);
void check_file(const Target& target, const MachineClock& clock, Checkup& checkup);

}  // namespace edgespan::cli
