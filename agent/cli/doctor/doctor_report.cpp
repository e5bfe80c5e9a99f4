// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/doctor_report.hpp"

#include "cli/text/columns.hpp"
#include "cli/text/quantities.hpp"

namespace edgespan::cli {
namespace {

constexpr std::size_t name_columns = 12, result_columns = 8, time_columns = 9;

}  // namespace

bool DoctorReport::step(std::string_view name, const Finding& finding, std::uint64_t ended_us) {
  if (ended_us == 0) ended_us = now_us();
  line(name, finding.good ? "ok" : "FAILED", duration_text(ended_us - begun_us_), finding.text);
  if (!finding.good) {
    all_good_ = false;
    err_ << "edgespan: " << name << ": " << finding.advice << std::endl;
  }
  begun_us_ = ended_us;
  return finding.good;
}

void DoctorReport::skip(std::string_view name, const std::string& why) {
  line(name, "-", "", why);
  begin();
}

void DoctorReport::line(std::string_view name, std::string_view result, const std::string& time,
                        const std::string& text) {
  out_.line(left_aligned(name, name_columns) + left_aligned(result, result_columns) +
            right_aligned(time, time_columns) + "  " + text);
  out_.flush();
}

}  // namespace edgespan::cli
