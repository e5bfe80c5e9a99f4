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

EDGESPAN_TEST(a_connection_that_cannot_be_had_is_retried_later, "http") {
  for (const int error : {EDGESPAN_STREAM_FAILED, EDGESPAN_STREAM_REFUSED, EDGESPAN_STREAM_UNREACHABLE,
                          EDGESPAN_STREAM_NO_HOST, EDGESPAN_STREAM_RESET}) {
    Peer peer;
    peer.open = error;
    peer.open_waits = 2;
    HttpWorld t({peer, answering({http_reply(202)})});
    const SendResult result = t.offer();
    TEST_ASSERT_EQUAL(Outcome::unreachable, result.outcome);
    TEST_ASSERT_EQUAL(0, result.status);
    TEST_ASSERT_EQUAL(Outcome::delivered, t.offer().outcome);
    TEST_ASSERT_TRUE(t.world.violations().empty());
  }
}

EDGESPAN_TEST(what_tls_could_not_do_has_a_reason_of_its_own_whenever_it_shows, "http") {
  struct Case {
    int error;
    Outcome at_open;
    Outcome at_send;
    TlsCause cause;
  };
  using enum Outcome;
  constexpr Case cases[] = {
      {EDGESPAN_STREAM_TLS, unreachable, interrupted, TlsCause::no_agreement},
      {EDGESPAN_STREAM_UNKNOWN_ROOT, untrusted, untrusted, TlsCause::unknown_root},
      {EDGESPAN_STREAM_WRONG_HOST, untrusted, untrusted, TlsCause::wrong_host},
      {EDGESPAN_STREAM_EXPIRED, wrong_date, wrong_date, TlsCause::expired},
      {EDGESPAN_STREAM_NOT_YET_VALID, wrong_date, wrong_date, TlsCause::not_yet_valid},
      {EDGESPAN_STREAM_BAD_CERTIFICATE, untrusted, untrusted, TlsCause::bad_certificate},
      {EDGESPAN_STREAM_NO_CLOCK, no_date, no_date, TlsCause::no_clock},
      {EDGESPAN_STREAM_NO_ENTROPY, unprepared, unprepared, TlsCause::no_entropy},
      {EDGESPAN_STREAM_NO_MEMORY, unprepared, unprepared, TlsCause::no_memory}};
  for (const Case& c : cases) {
    Peer peer;
    peer.open = c.error;
    HttpWorld t({peer});
    SendResult result = t.offer();
    TEST_ASSERT_EQUAL(c.at_open, result.outcome);
    TEST_ASSERT_EQUAL(c.cause, result.cause);
    peer.open = 1;
    peer.dies_after_taking = 1;
    peer.end = c.error;
    t.world.set_peers({peer});
    result = t.offer();
    TEST_ASSERT_EQUAL(c.at_send, result.outcome);
    TEST_ASSERT_EQUAL(c.cause, result.cause);
  }
}

EDGESPAN_TEST(one_byte_at_a_time_in_both_directions_is_enough, "http") {
  for (const bool gaps : {false, true}) {
    Peer slow = answering({http_reply(202), http_reply(202)});
    slow.send_bytes = 1;
    slow.recv_bytes = 1;
    slow.send_gaps = gaps;
    slow.recv_gaps = gaps;
    HttpWorld t({slow});
    for (int batch = 0; batch < 2; ++batch) {
      TEST_ASSERT_EQUAL(Outcome::delivered, t.offer().outcome);
      TEST_ASSERT_EQUAL(t.batch, t.world.requests().back().body);
    }
    TEST_ASSERT_EQUAL(head_bytes, t.world.requests()[0].head.size());
    TEST_ASSERT_EQUAL(1, t.world.connections());
    TEST_ASSERT_TRUE(t.world.violations().empty());
  }
}

