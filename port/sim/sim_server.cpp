// SPDX-License-Identifier: Apache-2.0
#include <edgespan/sim_http_reply.hpp>
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

// What most requests are answered with, as Zipkin does.
constexpr std::string_view accepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";

constexpr bool stores(Fault fault) {
  switch (fault) {
    case Fault::count:
    case Fault::silent:
    case Fault::vanishes:
    case Fault::late:
    case Fault::interim:
    case Fault::chunked:
    case Fault::until_close:
      return true;
    default:
      return false;
  }
}

}  // namespace

Server::Server(Link& link, const Clock& clock, Weather& weather)
    : link_(link), clock_(clock), weather_(weather) {
  link.set_far_end(
      {.ctx = this,
       .accept = [](void* ctx) -> const Conduct& { return static_cast<Server*>(ctx)->accept(); },
       .take = [](void* ctx, std::string_view bytes) { static_cast<Server*>(ctx)->take(bytes); }});
}

const Conduct& Server::accept() {
  conduct_ = weather_.connection();
  reader_.next();
  answered_ = false;
  given_from_ = 0;
  return conduct_;
}

void Server::take(std::string_view bytes) {
  const bool early = conduct_.replies_early_after != 0 && link_.taken_bytes() == conduct_.replies_early_after;
  while (!bytes.empty()) {
    if (!reader_.begun()) {
      given_from_ = link_.given_bytes();
      answered_ = false;
    }
    bytes.remove_prefix(reader_.feed(bytes));
    if (reader_.unframed()) {
      say(400);
      return end();
    }
    if (!reader_.complete()) continue;
    on_request();
    reader_.next();
  }
  if (early && !answered_ && reader_.begun()) on_early();
}

void Server::on_early() {
  answered_ = true;
  forget_answer();
  hasty_ = weather_.rate(Fault::hasty) > weather_.rate(Fault::early);
  answer(hasty_ ? Fault::hasty : Fault::early);
}

void Server::on_request() {
  ++requests_;
  if (answered_) {
    // It keeps its word if the agent lets it.
    if (hasty_) receive(true);
    return;
  }
  forget_answer();
  if (link_.corrupted()) {
    say(400);
    return end();
  }
  if (reader_.body().size() > body_limit_bytes_) {
    refused_by_size_max_ = std::max(refused_by_size_max_, ++refused_by_size_);
    receive(false);
    return say(413);
  }
  refused_by_size_ = 0;
  Fault fault = weather_.answer();
  // These two happen before the end of a request or not at all.
  if (fault == Fault::early || fault == Fault::hasty) fault = Fault::count;
  const bool stored = stores(fault) || (fault == Fault::server_error && weather_.random().below(2) == 0);
  if (!receive(stored)) {
    say(400, {}, "no list of spans");
    return;
  }
  answer(fault);
}

bool Server::receive(bool stored) {
  return receiver_.receive == nullptr || receiver_.receive(receiver_.ctx, reader_.body(), stored);
}

void Server::send(std::uint64_t after_us) {
  link_.reply(reply_, after_us);
  reply_.clear();
}

// The rest of the connection is of no use to anybody.
void Server::end() { link_.end_after_replies(conduct_.end); }

void Server::answer(Fault fault) {
  switch (fault) {
    case Fault::count:
      return link_.reply(accepted);
    case Fault::silent:
      return;
    case Fault::vanishes:
      return end();
    case Fault::late:
      reply_ = accepted;
      return send(weather_.random().scaled(100'000, 60'000'000));
    case Fault::interim:
      for (auto n = 1 + weather_.random().below(3); n != 0; --n) {
        reply_ += "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
      }
      return say_success(Framing::sized);
    case Fault::chunked:
      return say_success(Framing::chunked);
    case Fault::until_close:
      return say_success(Framing::until_close);
    case Fault::busy:
      return say_busy();
    case Fault::garbage:
    case Fault::endless:
    case Fault::long_head:
    case Fault::hasty:
      return say_oddity(fault);
    default:
      return say_refusal(fault);
  }
}

void Server::say(std::uint32_t status, std::string_view headers, std::string_view body, Framing framing) {
  said_ = status;
  write_reply(reply_, status, headers, body, framing);
  send();
  if (framing == Framing::until_close) end();
}

void Server::say_success(Framing framing) {
  constexpr std::uint32_t statuses[] = {200, 201, 202, 204};
  const std::uint32_t status = framing == Framing::sized ? weather_.random().pick(statuses) : 202;
  say(status, "Server: Armeria\r\nContent-Type: text/plain\r\n", status == 204 ? "" : "accepted, thank you",
      framing);
}

void Server::say_busy() {
  headers_.clear();
  if (weather_.random().below(2) == 0) write_retry_after();
  const std::uint32_t status = weather_.random().pick(busy_statuses);
  say(status, headers_, "later", weather_.random().pick(framings));
}

void Server::say_refusal(Fault fault) {
  Random& random = weather_.random();
  switch (fault) {
    case Fault::server_error:
      return say(500, {}, "Cannot store spans", random.pick(framings));
    case Fault::too_large_500:
      return say(500, {}, "413 Request Entity Too Large");
    case Fault::too_large:
      return say(413);
    case Fault::bad_request:
      return say(400, {}, "Expected a ListOfSpans");
    case Fault::forbidden:
      return say(random.pick(forbidden_statuses), "WWW-Authenticate: Basic\r\n");
    case Fault::redirect:
      return say(random.pick(redirect_statuses), "Location: http://portal.example/login\r\n", page);
    case Fault::proxy_page: {
      const std::uint32_t status = random.pick(proxy_statuses);
      return say(status, "Content-Type: text/html\r\n", page, random.pick(framings));
    }
    case Fault::odd_status:
      say(random.pick(odd_statuses));
      return end();
    case Fault::early:
      say(random.pick(busy_statuses), "Connection: close\r\n");
      return end();
    default:
      return say(random.pick(client_statuses), {}, "no");
  }
}

void Server::say_oddity(Fault fault) {
  Random& random = weather_.random();
  if (fault == Fault::hasty) {
    reply_ = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
    return send();
  }
  if (fault == Fault::long_head) {
    reply_ = "HTTP/1.1 503 Busy\r\nX-Filler: ";
    reply_.append(static_cast<std::size_t>(random.between(7'900, 8'400)), 'x');
    reply_ += "\r\nContent-Length: 0\r\n\r\n";
  } else if (fault == Fault::endless) {
    reply_ = "HTTP/1.1 503 Busy\r\n";
    reply_ += random.below(2) == 0 ? "\r\n" : "Content-Length: 9999999\r\n\r\n";
    reply_.append(20'000, 'z');
  } else {
    constexpr std::string_view nonsense[] = {"SSH-2.0-OpenSSH_9.2\r\n", "\x15\x03\x01\x02\x02\x28",
                                             "HTTP/2 200\r\n\r\n", "HTTP/1.1 2x2 ok\r\n\r\n", "\r\n\r\n"};
    reply_ = random.pick(nonsense);
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
  Random& random = weather_.random();
  const std::uint64_t seconds = random.scaled(1, 10'000);
  switch (random.below(4)) {
    case 0:
      return write_date_header(seconds, true);
    case 1:
      return write_date_header(seconds, false);
    case 2:
      return write_number_header(seconds);
    default:
      break;
  }
  headers_.append("Retry-After: ").append(random.pick(nonsense)).append("\r\n");
  asked_us_ = hour_us;  // a reader may see a number in it, but none above an hour
}

}  // namespace edgespan::sim
