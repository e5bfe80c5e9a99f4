// SPDX-License-Identifier: Apache-2.0
#include <edgespan/tracestate.hpp>

#include "core/w3c_impl.hpp"

namespace edgespan {

bool tracestate_valid(std::string_view value) noexcept { return w3c_impl::state_valid(value); }

}  // namespace edgespan
