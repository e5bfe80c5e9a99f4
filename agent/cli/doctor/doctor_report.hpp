// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/doctor/finding.hpp"
#include "cli/io/checked_output.hpp"

#include <edgespan/port.h>

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

namespace edgespan::cli {

// The report of `edgespan doctor`: a line for each step on `out`, with its name, result, time and finding.
// The advice for a step that failed goes to `err`. A step's time begins where the step before it ended, or
// with begin().
class DoctorReport {
 public:
  // Keeps references to all three.
  DoctorReport(std::ostream& out, std::ostream& err, const edgespan_clock& clock)
      : out_{out}, err_{err}, clock_{clock} {
    begin();
  }

  void begin() { begun_us_ = now_us(); }

  // Reports a step that ended at `ended_us` of the monotonic clock; 0: now. Returns whether it is good.
  // Throws RunError if `out` cannot be written.
  bool step(std::string_view name, const Finding& finding, std::uint64_t ended_us = 0);
  // Reports a step that cannot be taken. Throws likewise.
  void skip(std::string_view name, const std::string& why);

  bool all_good() const noexcept { return all_good_; }
  std::uint64_t now_us() const noexcept { return clock_.mono_us(clock_.ctx); }

 private:
  void line(std::string_view name, std::string_view result, const std::string& time, const std::string& text);

  CheckedOutput out_;
  std::ostream& err_;
  const edgespan_clock& clock_;
  std::uint64_t begun_us_ = 0;
  bool all_good_ = true;
};

}  // namespace edgespan::cli
