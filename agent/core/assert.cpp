// SPDX-License-Identifier: Apache-2.0
#include "core/assert.hpp"

namespace edgespan::detail {

std::atomic<std::uint32_t> faults{0};
constinit FaultHandler fault_handler = nullptr;

void fault() noexcept {
  if (fault_handler != nullptr) return fault_handler(__builtin_return_address(0));
  faults.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace edgespan::detail
