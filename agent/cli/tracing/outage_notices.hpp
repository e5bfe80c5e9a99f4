// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/tracing/tool_agent.hpp"

#include <cstdint>
#include <ostream>

namespace edgespan::cli {

// Tells an operator, while a command runs, that the collector is away or refuses spans: one line at once, and
// then one line a minute at most, for as long as spans wait or are dropped.
class OutageNotices {
 public:
  OutageNotices(ToolAgent& agent, std::ostream& err) noexcept : agent_{agent}, err_{err} {}

  // Prints a line to `err` if one is due. Call often; `now_us` is monotonic.
  void print_if_due(std::uint64_t now_us);

 private:
  ToolAgent& agent_;
  std::ostream& err_;
  std::uint64_t checked_us_ = 0;
  std::uint64_t printed_us_ = 0;  // 0: never
  std::uint64_t dropped_ = 0;     // as printed last
};

}  // namespace edgespan::cli
