// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "otlp/span_element.hpp"

namespace edgespan::otlp_detail {

// The most that write_span() writes for an element of `bytes`. A tag grows by 5 bytes of its 7 or more;
// addresses, times, names of attributes and the status are the rest.
constexpr std::size_t span_bytes_most(std::size_t bytes) noexcept { return 2 * bytes + 512; }

// Writes `span` as one element of ScopeSpans.spans, key and length included, in the order of the field
// numbers. Returns the end of it; null if it has a part that the agent does not write, or 16 KiB or more.
// `out` has room for span_bytes_most() of its element.
std::byte* write_span(const SpanElement& span, std::byte* out) noexcept;

}  // namespace edgespan::otlp_detail
