// SPDX-License-Identifier: Apache-2.0
// What the collector says when it does not say 202.
#include <edgespan/sim_server.hpp>

#include <algorithm>

namespace edgespan::sim {
namespace {

constexpr std::uint64_t second_us = 1'000'000;
constexpr std::uint64_t hour_us = 3'600 * second_us;

constexpr std::uint32_t busy_statuses[] = {408, 429, 502, 503, 504};
constexpr std::uint32_t proxy_statuses[] = {502, 503, 504};
constexpr std::uint32_t forbidden_statuses[] = {401, 403};
constexpr std::uint32_t client_statuses[] = {402, 404, 405, 406, 409, 410, 411, 414,
                                             415, 417, 421, 422, 431, 451, 499};
constexpr std::uint32_t redirect_statuses[] = {300, 301, 302, 303, 304, 305, 307, 308};
constexpr std::uint32_t odd_statuses[] = {501, 505, 507, 508, 511, 520, 530, 599, 600, 999, 0, 99, 101};
constexpr Framing framings[] = {Framing::sized, Framing::chunked, Framing::until_close};

constexpr std::string_view page =
    "<html><head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n<center><h1>503 "
    "Service "
    "Temporarily Unavailable</h1></center>\r\n<hr><center>a proxy</center>\r\n</body>\r\n</html>\r\n";

}  // namespace

void Server::say(std::uint32_t status, std::string_view headers, std::string_view body, Framing framing) {
  said_ = status;
  write_reply(reply_, status, headers, body, framing);
  send();
  if (framing == Framing::until_close) end();
}

void Server::say_success(Framing framing) {
  constexpr std::uint32_t statuses[] = {200, 201, 202, 204};
  const std::uint32_t status = framing == Framing::sized ? weather_.chance().pick(statuses) : 202;
  say(status, "Server: Armeria\r\nContent-Type: text/plain\r\n", status == 204 ? "" : "accepted, thank you",
      framing);
}

void Server::say_busy() {
  headers_.clear();
  if (weather_.chance().below(2) == 0) write_retry_after();
  const std::uint32_t status = weather_.chance().pick(busy_statuses);
  say(status, headers_, "later", weather_.chance().pick(framings));
}

void Server::say_refusal(Fault fault) {
  Chance& chance = weather_.chance();
  switch (fault) {
    case Fault::server_error:
      return say(500, {}, "Cannot store spans", chance.pick(framings));
    case Fault::too_large_500:
      return say(500, {}, "413 Request Entity Too Large");
    case Fault::too_large:
      return say(413);
    case Fault::bad_request:
      return say(400, {}, "Expected a ListOfSpans");
    case Fault::forbidden:
      return say(chance.pick(forbidden_statuses), "WWW-Authenticate: Basic\r\n");
    case Fault::redirect:
      return say(chance.pick(redirect_statuses), "Location: http://portal.example/login\r\n", page);
    case Fault::proxy_page: {
      const std::uint32_t status = chance.pick(proxy_statuses);
      return say(status, "Content-Type: text/html\r\n", page, chance.pick(framings));
    }
    case Fault::odd_status:
      say(chance.pick(odd_statuses));
      return end();
    case Fault::early:
      say(chance.pick(busy_statuses), "Connection: close\r\n");
      return end();
    default:
      return say(chance.pick(client_statuses), {}, "no");
  }
}

void Server::say_oddity(Fault fault) {
  Chance& chance = weather_.chance();
  if (fault == Fault::hasty) {
    reply_ = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
    return send();
  }
  if (fault == Fault::long_head) {
    reply_ = "HTTP/1.1 503 Busy\r\nX-Filler: ";
    reply_.append(static_cast<std::size_t>(chance.between(7'900, 8'400)), 'x');
    reply_ += "\r\nContent-Length: 0\r\n\r\n";
  } else if (fault == Fault::endless) {
    reply_ = "HTTP/1.1 503 Busy\r\n";
    reply_ += chance.below(2) == 0 ? "\r\n" : "Content-Length: 9999999\r\n\r\n";
    reply_.append(20'000, 'z');
  } else {
    constexpr std::string_view nonsense[] = {"SSH-2.0-OpenSSH_9.2\r\n", "\x15\x03\x01\x02\x02\x28",
                                             "HTTP/2 200\r\n\r\n", "HTTP/1.1 2x2 ok\r\n\r\n", "\r\n\r\n"};
    reply_ = chance.pick(nonsense);
  }
  send();
  end();
}

void Server::write_number_header(std::uint64_t seconds) {
  asked_us_ = asked_least_us_ = std::clamp(seconds, std::uint64_t{1}, std::uint64_t{3'600}) * second_us;
  write_number(headers_ += "Retry-After: ", seconds);
  headers_ += "\r\n";
}

void Server::write_date_header(std::uint64_t seconds, bool future) {
  const std::uint64_t truth_s = (clock_.now_us() + truth_offset_us_) / second_us;
  write_http_date(headers_ += "Date: ", truth_s);
  write_http_date(headers_ += "\r\nRetry-After: ", future ? truth_s + seconds : truth_s - seconds);
  headers_ += "\r\n";
  asked_us_ = hour_us;  // by whatever date the agent has
}

void Server::write_retry_after() {
  constexpr std::string_view nonsense[] = {"-5", "soon",       "", "1e3", "12.5", "18446744073709551616000",
                                           " ",  "Mon, 99 Foo"};
  Chance& chance = weather_.chance();
  const std::uint64_t seconds = chance.scaled(1, 10'000);
  switch (chance.below(4)) {
    case 0:
      return write_date_header(seconds, true);
    case 1:
      return write_date_header(seconds, false);
    case 2:
      return write_number_header(seconds);
    default:
      break;
  }
  headers_.append("Retry-After: ").append(chance.pick(nonsense)).append("\r\n");
  asked_us_ = hour_us;  // a reader may see a number in it, but none above an hour
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
