// SPDX-License-Identifier: Apache-2.0
#include "interleave/paused.hpp"

namespace edgespan::detail {

void pause_at(PausePoint point) noexcept {
  test::Gate& gate = test::gate;
  std::unique_lock lock{gate.mutex};
  if (!gate.armed || gate.point != point) return;
  gate.armed = false;
  gate.reached = true;
  gate.moved.notify_all();
  gate.moved.wait(lock, [] { return test::gate.open; });
}

}  // namespace edgespan::detail
