// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/doctor_command.hpp"

#include "cli/io/tool_errors.hpp"

#include <edgespan/posix_port.hpp>

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
  SpanUrl target;
  if (const std::string wrong = parse_span_url(options.sender.url, target); !wrong.empty()) {
    throw UsageError{wrong};
  }
  check_tls_files(options.sender.tls, target);
  DoctorReport checkup{out, err, clock.table};
  switch (target.kind) {
    case SpanUrl::Kind::http:
    case SpanUrl::Kind::https:
      check_http(options, target, clock, checkup);
      break;
    case SpanUrl::Kind::kafka:
      check_kafka(options, target, clock, checkup);
      break;
    case SpanUrl::Kind::file:
      check_file(target, clock, checkup);
      break;
    case SpanUrl::Kind::none:
      throw UsageError{"'none:' throws spans away: there is nothing to check"};
  }
  return checkup.all_good() ? exit_done : exit_failed;
}

}  // namespace edgespan::cli
