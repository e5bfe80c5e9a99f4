// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/doctor/doctor_options.hpp"
#include "cli/doctor/machine_clock.hpp"

#include <ostream>

namespace edgespan::cli {

// `edgespan doctor`: checks step by step whether spans reach the collector that `options` name. Returns the
// exit code: exit_done if every step is good, else exit_failed. Throws UsageError for what was asked wrongly,
// RunError if this machine is in the way.
int run_doctor(const DoctorOptions& options, std::ostream& out, std::ostream& err);

// The same with clocks of the caller's.
int run_doctor(const DoctorOptions& options, std::ostream& out, std::ostream& err, const MachineClock& clock);

}  // namespace edgespan::cli
