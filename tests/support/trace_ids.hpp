// SPDX-License-Identifier: Apache-2.0
// The ids that tests of trace headers write: as digits to put headers together of, and as the numbers that
// these are read as. Included by sources alone.
#pragma once

#include <cstdint>

// A 64-bit trace id, the high half of a 128-bit one, a span, a parent, sixteen zeros.
#define T "1234567890123451"
#define H "1234567890123459"
#define S "1234567890123453"
#define P "1234567890123452"
#define Z "0000000000000000"

namespace edgespan::test {

inline constexpr std::uint64_t t = 0x1234567890123451, h = 0x1234567890123459, s = 0x1234567890123453,
                               p = 0x1234567890123452;

}  // namespace edgespan::test
