// SPDX-License-Identifier: Apache-2.0
// The header that goes with a `traceparent`: what vendors keep of a trace. edgespan passes it on as it is.
#pragma once

#include <string_view>

namespace edgespan {

inline constexpr std::string_view tracestate_name = "tracestate";

// Whether the propagators of OpenTelemetry would take this `tracestate`: at most 32 members `key=value`, no
// key twice. The length of the whole is not bounded. The time grows with it and with the number of members.
bool tracestate_valid(std::string_view value) noexcept;

}  // namespace edgespan
