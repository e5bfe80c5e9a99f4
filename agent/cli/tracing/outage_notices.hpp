// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/tracing/tool_agent.hpp"

#include <cstdint>
#include <ostream>

namespace edgespan::cli {

// What an operator sees of a collector that is away or refuses spans while a command runs: a line at once,
// and then at most one a minute, for as long as spans wait or are dropped.
class OutageNotices {
 public:
  OutageNotices(ToolAgent& agent, std::ostream& err) noexcept : agent_{agent}, err_{err} {}

  // Call often; `now_us` is monotonic.
  void look(std::uint64_t now_us);

 private:
  ToolAgent& agent_;
  std::ostream& err_;
  std::uint64_t looked_us_ = 0;
  std::uint64_t said_us_ = 0;  // 0: never
  std::uint64_t dropped_ = 0;  // as it was said last
};

}  // namespace edgespan::cli
