// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace edgespan::http_detail {

// Seconds from 1970 to a date in one of the three forms that HTTP knows (RFC 9110, 5.6.7):
//   Sun, 06 Nov 1994 08:49:37 GMT      Sunday, 06-Nov-94 08:49:37 GMT      Sun Nov  6 08:49:37 1994
// 0 if it is none of them, or not after 1970 began. The name of the day is not compared with the date. A year
// of two digits is one of 1970 to 2069.
std::uint64_t parse_http_date(std::string_view text) noexcept;

}  // namespace edgespan::http_detail
