// SPDX-License-Identifier: Apache-2.0
#include <edgespan/agent_status.hpp>

#include <algorithm>

namespace edgespan {

AgentStatus::AgentStatus(Status status, std::string_view setting, std::string_view problem,
                         std::string_view detail) noexcept
    : status_{status} {
  append(setting);
  append(": ");
  append(problem.empty() ? status_text(status) : problem);
  if (detail.empty()) return;
  append(" '");
  append(detail);
  append("'");
}

void AgentStatus::append(std::string_view piece) noexcept {
  const std::size_t taken = std::min(piece.size(), text_bytes_max - used_);
  std::copy_n(piece.data(), taken, text_.data() + used_);
  used_ += taken;
}

}  // namespace edgespan
