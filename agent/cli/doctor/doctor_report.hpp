// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/io/checked_output.hpp"

#include <edgespan/port.h>

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

namespace edgespan::cli {

// What was found at one step, in words without a full stop.
struct Finding {
  bool good = true;
  std::string text{};    // good: what was seen; else what is wrong
  std::string advice{};  // not good: what to do
};

// The steps of `edgespan doctor`, a line each on `out`: name, verdict, time, what was found; the advice goes
// to `err`. A step's time begins where the one before ended, or with begin().
class DoctorReport {
 public:
  DoctorReport(std::ostream& out, std::ostream& err, const edgespan_clock& clock)
      : out_{out}, err_{err}, clock_{clock} {
    begin();
  }

  void begin() { begun_us_ = now_us(); }

  // Returns whether it is good. The step ended at `ended_us` of the monotonic clock; 0: now.
  bool step(std::string_view name, const Finding& finding, std::uint64_t ended_us = 0);
  // A step that cannot be taken, and why.
  void skip(std::string_view name, const std::string& why);

  bool all_good() const noexcept { return all_good_; }
  std::uint64_t now_us() const noexcept { return clock_.mono_us(clock_.ctx); }

 private:
  void line(std::string_view name, std::string_view verdict, const std::string& time,
            const std::string& text);

  CheckedOutput out_;
  std::ostream& err_;
  const edgespan_clock& clock_;
  std::uint64_t begun_us_ = 0;
  bool all_good_ = true;
};

}  // namespace edgespan::cli
