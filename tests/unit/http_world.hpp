// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/http_sender.hpp>
#include <edgespan/sim_world.hpp>

#include <string>

namespace edgespan::test {

// A sender in a simulated world, and a batch for it.
struct HttpWorld {
  sim::World world{1};
  HttpSender http;
  Sender sender;
  std::string batch = "0123456789abcdef";

  explicit HttpWorld(std::vector<sim::Peer> peers, const HttpConfig& config = {}) {
    world.set_peers(std::move(peers));
    started = http.init(world.stream(), "http://zipkin:9411/api/v2/spans", config) == Status::ok;
    sender = http.sender();
  }

  bool started = false;

  SendResult offer_once() {
    return sender.offer(sender.ctx, std::as_bytes(std::span(batch.data(), batch.size())), world.now_us());
  }

  // Offers until there is an answer, `tick_us` apart; pending after `calls_max`.
  SendResult offer(std::uint64_t tick_us = 1000, int calls_max = 100'000) {
    SendResult result;
    for (int i = 0; i < calls_max && result.outcome == Outcome::pending; ++i) {
      if (i != 0) world.advance(tick_us);
      result = offer_once();
    }
    return result;
  }
};

inline std::string http_reply(int status, const std::string& headers = "", const std::string& body = "") {
  return "HTTP/1.1 " + std::to_string(status) + " Text\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace edgespan::test