EDGESPAN_TEST(a_connection_that_ends_at_any_byte_of_the_request_is_broken_the_batch_is_not, "http") {
  for (const int end : {EDGESPAN_STREAM_CLOSED, EDGESPAN_STREAM_RESET}) {
    for (std::size_t position = 1; position <= head_bytes + 16; ++position) {
      Peer dying;
      dying.dies_after_taking = position;
      dying.end = end;
      HttpWorld t({dying, answering({http_reply(202)})});
      const SendResult result = t.offer();
      TEST_ASSERT_EQUAL(Outcome::interrupted, result.outcome);
      TEST_ASSERT_FALSE(t.world.connected());
      TEST_ASSERT_EQUAL(Outcome::delivered, t.offer().outcome);
      TEST_ASSERT_EQUAL(t.batch, t.world.requests().back().body);
      TEST_ASSERT_TRUE(t.world.violations().empty());
    }
  }
}

EDGESPAN_TEST(a_connection_that_ends_at_any_byte_of_the_reply, "http") {
  const std::string reply = http_reply(202, "", "body");
  const std::size_t head = reply.size() - 4;
  for (std::size_t position = 0; position <= reply.size(); ++position) {
    TEST_CONTEXT(position);
    Peer dying = answering({reply});
    dying.dies_after_giving = position;
    HttpWorld t({dying, answering({reply})});
    const SendResult result = t.offer();
    if (position < head) {
      TEST_ASSERT_EQUAL(Outcome::interrupted, result.outcome);
    } else {
      TEST_ASSERT_EQUAL(Outcome::delivered, result.outcome);  // its head had said so
    }
    TEST_ASSERT_EQUAL(Outcome::delivered, t.offer().outcome);
    TEST_ASSERT_TRUE(t.world.violations().empty());
  }
}

EDGESPAN_TEST(a_kept_connection_that_ended_while_idle_costs_nothing, "http") {
  const std::string reply = http_reply(202);
  Peer closing = answering({reply});
  closing.dies_after_giving = reply.size();
  HttpWorld t({closing});
  for (int i = 0; i < 3; ++i) {
    TEST_ASSERT_EQUAL(Outcome::delivered, t.offer().outcome);
    t.world.advance(1'000'000);
  }
  TEST_ASSERT_EQUAL(3, t.world.connections());
  TEST_ASSERT_EQUAL(3, t.world.requests().size());  // none was sent into the void
  TEST_ASSERT_TRUE(t.world.violations().empty());
}

EDGESPAN_TEST(a_kept_connection_that_ends_under_the_next_request_is_replaced_once_at_once, "http") {
  for (std::size_t position = 1; position <= head_bytes + 16; ++position) {
    Peer closing = answering({http_reply(202)});
    closing.dies_after_taking = head_bytes + 16 + position;
    HttpWorld t({closing, answering({http_reply(202)})});
    TEST_ASSERT_EQUAL(Outcome::delivered, t.offer().outcome);
    const SendResult result = t.offer_once();
    TEST_ASSERT_EQUAL(Outcome::delivered, result.outcome);
    TEST_ASSERT_EQUAL(2, result.begun);
    TEST_ASSERT_EQUAL(position + head_bytes + 16, result.sent_bytes);
    TEST_ASSERT_EQUAL(2, t.world.connections());
    TEST_ASSERT_EQUAL(t.batch, t.world.requests().back().body);
    TEST_ASSERT_TRUE(t.world.violations().empty());
  }
}

EDGESPAN_TEST(an_offer_tells_what_it_began_and_sent_itself, "http") {
  Peer slow = answering({http_reply(202), http_reply(202)});
  slow.reply_after_us = 500;
  HttpWorld t({slow});
  for (int i = 0; i < 2; ++i) {
    SendResult result = t.offer_once();
    TEST_ASSERT_EQUAL(Outcome::pending, result.outcome);
    TEST_ASSERT_EQUAL(1, result.begun);
    TEST_ASSERT_EQUAL(head_bytes + 16, result.sent_bytes);
    t.world.advance(500);
    result = t.offer_once();
    TEST_ASSERT_EQUAL(Outcome::delivered, result.outcome);
    TEST_ASSERT_EQUAL(0, result.begun);
    TEST_ASSERT_EQUAL(0, result.sent_bytes);
  }
}

