// SPDX-License-Identifier: Apache-2.0
// The sender while the network and the server misbehave.
#include <edgespan/http_sender.hpp>

#include "tests/support/test.hpp"
#include "tests/unit/http_world.hpp"

namespace {

using namespace edgespan;
using sim::Peer;
using test::http_reply;
using test::HttpWorld;

// Of the request to HttpWorld's URL, if the body's length has two digits.
constexpr std::size_t head_bytes = 115;

Peer answering(std::vector<std::string> replies) {
  Peer peer;
  peer.replies = std::move(replies);
  return peer;
}

TEST_CASE("a connection that cannot be had is retried later", "[http]") {
  for (const int error : {EDGESPAN_STREAM_FAILED, EDGESPAN_STREAM_REFUSED, EDGESPAN_STREAM_UNREACHABLE,
                          EDGESPAN_STREAM_NO_HOST, EDGESPAN_STREAM_RESET}) {
    Peer peer;
    peer.open = error;
    peer.open_waits = 2;
    HttpWorld t({peer, answering({http_reply(202)})});
    const SendResult result = t.offer();
    REQUIRE(result.state == SendState::retry);
    REQUIRE(result.reason == SendReason::connect);
    REQUIRE(result.status == 0);
    REQUIRE(t.offer().state == SendState::delivered);
    REQUIRE(t.world.violations().empty());
  }
}

TEST_CASE("what TLS could not do has a reason of its own, whenever it shows", "[http]") {
  struct Case {
    int error;
    SendReason reason;
  };
  constexpr Case cases[] = {{EDGESPAN_STREAM_TLS, SendReason::tls},
                            {EDGESPAN_STREAM_UNKNOWN_ROOT, SendReason::unknown_root},
                            {EDGESPAN_STREAM_WRONG_HOST, SendReason::wrong_host},
                            {EDGESPAN_STREAM_EXPIRED, SendReason::expired},
                            {EDGESPAN_STREAM_NOT_YET_VALID, SendReason::not_yet_valid},
                            {EDGESPAN_STREAM_BAD_CERTIFICATE, SendReason::bad_certificate},
                            {EDGESPAN_STREAM_NO_CLOCK, SendReason::no_clock},
                            {EDGESPAN_STREAM_NO_ENTROPY, SendReason::no_entropy},
                            {EDGESPAN_STREAM_NO_MEMORY, SendReason::no_memory}};
  for (const Case& c : cases) {
    Peer peer;
    peer.open = c.error;
    HttpWorld t({peer});
    SendResult result = t.offer();
    REQUIRE(result.state == SendState::retry);
    REQUIRE(result.reason == c.reason);
    peer.open = 1;
    peer.dies_after_taking = 1;
    peer.end = c.error;
    t.world.set_peers({peer});
    result = t.offer();
    REQUIRE(result.state == SendState::retry);
    REQUIRE(result.reason == c.reason);
  }
}

TEST_CASE("the connect deadline is kept to the microsecond", "[http]") {
  Peer silent;
  silent.open_waits = sim::unlimited;
  HttpWorld t({silent}, {.connect_ms = 10'000, .request_ms = 1});
  REQUIRE(t.offer_once().again_us == 10'000'000);
  t.world.advance(9'999'999);
  SendResult result = t.offer_once();
  REQUIRE(result.state == SendState::pending);
  REQUIRE(result.again_us == 1);
  t.world.advance(1);
  result = t.offer_once();
  REQUIRE(result.state == SendState::retry);
  REQUIRE(result.reason == SendReason::connect);
  REQUIRE(t.world.violations().empty());
}

TEST_CASE("the request deadline runs from the first byte, whatever trickles in", "[http]") {
  Peer drip = answering({http_reply(202, "X: " + std::string(4000, 'x') + "\r\n")});
  drip.open_waits = 5;
  drip.recv_bytes = 1;
  drip.recv_gaps = true;
  HttpWorld t({drip}, {.connect_ms = 10'000, .request_ms = 1000, .progress_bytes_per_s = UINT32_MAX});
  const std::uint64_t start = t.world.now_us();
  const SendResult result = t.offer();
  REQUIRE(result.state == SendState::retry);
  REQUIRE(result.reason == SendReason::deadline);
  REQUIRE(t.world.now_us() - start == 5 * 1000 + 1'000'000);
  REQUIRE_FALSE(t.world.connected());
}

TEST_CASE("the deadline holds wherever the clock started", "[http]") {
  Peer silent;
  silent.open_waits = sim::unlimited;
  HttpWorld t({silent}, {.connect_ms = 100, .request_ms = 100});
  t.world.advance(UINT64_MAX - 50'000);  // wraps in the middle
  REQUIRE(t.offer_once().state == SendState::pending);
  t.world.advance(99'999);
  REQUIRE(t.offer_once().state == SendState::pending);
  t.world.advance(1);
  REQUIRE(t.offer_once().state == SendState::retry);
}

TEST_CASE("a server that reads nothing on meets the request deadline", "[http]") {
  for (std::size_t position = 1; position < head_bytes + 16; ++position) {
    Peer stalled = answering({http_reply(202)});
    stalled.reads_until = position;
    HttpWorld t({stalled}, {.connect_ms = 100, .request_ms = 100});
    const SendResult result = t.offer();
    REQUIRE(result.state == SendState::retry);
    REQUIRE(result.reason == SendReason::deadline);
    REQUIRE_FALSE(t.world.connected());
    REQUIRE(t.world.violations().empty());
  }
}

TEST_CASE("a reply that came in time counts although the caller was late", "[http]") {
  HttpWorld t({answering({http_reply(202)})}, {.connect_ms = 1, .request_ms = 1});
  Peer slow = answering({http_reply(202)});
  slow.reply_after_us = 500;
  t.world.set_peers({slow});
  REQUIRE(t.offer_once().state == SendState::pending);
  t.world.advance(8ull * 3600 * 1'000'000);
  REQUIRE(t.offer_once().state == SendState::delivered);
}

TEST_CASE("one byte at a time in both directions is enough", "[http]") {
  for (const bool gaps : {false, true}) {
    Peer slow = answering({http_reply(202), http_reply(202)});
    slow.send_bytes = 1;
    slow.recv_bytes = 1;
    slow.send_gaps = gaps;
    slow.recv_gaps = gaps;
    HttpWorld t({slow});
    for (int batch = 0; batch < 2; ++batch) {
      REQUIRE(t.offer().state == SendState::delivered);
      REQUIRE(t.world.requests().back().body == t.batch);
    }
    REQUIRE(t.world.requests()[0].head.size() == head_bytes);
    REQUIRE(t.world.connections() == 1);
    REQUIRE(t.world.violations().empty());
  }
}

TEST_CASE("one offer is a bounded slice of work", "[http]") {
  Peer slow = answering({http_reply(202)});
  slow.send_bytes = 1;
  HttpWorld t({slow});
  t.batch.assign(5000, 'x');
  for (int i = 0; i < 10; ++i) {
    const std::uint64_t before = t.world.calls(sim::Call::send);
    const SendResult result = t.offer_once();
    REQUIRE(result.state == SendState::pending);
    REQUIRE(result.again_us == 0);  // there is more to do at once
    REQUIRE(t.world.calls(sim::Call::send) - before <= 40);
  }
  REQUIRE(t.offer().state == SendState::delivered);
  REQUIRE(t.world.requests()[0].body == t.batch);
}

TEST_CASE("a connection that ends at any byte of the request is broken, the batch is not", "[http]") {
  for (const int end : {EDGESPAN_STREAM_CLOSED, EDGESPAN_STREAM_RESET}) {
    for (std::size_t position = 1; position <= head_bytes + 16; ++position) {
      Peer dying;
      dying.dies_after_taking = position;
      dying.end = end;
      HttpWorld t({dying, answering({http_reply(202)})});
      const SendResult result = t.offer();
      REQUIRE(result.state == SendState::retry);
      REQUIRE(result.reason == SendReason::broken);
      REQUIRE_FALSE(t.world.connected());
      REQUIRE(t.offer().state == SendState::delivered);
      REQUIRE(t.world.requests().back().body == t.batch);
      REQUIRE(t.world.violations().empty());
    }
  }
}

TEST_CASE("a connection that ends at any byte of the reply", "[http]") {
  const std::string reply = http_reply(202, "", "body");
  const std::size_t head = reply.size() - 4;
  for (std::size_t position = 0; position <= reply.size(); ++position) {
    INFO(position);
    Peer dying = answering({reply});
    dying.dies_after_giving = position;
    HttpWorld t({dying, answering({reply})});
    const SendResult result = t.offer();
    if (position < head) {
      REQUIRE(result.state == SendState::retry);
      REQUIRE(result.reason == SendReason::broken);
    } else {
      REQUIRE(result.state == SendState::delivered);  // its head had said so
    }
    REQUIRE(t.offer().state == SendState::delivered);
    REQUIRE(t.world.violations().empty());
  }
}

TEST_CASE("a kept connection that ended while idle costs nothing", "[http]") {
  const std::string reply = http_reply(202);
  Peer closing = answering({reply});
  closing.dies_after_giving = reply.size();
  HttpWorld t({closing});
  for (int i = 0; i < 3; ++i) {
    REQUIRE(t.offer().state == SendState::delivered);
    t.world.advance(1'000'000);
  }
  REQUIRE(t.world.connections() == 3);
  REQUIRE(t.world.requests().size() == 3);  // none was sent into the void
  REQUIRE(t.world.violations().empty());
}

TEST_CASE("a kept connection that ends under the next request is replaced once, at once", "[http]") {
  for (std::size_t position = 1; position <= head_bytes + 16; ++position) {
    Peer closing = answering({http_reply(202)});
    closing.dies_after_taking = head_bytes + 16 + position;
    HttpWorld t({closing, answering({http_reply(202)})});
    REQUIRE(t.offer().state == SendState::delivered);
    REQUIRE(t.offer_once().state == SendState::delivered);
    REQUIRE(t.world.connections() == 2);
    REQUIRE(t.world.requests().back().body == t.batch);
    REQUIRE(t.world.violations().empty());
  }
}

TEST_CASE("the replacement is not replaced again", "[http]") {
  Peer closing = answering({http_reply(202)});
  closing.dies_after_taking = head_bytes + 16 + 1;
  Peer dying;
  dying.dies_after_taking = 1;
  HttpWorld t({closing, dying});
  REQUIRE(t.offer().state == SendState::delivered);
  const SendResult result = t.offer_once();
  REQUIRE(result.state == SendState::retry);
  REQUIRE(result.reason == SendReason::broken);
  REQUIRE(t.world.connections() == 2);
}

TEST_CASE("a kept connection that ends within a reply is broken, not replaced", "[http]") {
  const std::string reply = http_reply(202);
  Peer dying = answering({reply, reply});
  dying.dies_after_giving = reply.size() + 1;
  HttpWorld t({dying});
  REQUIRE(t.offer().state == SendState::delivered);
  const SendResult result = t.offer();
  REQUIRE(result.state == SendState::retry);
  REQUIRE(result.reason == SendReason::broken);
}

TEST_CASE("a refusal before the end of the request is heard", "[http]") {
  for (std::size_t position = 1; position < head_bytes + 16; ++position) {
    Peer refusing = answering({http_reply(413)});
    refusing.replies_early_after = position;
    refusing.reads_until = position;
    HttpWorld t({refusing});
    const SendResult result = t.offer();
    REQUIRE(result.state == SendState::refused);
    REQUIRE(result.reason == SendReason::http_413);
    REQUIRE_FALSE(t.world.connected());  // the rest of the body would be read as a request
    REQUIRE(t.world.violations().empty());
  }
}

TEST_CASE("a success before the end of the request is not believed", "[http]") {
  Peer hasty = answering({http_reply(202)});
  hasty.replies_early_after = head_bytes;
  hasty.reads_until = head_bytes;
  HttpWorld t({hasty});
  const SendResult result = t.offer();
  REQUIRE(result.state == SendState::retry);
  REQUIRE(result.reason == SendReason::garbage);
  REQUIRE_FALSE(t.world.connected());
}

TEST_CASE("what is not HTTP is garbage", "[http]") {
  for (const std::string& reply :
       {std::string("SSH-2.0-OpenSSH_9.2\r\n"), std::string(9000, 'x'), std::string("\x15\x03\x01\0\x02", 5),
        "HTTP/1.1 202 x\r\nX: " + std::string(9000, 'x')}) {
    HttpWorld t({answering({reply + "\n"})});
    const SendResult result = t.offer();
    REQUIRE(result.state == SendState::retry);
    REQUIRE(result.reason == SendReason::garbage);
    REQUIRE(result.status == 0);
    REQUIRE_FALSE(t.world.connected());
  }
}

TEST_CASE("a body without end costs the connection, not the verdict", "[http]") {
  HttpWorld t({answering({"HTTP/1.1 202 x\r\nContent-Length: 1000000\r\n\r\n" + std::string(20'000, 'b')})});
  REQUIRE(t.offer().state == SendState::delivered);
  REQUIRE_FALSE(t.world.connected());

  Peer unfinished = answering({"HTTP/1.1 503 x\r\nContent-Length: 5\r\n\r\nabc"});
  HttpWorld u({unfinished}, {.connect_ms = 1, .request_ms = 50});
  const SendResult result = u.offer();
  REQUIRE(result.state == SendState::retry);
  REQUIRE(result.reason == SendReason::http_5xx);
  REQUIRE(result.status == 503);
  REQUIRE_FALSE(u.world.connected());
}

TEST_CASE("cancel ends everything, in any state", "[http]") {
  for (int calls = 0; calls < 200; ++calls) {
    Peer slow = answering({http_reply(202)});
    slow.open_waits = 3;
    slow.send_bytes = 1;
    slow.send_gaps = true;
    HttpWorld t({slow, answering({http_reply(202)})});
    for (int i = 0; i < calls; ++i) t.offer_once();
    t.sender.cancel(t.sender.ctx);
    t.sender.cancel(t.sender.ctx);
    REQUIRE_FALSE(t.world.connected());
    t.world.set_peers({answering({http_reply(202)})});
    REQUIRE(t.offer().state == SendState::delivered);
    REQUIRE(t.world.requests().back().body == t.batch);
    REQUIRE(t.world.violations().empty());
  }
}

TEST_CASE("another batch in the middle of one begins a new request", "[http]") {
  Peer stalled;
  stalled.reads_until = head_bytes + 3;
  HttpWorld t({stalled, answering({http_reply(202)})});
  REQUIRE(t.offer_once().state == SendState::pending);
  t.batch = "another one";
  REQUIRE(t.offer().state == SendState::delivered);
  REQUIRE(t.world.requests().back().body == "another one");
  REQUIRE(t.world.connections() == 2);
}

// Each call of the stream fails once, at its first, second, third... use, until a run has that many no more.
TEST_CASE("whichever call fails, the batch arrives in the end", "[http]") {
  for (const sim::Call call : {sim::Call::open, sim::Call::send, sim::Call::recv}) {
    bool failed = true;
    for (std::uint64_t n = 1; failed; ++n) {
      CAPTURE(static_cast<int>(call), n);
      Peer slow = answering({http_reply(202), http_reply(202), http_reply(202)});
      slow.open_waits = 1;
      slow.send_bytes = 30;
      slow.recv_bytes = 10;
      slow.recv_gaps = true;
      HttpWorld t({slow});
      t.world.fail_at(call, n, EDGESPAN_STREAM_RESET);
      for (int batch = 0; batch < 3; ++batch) {
        SendResult result = t.offer();
        for (int tries = 0; tries < 3 && result.state == SendState::retry; ++tries) result = t.offer();
        REQUIRE(result.state == SendState::delivered);
      }
      REQUIRE(t.world.violations().empty());
      failed = t.world.calls(call) >= n;
      REQUIRE(n < 200);
    }
  }
}

}  // namespace
