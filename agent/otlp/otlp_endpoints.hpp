// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>

#include "otlp/span_element.hpp"

namespace edgespan::otlp_detail {

// Two services of 127 bytes, two addresses and two ports, with their keys.
inline constexpr std::size_t endpoints_bytes_max = 448;
inline constexpr std::size_t endpoints_step = 32;
static_assert(endpoints_bytes_max % endpoints_step == 0);

// Writes what a span says of its peer and of its own address, as attributes: the same for nearly all spans of
// a batch. Its own service is the resource. Returns the end; `out` has room for endpoints_bytes_max.
std::byte* write_endpoints(const ElementEndpoint& local, const ElementEndpoint& remote,
                           std::byte* out) noexcept;

}  // namespace edgespan::otlp_detail
