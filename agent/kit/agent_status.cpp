// SPDX-License-Identifier: Apache-2.0
#include <edgespan/agent_status.hpp>

#include <algorithm>

#include "core/assert.hpp"

namespace edgespan {

AgentStatus::AgentStatus(Status status, std::string_view setting, std::string_view problem,
                         std::string_view value) noexcept
    : status_{status} {
  EDGESPAN_ASSERT(status != Status::ok && !setting.empty());
  append(setting);
  if (!value.empty()) {
    append(" '");
    append(value);
    append("'");
  }
  append(": ");
  append(problem.empty() ? status_text(status) : problem);
}

void AgentStatus::append(std::string_view piece) noexcept {
  const std::size_t taken = std::min(piece.size(), text_bytes_max - used_);
  std::copy_n(piece.data(), taken, text_.data() + used_);
  used_ += taken;
  EDGESPAN_ASSERT(used_ <= text_bytes_max);  // a NUL stands behind it
}

}  // namespace edgespan
