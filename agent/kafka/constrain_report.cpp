// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <edgespan/constrain_report.hpp>

#include "core/assert.hpp"

namespace edgespan {

bool ConstrainReport::ok() const noexcept {
  EDGESPAN_ASSERT(count <= lines.size());
  return std::none_of(begin(), end(),
                      [](const Constraint& line) { return line.outcome == ConstraintOutcome::refused; });
}

}  // namespace edgespan
