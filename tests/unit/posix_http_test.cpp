// SPDX-License-Identifier: Apache-2.0
// The sender on real sockets, driven by the real worker.
#include <edgespan/http_sender.hpp>
#include <edgespan/posix_port.hpp>

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
    TEST_ASSERT_TRUE(port.init());
    TEST_ASSERT_EQUAL(Status::ok, http.init(port.stream(), url, config));
    sender = http.sender();
  }

  std::uint64_t step() {
    if (answered == batches) return 3'600'000'000;
    ++offers;
    const auto bytes = std::as_bytes(std::span(batch.data(), batch.size()));
    last = sender.offer(sender.ctx, bytes, port.clock().mono_us(port.clock().ctx));
    if (last.outcome == Outcome::pending) return last.again_us;
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

EDGESPAN_TEST(batches_reach_a_server_over_one_connection, "posix") {
  const LoopbackServer server;
  Agent agent(server.url());
  agent.batches = 50;
  agent.batch.assign(60'000, 's');
  TEST_ASSERT_TRUE(agent.run());
  TEST_ASSERT_EQUAL(Outcome::delivered, agent.last.outcome);
  TEST_ASSERT_EQUAL(202, agent.last.status);
  TEST_ASSERT_EQUAL(1, server.accepted());
  const auto requests = server.requests();
  TEST_ASSERT_EQUAL(50, requests.size());
  for (const std::string& request : requests) TEST_ASSERT_TRUE(request.ends_with("\r\n\r\n" + agent.batch));
  TEST_ASSERT_LESS_THAN(50 * 40, agent.offers);  // it waited for the socket, and did not spin
}

EDGESPAN_TEST(a_server_that_closes_after_each_reply_gets_every_batch_once, "posix") {
  LoopbackServer::Behaviour closing;
  closing.closes_after_reply = true;
  const LoopbackServer server(closing);
  Agent agent(server.url());
  agent.batches = 30;
  TEST_ASSERT_TRUE(agent.run());
  TEST_ASSERT_EQUAL(Outcome::delivered, agent.last.outcome);
  TEST_ASSERT_EQUAL(30, server.requests().size());
}

EDGESPAN_TEST(a_stalled_server_meets_the_deadline_and_delays_no_stop, "posix") {
  LoopbackServer::Behaviour deaf;
  deaf.reads = false;
  const LoopbackServer server(deaf);
  {
    Agent agent(server.url(), {.connect_ms = 60'000, .request_ms = 200, .progress_bytes_per_s = UINT32_MAX});
    agent.batch.assign(8'000'000, 's');
    TEST_ASSERT_TRUE(agent.run());
    TEST_ASSERT_EQUAL(Outcome::late, agent.last.outcome);
  }
  Agent agent(server.url(), {.connect_ms = 600'000, .request_ms = 600'000});
  agent.batch.assign(8'000'000, 's');
  const edgespan_clock& clock = agent.port.clock();
  TEST_ASSERT_TRUE(agent.start());
  clock.pause(clock.ctx, 100'000);
  const std::uint64_t start = clock.mono_us(clock.ctx);
  TEST_ASSERT_TRUE(agent.stop(60'000'000));
  // It is woken: by itself it would look again after ten minutes.
  TEST_ASSERT_LESS_THAN(10'000'000, clock.mono_us(clock.ctx) - start);
  TEST_ASSERT_EQUAL(0, agent.answered);
}

EDGESPAN_TEST(outcomes_come_through_real_sockets, "posix") {
  LoopbackServer::Behaviour busy;
  busy.reply =
      "HTTP/1.1 503 Busy\r\nRetry-After: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
      "2\r\nno\r\n0\r\n\r\n";
  const LoopbackServer server(busy);
  Agent agent(server.url());
  agent.batches = 3;
  TEST_ASSERT_TRUE(agent.run());
  TEST_ASSERT_EQUAL(Outcome::overloaded, agent.last.outcome);
  TEST_ASSERT_EQUAL(3'000'000, agent.last.asked_pause_us);
  TEST_ASSERT_EQUAL(1, server.accepted());
}

}  // namespace
