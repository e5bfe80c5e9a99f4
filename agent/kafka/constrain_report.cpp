// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <edgespan/constrain_report.hpp>

namespace edgespan {

bool ConstrainReport::ok() const noexcept {
  return std::none_of(begin(), end(),
                      [](const Constraint& line) { return line.outcome == ConstraintOutcome::refused; });
}

}  // namespace edgespan
