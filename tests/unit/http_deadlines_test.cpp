// SPDX-License-Identifier: Apache-2.0
// How long the sender waits, and how much it does in one offer.
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

EDGESPAN_TEST(the_connect_deadline_is_kept_to_the_microsecond, "http") {
  Peer silent;
  silent.open_waits = sim::unlimited;
  HttpWorld t({silent}, {.connect_ms = 10'000, .request_ms = 1});
  TEST_ASSERT_EQUAL(10'000'000, t.offer_once().again_us);
  t.world.advance(9'999'999);
  SendResult result = t.offer_once();
  TEST_ASSERT_EQUAL(Outcome::pending, result.outcome);
  TEST_ASSERT_EQUAL(1, result.again_us);
  t.world.advance(1);
  result = t.offer_once();
  TEST_ASSERT_EQUAL(Outcome::unreachable, result.outcome);
  TEST_ASSERT_TRUE(t.world.violations().empty());
}

EDGESPAN_TEST(the_request_deadline_runs_from_the_first_byte_whatever_trickles_in, "http") {
  Peer drip = answering({http_reply(202, "X: " + std::string(4000, 'x') + "\r\n")});
  drip.open_waits = 5;
  drip.recv_bytes = 1;
  drip.recv_gaps = true;
  HttpWorld t({drip}, {.connect_ms = 10'000, .request_ms = 1000, .progress_bytes_per_s = UINT32_MAX});
  const std::uint64_t start = t.world.now_us();
  const SendResult result = t.offer();
  TEST_ASSERT_EQUAL(Outcome::late, result.outcome);
  TEST_ASSERT_EQUAL(5 * 1000 + 1'000'000, t.world.now_us() - start);
  TEST_ASSERT_FALSE(t.world.connected());
}

EDGESPAN_TEST(the_deadline_holds_wherever_the_clock_started, "http") {
  Peer silent;
  silent.open_waits = sim::unlimited;
  HttpWorld t({silent}, {.connect_ms = 100, .request_ms = 100});
  t.world.advance(UINT64_MAX - 50'000);  // wraps in the middle
  TEST_ASSERT_EQUAL(Outcome::pending, t.offer_once().outcome);
  t.world.advance(99'999);
  TEST_ASSERT_EQUAL(Outcome::pending, t.offer_once().outcome);
  t.world.advance(1);
  TEST_ASSERT_EQUAL(Outcome::unreachable, t.offer_once().outcome);
}

EDGESPAN_TEST(a_server_that_reads_nothing_on_meets_the_request_deadline, "http") {
  for (std::size_t position = 1; position < head_bytes + 16; ++position) {
    Peer stalled = answering({http_reply(202)});
    stalled.reads_until = position;
    HttpWorld t({stalled}, {.connect_ms = 100, .request_ms = 100});
    const SendResult result = t.offer();
    TEST_ASSERT_EQUAL(Outcome::late, result.outcome);
    TEST_ASSERT_FALSE(t.world.connected());
    TEST_ASSERT_TRUE(t.world.violations().empty());
  }
}

EDGESPAN_TEST(a_reply_that_came_in_time_counts_although_the_caller_was_late, "http") {
  HttpWorld t({answering({http_reply(202)})}, {.connect_ms = 1, .request_ms = 1});
  Peer slow = answering({http_reply(202)});
  slow.reply_after_us = 500;
  t.world.set_peers({slow});
  TEST_ASSERT_EQUAL(Outcome::pending, t.offer_once().outcome);
  t.world.advance(8ull * 3600 * 1'000'000);
  TEST_ASSERT_EQUAL(Outcome::delivered, t.offer_once().outcome);
}

EDGESPAN_TEST(one_offer_is_a_bounded_slice_of_work, "http") {
  Peer slow = answering({http_reply(202)});
  slow.send_bytes = 1;
  HttpWorld t({slow});
  t.batch.assign(5000, 'x');
  for (int i = 0; i < 10; ++i) {
    const std::uint64_t before = t.world.calls(sim::Call::send);
    const SendResult result = t.offer_once();
    TEST_ASSERT_EQUAL(Outcome::pending, result.outcome);
    TEST_ASSERT_EQUAL(0, result.again_us);  // there is more to do at once
    TEST_ASSERT_LESS_OR_EQUAL(40, t.world.calls(sim::Call::send) - before);
  }
  TEST_ASSERT_EQUAL(Outcome::delivered, t.offer().outcome);
  TEST_ASSERT_EQUAL(t.batch, t.world.requests()[0].body);
}

EDGESPAN_TEST(a_sender_left_to_itself_waits_as_its_configuration_says, "http") {
  Peer silent;
  silent.open_waits = sim::unlimited;
  HttpWorld unopened({silent});
  TEST_ASSERT_EQUAL(10'000'000, unopened.offer_once().again_us);
  Peer deaf;
  deaf.reads_until = 100;
  HttpWorld unread({deaf});
  const SendResult result = unread.offer_once();
  TEST_ASSERT_EQUAL(100, result.sent_bytes);
  TEST_ASSERT_EQUAL(15'000'000 + 100'000, result.again_us);  // and a second more for every 1,000 bytes
}

EDGESPAN_TEST(the_longest_reply_is_read_in_one_offer, "http") {
  const std::string head = "HTTP/1.1 202 x\r\nX: ";
  const std::string end = "\r\nContent-Length: 0\r\n\r\n";
  HttpWorld t({answering({head + std::string(8'192 - head.size() - end.size(), 'x') + end})});
  TEST_ASSERT_EQUAL(Outcome::delivered, t.offer_once().outcome);
  TEST_ASSERT_TRUE(t.world.connected());
}

// Row 3 of the failure model.
EDGESPAN_TEST(a_million_attempts_that_are_given_up_leave_no_connection_open, "http") {
  Peer silent;
  silent.open_waits = sim::unlimited;
  HttpWorld t({silent}, {.connect_ms = 10, .request_ms = 1});
  for (int tries = test::steps_are_dear ? 50'000 : 1'000'000; tries != 0; --tries) {
    if (t.offer_once().outcome != Outcome::pending) TEST_FAIL_MESSAGE("given up early");
    t.world.advance(10'000);
    if (t.offer_once().outcome != Outcome::unreachable) TEST_FAIL_MESSAGE("given up late");
    if (t.world.opening() || t.world.connected()) TEST_FAIL_MESSAGE("left open");
  }
  TEST_ASSERT_TRUE(t.world.violations().empty());
}

EDGESPAN_TEST(a_request_has_time_for_each_byte_that_was_sent, "http") {
  Peer silent;
  silent.reads_until = 100;
  HttpWorld t({silent}, {.connect_ms = 100, .request_ms = 1'000, .progress_bytes_per_s = 200});
  const SendResult result = t.offer_once();
  TEST_ASSERT_EQUAL(100, result.sent_bytes);
  TEST_ASSERT_EQUAL(1'000'000 + 100 * 1'000'000 / 200, result.again_us);
}

}  // namespace