EDGESPAN_TEST(the_replacement_is_not_replaced_again, "http") {
  Peer closing = answering({http_reply(202)});
  closing.dies_after_taking = head_bytes + 16 + 1;
  Peer dying;
  dying.dies_after_taking = 1;
  HttpWorld t({closing, dying});
  TEST_ASSERT_EQUAL(Outcome::delivered, t.offer().outcome);
  const SendResult result = t.offer_once();
  TEST_ASSERT_EQUAL(Outcome::interrupted, result.outcome);
  TEST_ASSERT_EQUAL(2, t.world.connections());
}

EDGESPAN_TEST(a_kept_connection_that_ends_within_a_reply_is_broken_not_replaced, "http") {
  const std::string reply = http_reply(202);
  Peer dying = answering({reply, reply});
  dying.dies_after_giving = reply.size() + 1;
  HttpWorld t({dying});
  TEST_ASSERT_EQUAL(Outcome::delivered, t.offer().outcome);
  const SendResult result = t.offer();
  TEST_ASSERT_EQUAL(Outcome::interrupted, result.outcome);
}

EDGESPAN_TEST(a_refusal_before_the_end_of_the_request_is_heard, "http") {
  for (std::size_t position = 1; position < head_bytes + 16; ++position) {
    Peer refusing = answering({http_reply(413)});
    refusing.replies_early_after = position;
    refusing.reads_until = position;
    HttpWorld t({refusing});
    const SendResult result = t.offer();
    TEST_ASSERT_EQUAL(Outcome::too_large, result.outcome);
    TEST_ASSERT_FALSE(t.world.connected());  // the rest of the body would be read as a request
    TEST_ASSERT_TRUE(t.world.violations().empty());
  }
}

EDGESPAN_TEST(a_success_before_the_end_of_the_request_does_not_count, "http") {
  Peer hasty = answering({http_reply(202)});
  hasty.replies_early_after = head_bytes;
  hasty.reads_until = head_bytes;
  HttpWorld t({hasty});
  const SendResult result = t.offer();
  TEST_ASSERT_EQUAL(Outcome::garbled, result.outcome);
  TEST_ASSERT_FALSE(t.world.connected());
}

EDGESPAN_TEST(what_is_not_http_is_garbage, "http") {
  for (const std::string& reply : {std::string("SSH-2.0-OpenSSH_9.2\r\n"), std::string(9000, 'x'),
                                   std::string("\x15\x03\x01\0\x02", 5)}) {
    HttpWorld t({answering({reply + "\n"})});
    const SendResult result = t.offer();
    TEST_ASSERT_EQUAL(Outcome::garbled, result.outcome);
    TEST_ASSERT_EQUAL(0, result.status);
    TEST_ASSERT_FALSE(t.world.connected());
  }
}

// A proxy that folds its lines, or adds ten kilobytes of them, has still passed the collector's word on.
EDGESPAN_TEST(a_head_beyond_reading_costs_the_connection_not_the_outcome, "http") {
  for (const std::string& headers : {"X: " + std::string(9000, 'x') + "\r\n", std::string("X: a\r\n  b\r\n"),
                                     std::string("Content-Length: 0\r\nContent-Length: 1\r\n")}) {
    HttpWorld t({answering({"HTTP/1.1 202 x\r\n" + headers + "\r\n"})});
    const SendResult result = t.offer();
    TEST_ASSERT_EQUAL(Outcome::delivered, result.outcome);
    TEST_ASSERT_EQUAL(202, result.status);
    TEST_ASSERT_FALSE(t.world.connected());
    HttpWorld busy({answering({"HTTP/1.1 503 x\r\n" + headers + "\r\n"})});
    TEST_ASSERT_EQUAL(Outcome::overloaded, busy.offer().outcome);
  }
}

