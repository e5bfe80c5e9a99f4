// SPDX-License-Identifier: Apache-2.0
#include <edgespan/sim_http_reply.hpp>

#include <charconv>

namespace edgespan::sim {
namespace {

constexpr std::size_t chunk_bytes = 100;

void write_hex(std::string& out, std::size_t number) {
  char digits[16];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number, 16).ptr);
}

void write_chunks(std::string& out, std::string_view body) {
  for (std::size_t at = 0; at < body.size(); at += chunk_bytes) {
    const std::string_view chunk = body.substr(at, chunk_bytes);
    write_hex(out, chunk.size());
    out.append("\r\n").append(chunk).append("\r\n");
  }
  out.append("0\r\n\r\n");
}

}  // namespace

void write_number(std::string& out, std::uint64_t number) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void write_reply(std::string& out, std::uint32_t status, std::string_view headers, std::string_view body,
                 Framing framing) {
  out.append("HTTP/1.1 ");
  write_number(out, status);
  out.append(" Text\r\n").append(headers);
  switch (framing) {
    case Framing::sized:
      out.append("Content-Length: ");
      write_number(out, body.size());
      out.append("\r\n\r\n").append(body);
      return;
    case Framing::chunked:
      out.append("Transfer-Encoding: chunked\r\n\r\n");
      return write_chunks(out, body);
    case Framing::until_close:
      out.append("Connection: close\r\n\r\n").append(body);
      return;
  }
}

void write_http_date(std::string& out, std::uint64_t unix_s) {
  constexpr std::string_view weekdays[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::uint64_t days = unix_s / 86'400;
  // Civil date from a day count, years beginning in March.
  const std::uint64_t z = days + 719'468;
  const std::uint64_t era = z / 146'097;
  const std::uint64_t day_of_era = z % 146'097;
  const std::uint64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::uint64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::uint64_t shifted = (5 * day_of_year + 2) / 153;
  const std::uint64_t month = shifted < 10 ? shifted + 2 : shifted - 10;  // from 0
  const auto two = [&out](std::uint64_t number) {
    out += static_cast<char>('0' + number / 10);
    out += static_cast<char>('0' + number % 10);
  };
  out.append(weekdays[days % 7]).append(", ");
  two(day_of_year - (153 * shifted + 2) / 5 + 1);
  out.append(" ").append(months[month]).append(" ");
  write_number(out, year_of_era + era * 400 + (month < 2 ? 1 : 0));
  out += ' ';
  two(unix_s / 3'600 % 24);
  out += ':';
  two(unix_s / 60 % 60);
  out += ':';
  two(unix_s % 60);
  out += " GMT";
}

}  // namespace edgespan::sim
