// SPDX-License-Identifier: Apache-2.0
#include <edgespan/sim_server.hpp>

#include <algorithm>

namespace edgespan::sim {
namespace {

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
  const bool stored = stores(fault) || (fault == Fault::server_error && weather_.chance().below(2) == 0);
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
      return send(weather_.chance().scaled(100'000, 60'000'000));
    case Fault::interim:
      for (auto n = 1 + weather_.chance().below(3); n != 0; --n) {
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

}  // namespace edgespan::sim
