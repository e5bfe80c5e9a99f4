// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "otlp/span_element.hpp"

namespace edgespan::otlp_detail {

// Writes the elements of `portion` into `room` as an ExportTraceServiceRequest: one ResourceSpans for each
// run of spans of one service, mostly one for all. All lengths are exact. Returns the request, which lies
// somewhere in `room`; empty if it may find no room there, or if an element is none that the agent writes.
Bytes write_request(Bytes portion, std::span<std::byte> room) noexcept;

}  // namespace edgespan::otlp_detail
