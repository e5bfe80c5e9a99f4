// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/doctor_command.hpp"

#include "cli/attach/program_diagnosis.hpp"
#include "cli/doctor/doctor_report.hpp"
#include "cli/doctor/file_check.hpp"
#include "cli/doctor/http_check.hpp"
#include "cli/doctor/kafka_check.hpp"
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
  if (names_program(options.sender.url)) {
    DoctorReport report{out, err, clock.table};
    const ProgramDiagnosis diagnosis = diagnose_program(options.sender.url);
    if (report.step("program", diagnosis.found) && report.step("librdkafka", diagnosis.rdkafka)) {
      report.step("traced", diagnosis.reached);
    }
    return report.all_good() ? exit_done : exit_failed;
  }
  SpanUrl url;
  if (const std::string wrong = parse_span_url(options.sender.url, url); !wrong.empty()) {
    throw UsageError{wrong};
  }
  check_tls_files(options.sender.tls, url);
  DoctorReport report{out, err, clock.table};
  switch (url.kind) {
    case SpanUrl::Kind::http:
    case SpanUrl::Kind::https:
      HttpCheck{options, url, clock, report}.run();
      break;
    case SpanUrl::Kind::kafka:
      KafkaCheck{options, url, clock, report}.run();
      break;
    case SpanUrl::Kind::file:
      check_file(url, clock, report);
      break;
    case SpanUrl::Kind::none:
      throw UsageError{"'none:' sends spans nowhere: there is nothing to check"};
  }
  return report.all_good() ? exit_done : exit_failed;
}

}  // namespace edgespan::cli
