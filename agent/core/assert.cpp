// SPDX-License-Identifier: Apache-2.0
#include "core/assert.hpp"

namespace edgespan::detail {

std::atomic<std::uint32_t> faults{0};

}  // namespace edgespan::detail
