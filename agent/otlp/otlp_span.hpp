// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "otlp/span_element.hpp"

namespace edgespan::otlp_detail {

// The most that write_span() writes for an element of `bytes` apart from its endpoints. A tag grows by 5
// bytes of its 7 or more; times, ids and the status are the rest.
constexpr std::size_t span_bytes_most(std::size_t bytes) noexcept { return 2 * bytes + 128; }

// Writes `span` as one element of ScopeSpans.spans, key and length included, in the order of the field
// numbers; `endpoints` are what write_endpoints() made of SpanElement::endpoints, and may be read up to a
// multiple of endpoints_step. Returns the end of it; null if it has a part that the agent does not write, or
// 16 KiB or more. `out` has room for span_bytes_most() of its element, and `endpoints`.
std::byte* write_span(const SpanElement& span, Bytes endpoints, std::byte* out) noexcept;

}  // namespace edgespan::otlp_detail
