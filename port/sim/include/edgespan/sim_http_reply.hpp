// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace edgespan::sim {

// How a reply tells where its body ends.
enum class Framing : std::uint8_t { sized, chunked, until_close };

// Appends a whole reply to `out`. `headers` are whole lines with their CR LF.
void write_reply(std::string& out, std::uint32_t status, std::string_view headers = {},
                 std::string_view body = {}, Framing framing = Framing::sized);
void write_number(std::string& out, std::uint64_t number);

// Appends a date as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT`.
void write_http_date(std::string& out, std::uint64_t unix_s);

}  // namespace edgespan::sim