EDGESPAN_TEST(a_body_without_end_costs_the_connection_not_the_outcome, "http") {
  HttpWorld t({answering({"HTTP/1.1 202 x\r\nContent-Length: 1000000\r\n\r\n" + std::string(20'000, 'b')})});
  TEST_ASSERT_EQUAL(Outcome::delivered, t.offer().outcome);
  TEST_ASSERT_FALSE(t.world.connected());

  Peer unfinished = answering({"HTTP/1.1 503 x\r\nContent-Length: 5\r\n\r\nabc"});
  HttpWorld u({unfinished}, {.connect_ms = 1, .request_ms = 50});
  const SendResult result = u.offer();
  TEST_ASSERT_EQUAL(Outcome::overloaded, result.outcome);
  TEST_ASSERT_EQUAL(503, result.status);
  TEST_ASSERT_FALSE(u.world.connected());
}

EDGESPAN_TEST(cancel_ends_everything_in_any_state, "http") {
  for (int calls = 0; calls < 200; ++calls) {
    Peer slow = answering({http_reply(202)});
    slow.open_waits = 3;
    slow.send_bytes = 1;
    slow.send_gaps = true;
    HttpWorld t({slow, answering({http_reply(202)})});
    for (int i = 0; i < calls; ++i) t.offer_once();
    t.sender.cancel(t.sender.ctx);
    t.sender.cancel(t.sender.ctx);
    TEST_ASSERT_FALSE(t.world.connected());
    t.world.set_peers({answering({http_reply(202)})});
    TEST_ASSERT_EQUAL(Outcome::delivered, t.offer().outcome);
    TEST_ASSERT_EQUAL(t.batch, t.world.requests().back().body);
    TEST_ASSERT_TRUE(t.world.violations().empty());
  }
}

EDGESPAN_TEST(another_batch_in_the_middle_of_one_begins_a_new_request, "http") {
  Peer stalled;
  stalled.reads_until = head_bytes + 3;
  HttpWorld t({stalled, answering({http_reply(202)})});
  TEST_ASSERT_EQUAL(Outcome::pending, t.offer_once().outcome);
  t.batch = "another one";
  TEST_ASSERT_EQUAL(Outcome::delivered, t.offer().outcome);
  TEST_ASSERT_EQUAL_STRING("another one", t.world.requests().back().body);
  TEST_ASSERT_EQUAL(2, t.world.connections());
}

// Each call of the stream fails once, at its first, second, third... use, until a run has that many no more.
EDGESPAN_TEST(whichever_call_fails_the_batch_arrives_in_the_end, "http") {
  for (const sim::Call call : {sim::Call::open, sim::Call::send, sim::Call::recv}) {
    bool failed = true;
    for (std::uint64_t n = 1; failed; ++n) {
      TEST_CONTEXT("static_cast<int>(call) = " << static_cast<int>(call) << ", n = " << n);
      Peer slow = answering({http_reply(202), http_reply(202), http_reply(202)});
      slow.open_waits = 1;
      slow.send_bytes = 30;
      slow.recv_bytes = 10;
      slow.recv_gaps = true;
      HttpWorld t({slow});
      t.world.fail_at(call, n, EDGESPAN_STREAM_RESET);
      for (int batch = 0; batch < 3; ++batch) {
        SendResult result = t.offer();
        for (int tries = 0; tries < 3 && is_offered_again(result.outcome); ++tries) result = t.offer();
        TEST_ASSERT_EQUAL(Outcome::delivered, result.outcome);
      }
      TEST_ASSERT_TRUE(t.world.violations().empty());
      failed = t.world.calls(call) >= n;
      TEST_ASSERT_LESS_THAN(200, n);
    }
  }
}

}  // namespace
