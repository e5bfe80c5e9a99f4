// SPDX-License-Identifier: Apache-2.0
// Counts, times and dates in words for people.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace edgespan::cli {

// "1 span waits", "2 spans wait".
std::string counted(std::uint64_t count, std::string_view one, std::string_view many);

// "12,345,678".
std::string grouped(std::uint64_t value);

// "417 µs", "3.2 ms", "1.04 s"; "-" for 0.
std::string duration_text(std::uint64_t duration_us);

// A time of seconds or more, in its two largest units: "12 s", "3 h 2 min", "56 years".
std::string long_duration_text(std::int64_t duration_s);

// A time since 1970: "2026-11-24 09:20:11 UTC".
std::string date_text(std::int64_t date_s);

}  // namespace edgespan::cli
