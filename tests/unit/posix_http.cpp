// SPDX-License-Identifier: Apache-2.0
// The sender on real sockets, driven by the real worker.
#include <edgespan/http_sender.hpp>
#include <edgespan/posix.hpp>

#include <algorithm>
#include <atomic>
#include <string>

#include "tests/support/loopback_server.hpp"
#include "tests/support/test.hpp"

namespace {

using namespace edgespan;
using test::LoopbackServer;

// Offers `batches` batches one after the other, each until it is answered.
struct Agent {
  posix::Port port;
  HttpSender http;
  Sender sender;
  std::string batch = "one batch of spans";
  int batches = 1;
  std::atomic<int> answered{0};
  std::atomic<int> offers{0};
  SendResult last;  // read after stop()

  explicit Agent(const std::string& url, const HttpConfig& config = {}) {
    REQUIRE(port.init());
    REQUIRE(http.init(port.stream(), url, config) == Status::ok);
    sender = http.sender();
  }

  std::uint64_t step() {
    if (answered == batches) return 3'600'000'000;
    ++offers;
    const auto bytes = std::as_bytes(std::span(batch.data(), batch.size()));
    last = sender.offer(sender.ctx, bytes, port.clock().mono_us(port.clock().ctx));
    if (last.state == SendState::pending) return last.again_us;
    ++answered;
    return 0;
  }

  bool start() {
    const edgespan_worker& worker = port.worker();
    return worker.start(
        worker.ctx, [](void* arg) { return static_cast<Agent*>(arg)->step(); }, this);
  }
  bool stop(std::uint64_t timeout_us = 60'000'000) {
    return port.worker().stop(port.worker().ctx, timeout_us);
  }

  bool run() {
    if (!start()) return false;
    for (int i = 0; i < 60'000 && answered < batches; ++i) port.clock().pause(nullptr, 1000);
    return stop() && answered == batches;
  }
};

TEST_CASE("batches reach a server over one connection", "[posix][http]") {
  const LoopbackServer server;
  Agent agent(server.url());
  agent.batches = 50;
  agent.batch.assign(60'000, 's');
  REQUIRE(agent.run());
  REQUIRE(agent.last.state == SendState::delivered);
  REQUIRE(agent.last.status == 202);
  REQUIRE(server.accepted() == 1);
  const auto requests = server.requests();
  REQUIRE(requests.size() == 50);
  for (const std::string& request : requests) REQUIRE(request.ends_with("\r\n\r\n" + agent.batch));
  REQUIRE(agent.offers < 50 * 40);  // it waited for the socket, and did not spin
}

TEST_CASE("a server that closes after each reply gets every batch once", "[posix][http]") {
  LoopbackServer::Behaviour closing;
  closing.closes_after_reply = true;
  const LoopbackServer server(closing);
  Agent agent(server.url());
  agent.batches = 30;
  REQUIRE(agent.run());
  REQUIRE(agent.last.state == SendState::delivered);
  REQUIRE(server.requests().size() == 30);
}

TEST_CASE("a stalled server meets the deadline and delays no stop", "[posix][http]") {
  LoopbackServer::Behaviour deaf;
  deaf.reads = false;
  const LoopbackServer server(deaf);
  {
    Agent agent(server.url(), {.connect_ms = 60'000, .request_ms = 200, .progress_bytes_per_s = UINT32_MAX});
    agent.batch.assign(8'000'000, 's');
    REQUIRE(agent.run());
    REQUIRE(agent.last.state == SendState::retry);
    REQUIRE(agent.last.reason == SendReason::deadline);
  }
  Agent agent(server.url(), {.connect_ms = 600'000, .request_ms = 600'000});
  agent.batch.assign(8'000'000, 's');
  const edgespan_clock& clock = agent.port.clock();
  REQUIRE(agent.start());
  clock.pause(clock.ctx, 100'000);
  const std::uint64_t start = clock.mono_us(clock.ctx);
  REQUIRE(agent.stop(60'000'000));
  REQUIRE(clock.mono_us(clock.ctx) - start < 60'000'000);
  REQUIRE(agent.answered == 0);
}

TEST_CASE("verdicts come through real sockets", "[posix][http]") {
  LoopbackServer::Behaviour busy;
  busy.reply =
      "HTTP/1.1 503 Busy\r\nRetry-After: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
      "2\r\nno\r\n0\r\n\r\n";
  const LoopbackServer server(busy);
  Agent agent(server.url());
  agent.batches = 3;
  REQUIRE(agent.run());
  REQUIRE(agent.last.state == SendState::retry);
  REQUIRE(agent.last.reason == SendReason::http_5xx);
  REQUIRE(agent.last.retry_after_us == 3'000'000);
  REQUIRE(server.accepted() == 1);
}

}  // namespace
