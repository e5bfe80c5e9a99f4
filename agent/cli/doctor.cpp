// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor.hpp"

#include "cli/error.hpp"

#include <edgespan/posix.hpp>

#include <cerrno>
#include <ctime>
#include <system_error>

namespace edgespan::cli {

int run_doctor(const DoctorOptions& options, std::ostream& out, std::ostream& err) {
  posix::Port port;
  if (!port.init()) throw RunError{"cannot begin: " + std::generic_category().message(errno)};
  return run_doctor(options, out, err, {port.clock(), [] { return std::int64_t{std::time(nullptr)}; }});
}

int run_doctor(const DoctorOptions& options, std::ostream& out, std::ostream& err,
               const MachineClock& clock) {
  Target target;
  if (const std::string wrong = parse_target(options.uplink.url, target); !wrong.empty()) {
    throw UsageError{wrong};
  }
  check_tls_files(options.uplink.tls, target);
  Checkup checkup{out, err, clock.table};
  switch (target.kind) {
    case Target::Kind::http:
    case Target::Kind::https:
      check_http(options, target, clock, checkup);
      break;
    case Target::Kind::kafka:
      check_kafka(options, target, clock, checkup);
      break;
    case Target::Kind::file:
      check_file(target, clock, checkup);
      break;
    case Target::Kind::none:
      throw UsageError{"'none:' throws spans away: there is nothing to check"};
  }
  return checkup.all_good() ? exit_done : exit_failed;
}

}  // namespace edgespan::cli
