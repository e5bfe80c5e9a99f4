// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/doctor_report.hpp"

#include "cli/spans/trace_tree.hpp"
#include "cli/text/escape.hpp"

#include <algorithm>

namespace edgespan::cli {
namespace {

constexpr std::size_t name_columns = 12, verdict_columns = 8, time_columns = 9;

std::string padding(std::size_t columns_wanted, std::string_view text) {
  return std::string(columns_wanted - std::min(columns_wanted, columns(text)), ' ');
}

}  // namespace

bool DoctorReport::step(std::string_view name, const Finding& finding, std::uint64_t ended_us) {
  if (ended_us == 0) ended_us = now_us();
  const std::string time = duration_text(ended_us - begun_us_);
  line(name, finding.good ? "ok" : "FAILED", time, finding.text);
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

void DoctorReport::line(std::string_view name, std::string_view verdict, const std::string& time,
                        const std::string& text) {
  out_.line(std::string{name} + padding(name_columns, name) + std::string{verdict} +
            padding(verdict_columns, verdict) + padding(time_columns, time) + time + "  " + text);
  out_.flush();
}

}  // namespace edgespan::cli
