// SPDX-License-Identifier: Apache-2.0
// Rows 1 to 6 and 9 to 13 of the failure model: the line and the collector misbehave, the whole agent runs.
#include <set>

#include "http/http_reply.hpp"
#include "unit/uplink_world.hpp"

namespace {

using namespace edgespan;
using sim::Conduct;
using test::reply;
using test::UplinkWorld;

constexpr std::uint64_t second = UplinkWorld<>::second;
constexpr std::uint64_t hour = 3'600 * second;
constexpr std::uint64_t wall_us = UplinkWorld<>::wall_us;

// Row 1.
EDGESPAN_TEST(a_day_without_an_uplink_costs_what_the_ring_cannot_hold_and_no_more, "uplink") {
  for (const int error : {EDGESPAN_STREAM_UNREACHABLE, EDGESPAN_STREAM_REFUSED, EDGESPAN_STREAM_RESET}) {
    UplinkWorld t;
    bool down = true;
    t.collector.conduct = [&] { return Conduct{.open = down ? error : 1}; };
    for (int minute = 0; minute < 24 * 60; ++minute) {
      t.finish_spans(3);
      t.run_for(60 * second);
    }
    TEST_ASSERT_EQUAL(t.finished - t.held(), t.dropped(DropReason::ring_full));
    TEST_ASSERT_EQUAL(t.dropped(DropReason::ring_full), t.books().dropped_total());
    TEST_ASSERT_GREATER_THAN(24 * 3'600 / 300, t.offered_at.size());
    for (std::size_t i = 1; i < t.offered_at.size(); ++i) {
      const std::uint64_t pause = t.offered_at[i] - t.offered_at[i - 1];
      TEST_ASSERT_TRUE(pause >= 1 * second && pause <= 300 * second);
    }
    TEST_ASSERT_EQUAL(0, t.clock.paused_us());  // nothing waited
    const std::uint64_t held = t.held();
    down = false;
    t.run_for(2 * 300 * second);
    TEST_ASSERT_EQUAL(0, t.held());
    TEST_ASSERT_EQUAL(held, t.books().delivered);
    t.check_collected();
  }
}

// Row 2. The batch comes again whole, with the same bytes.
EDGESPAN_TEST(a_link_of_a_byte_a_second_is_given_up_in_bounded_time, "uplink") {
  UplinkWorld t;
  bool slow = true;
  t.collector.conduct = [&] { return slow ? Conduct{.send_bytes = 1, .send_every_us = second} : Conduct{}; };
  t.finish_spans(40);
  const std::uint64_t begun = t.clock.now_us();
  while (t.books().retries == 0) t.run_for(1'000);
  const std::uint64_t took = t.clock.now_us() - begun;
  TEST_ASSERT_GREATER_OR_EQUAL(15 * second, took);
  TEST_ASSERT_LESS_OR_EQUAL(16 * second, took);
  TEST_ASSERT_EQUAL(Outcome::late, t.reporter.last_outcome());
  slow = false;
  t.run_for(10 * second);
  TEST_ASSERT_EQUAL(40, t.books().delivered);
  TEST_ASSERT_EQUAL(1, t.collector.bodies.size());
  TEST_ASSERT_EQUAL(1, t.books().resent);
  TEST_ASSERT_EQUAL(t.collector.bytes, t.books().bytes_sent);
  t.check_collected();
}

EDGESPAN_TEST(a_link_that_is_slow_and_moves_gets_its_time, "uplink") {
  UplinkWorld t;
  t.collector.conduct = [] { return Conduct{.send_bytes = 40, .send_every_us = 100'000}; };  // 400 B/s
  t.finish_spans(120);
  t.run_for(60 * second);
  TEST_ASSERT_GREATER_THAN(15 * 400, t.collector.bodies.front().size());  // longer on its way than request_ms
  TEST_ASSERT_EQUAL(120, t.books().delivered);
  TEST_ASSERT_EQUAL(0, t.books().retries);
}

// Row 3.
EDGESPAN_TEST(a_black_hole_is_left_at_its_deadline_every_time, "uplink") {
  UplinkWorld t({.flush_ms = 100, .retry_max_ms = 10'000});
  t.collector.conduct = [] { return Conduct{.open_waits = sim::unlimited}; };
  t.finish_spans(1);
  const auto run_while = [&](bool opening) {
    while (t.link.opening() == opening) t.clock.advance(std::max<std::uint64_t>(t.step(), 1));
  };
  for (int tries = 0; tries < 10'000; ++tries) {
    run_while(false);
    const std::uint64_t opened_at = t.link.opening_since_us();
    run_while(true);
    if (t.clock.now_us() - opened_at > 10 * second + second) TEST_FAIL_MESSAGE("left late");
  }
  TEST_ASSERT_GREATER_OR_EQUAL(10'000, t.offered_at.size());
  TEST_ASSERT_EQUAL(0, t.link.connections());
  TEST_ASSERT_EQUAL(1, t.held());
}

EDGESPAN_TEST(a_collector_that_takes_all_and_says_nothing_is_left_at_its_deadline, "uplink") {
  UplinkWorld t;
  t.collector.answer = [](const std::string&) { return std::string(); };
  t.finish_spans(1);
  const std::uint64_t begun = t.clock.now_us();
  while (t.books().retries == 0) t.run_for(1'000);
  TEST_ASSERT_LESS_OR_EQUAL(16 * second, t.clock.now_us() - begun);
  TEST_ASSERT_FALSE(t.link.connected());
  TEST_ASSERT_EQUAL(1, t.held());
}

// Row 4: a router forgot the connection after the first reply; the next batch vanishes in it.
EDGESPAN_TEST(what_vanishes_in_a_half_open_connection_arrives_on_a_new_one_and_counts_once, "uplink") {
  UplinkWorld t;
  t.collector.conduct = [] { return Conduct{.forgotten_after_us = 5 * second}; };
  t.finish_spans(1);
  t.run_for(2 * second);
  TEST_ASSERT_EQUAL(1, t.books().delivered);
  t.run_for(10 * second);
  t.finish_spans(3);
  t.run_for(30 * second);
  TEST_ASSERT_EQUAL(4, t.books().delivered);
  TEST_ASSERT_EQUAL(2, t.link.connections());
  TEST_ASSERT_EQUAL(1, t.books().retries);
  TEST_ASSERT_EQUAL(1, t.books().resent);
  t.check_collected();
}

// Row 4: the server had closed, and the first write is what finds out. That costs no pause.
EDGESPAN_TEST(a_write_error_on_a_kept_connection_is_mended_at_once, "uplink") {
  UplinkWorld t;
  t.finish_spans(1);
  t.run_for(2 * second);
  t.finish_spans(3);
  t.calls.fail_at(sim::Call::send, 2, EDGESPAN_STREAM_RESET);  // the body; the head is out
  t.run_for(200'000);
  TEST_ASSERT_EQUAL(4, t.books().delivered);
  TEST_ASSERT_EQUAL(2, t.link.connections());
  TEST_ASSERT_EQUAL(0, t.books().retries);
  TEST_ASSERT_EQUAL(1, t.books().resent);
  TEST_ASSERT_EQUAL(t.collector.bytes, t.books().bytes_sent);
  t.check_collected();
}

// Row 5.
EDGESPAN_TEST(spans_whose_reply_was_lost_arrive_twice_and_are_counted_as_resent, "uplink") {
  UplinkWorld t;
  int lost = 0;
  t.collector.conduct = [&] {
    Conduct conduct;
    if (lost++ % 2 == 0) conduct.dies_after_giving = 0;  // accepts, and its answer never comes
    return conduct;
  };
  for (int batch = 0; batch < 20; ++batch) {
    t.finish_spans(1);
    t.run_for(30 * second);
  }
  TEST_ASSERT_EQUAL(20, t.books().delivered);
  TEST_ASSERT_GREATER_THAN(0, t.books().resent);
  t.check_collected(t.books().resent);  // a span a batch
}

// Row 6: what an answer asks for, whatever its status and however it is written.
struct Asked {
  const char* value;
  std::uint64_t least_s;  // 0: nothing was asked for
};
constexpr std::uint64_t now_s = 784'111'777;  // Sun, 06 Nov 1994 08:49:37 GMT
constexpr Asked asked[] = {
    {"90", 90},
    {"0", 1},
    {"3601", 3'600},
    {"9223372036854775808", 3'600},
    {"-5", 0},
    {"1e3", 0},
    {"soon", 0},
    {"", 0},
    {"Sun, 06 Nov 1994 08:51:07 GMT", 90},
    {"Sunday, 06-Nov-94 08:51:07 GMT", 90},
    {"Sun Nov  6 08:51:07 1994", 90},
    {"Sun, 06 Nov 1994 10:49:38 GMT", 3'600},
    {"Fri, 31 Dec 9999 23:59:59 GMT", 3'600},
    {"Sun, 06 Nov 1994 08:49:36 GMT", 0},
    {"Wed, 21 Oct 1970 07:28:00 GMT", 0},
    {"Sun, 31 Feb 1995 08:51:07 GMT", 0},
};

EDGESPAN_TEST(retry_after_is_kept_to_for_every_status_and_in_every_form, "uplink") {
  unsigned statuses = 0;
  for (unsigned status = 400; status <= 530; status += status == 429 ? 71 : 1) {  // 30 of each kind
    if (status == 511) continue;  // says a network's login page, not a collector
    ++statuses;
    for (const Asked& row : asked) {
      TEST_CONTEXT("status = " << status << ", row.value = " << row.value);
      UplinkWorld t;
      t.clock.set_wall(now_s * second);
      const std::uint64_t begun_us = t.clock.now_us();
      std::vector<std::uint64_t> at;
      t.collector.answer = [&](const std::string&) {
        at.push_back(t.clock.now_us());
        return at.size() > 1 ? reply(202) : reply(status, "Retry-After: " + std::string(row.value) + "\r\n");
      };
      t.finish_spans(1);
      t.run_for(2 * second);
      const bool retries =
          status == 408 || status == 429 || (status >= 500 && status <= 504 && status != 501);
      TEST_ASSERT_EQUAL((retries && t.books().delivered == 0 ? 1 : 0), t.held());
      if (!retries) continue;
      t.run_for(hour + second);
      TEST_ASSERT_EQUAL(1, t.books().delivered);
      // A date counts from when it was "now", a length from the answer.
      const bool date = std::string_view{row.value}.find(':') != std::string_view::npos;
      const std::uint64_t waited_us = at.at(1) - (date && row.least_s != 0 ? begun_us : at.at(0));
      const std::uint64_t asked_us = std::max<std::uint64_t>(row.least_s, 1) * second;
      TEST_ASSERT_GREATER_OR_EQUAL(asked_us, waited_us);
      TEST_ASSERT_LESS_OR_EQUAL(asked_us + (row.least_s <= 1 ? 2 : 1) * second, waited_us);
    }
  }
  TEST_ASSERT_EQUAL(60, statuses);
}

EDGESPAN_TEST(a_moment_to_come_back_at_is_a_length_from_then_on, "uplink") {
  UplinkWorld t;
  t.clock.set_wall(now_s * second);
  std::uint64_t came_at = 0;
  t.collector.answer = [&](const std::string&) {
    if (came_at != 0) return reply(202);
    came_at = t.clock.now_us();
    return reply(503, "Retry-After: Sun, 06 Nov 1994 08:59:37 GMT\r\n");
  };
  t.finish_spans(1);
  t.run_for(second);
  t.clock.step_wall(-20LL * 365 * 86'400 * 1'000'000);  // and back in the years, which changes nothing
  t.run_for(590 * second);
  TEST_ASSERT_EQUAL(0, t.books().delivered);
  t.run_for(10 * second);
  TEST_ASSERT_EQUAL(1, t.books().delivered);
}

EDGESPAN_TEST(a_hint_does_not_end_a_pause_that_the_collector_asked_for, "uplink") {
  UplinkWorld t;
  bool busy = true;
  t.collector.answer = [&](const std::string&) {
    return busy ? reply(429, "Retry-After: 100\r\n") : reply(202);
  };
  t.finish_spans(1);
  t.run_for(second);
  busy = false;
  t.reporter.uplink_ready();
  t.run_for(90 * second);
  TEST_ASSERT_EQUAL(0, t.books().delivered);
  t.run_for(10 * second);
  TEST_ASSERT_EQUAL(1, t.books().delivered);
}

EDGESPAN_TEST(modem_is_up_means_now, "uplink") {
  UplinkWorld t({.flush_ms = 3'600'000});
  t.finish_spans(5);
  t.run_for(second);
  TEST_ASSERT_EQUAL(0, t.books().delivered);
  t.reporter.uplink_ready();
  t.run_for(10'000);
  TEST_ASSERT_EQUAL(5, t.books().delivered);

  bool down = true;
  t.collector.conduct = [&] { return Conduct{.open = down ? EDGESPAN_STREAM_UNREACHABLE : 1}; };
  t.link.end_after_replies(EDGESPAN_STREAM_CLOSED);
  t.finish_spans(150);  // more than a batch
  t.reporter.uplink_ready();
  t.run_for(hour);
  TEST_ASSERT_GREATER_THAN(5, t.books().retries);
  const std::uint64_t held = t.held();
  TEST_ASSERT_GREATER_THAN(100, held);
  down = false;
  t.reporter.uplink_ready();
  t.run_for(10'000);
  TEST_ASSERT_EQUAL(0, t.held());
  TEST_ASSERT_EQUAL(5 + held, t.books().delivered);
}

// Row 9.
EDGESPAN_TEST(a_redirect_is_not_followed, "uplink") {
  UplinkWorld t;
  t.collector.answer = [](const std::string&) { return reply(307, "Location: http://elsewhere/\r\n"); };
  t.finish_spans(2);
  t.run_for(10 * second);
  TEST_ASSERT_EQUAL(1, t.link.connections());
  TEST_ASSERT_EQUAL(2, t.held());
  TEST_ASSERT_EQUAL(t.collector.bodies.size(), t.books().suspect);
}

// Rows 9 and 40: whatever it says, no more than the bound is read, and none of it counts as a success.
EDGESPAN_TEST(a_hostile_collector_gets_no_span_lost_and_not_much_time, "uplink") {
  const std::string flood = [] {
    std::string hints;
    while (hints.size() < 100'000) hints += "HTTP/1.1 103 Early Hints\r\n\r\n";
    return hints;
  }();
  for (const std::string& said :
       {flood, std::string(100'000, 'x'), "HTTP/1.1 503 x\r\nX: " + std::string(100'000, 'y'),
        std::string("HTTP/1.1 101 Switching Protocols\r\n\r\n"),
        std::string("\x15\x03\x03\0\x02\x02\x28", 7)}) {
    for (const bool drips : {false, true}) {
      TEST_CONTEXT("said.substr(0, 30) = " << said.substr(0, 30) << ", drips = " << drips);
      UplinkWorld t;
      bool hostile = true;
      t.collector.conduct = [&] {
        return drips ? Conduct{.recv_bytes = 1, .recv_every_us = 300'000} : Conduct{};
      };
      t.collector.answer = [&](const std::string&) { return hostile ? said : reply(202); };
      t.finish_spans(4);
      const std::uint64_t begun = t.clock.now_us();
      while (t.books().retries == 0) t.run_for(1'000);
      TEST_ASSERT_LESS_OR_EQUAL(16 * second, t.clock.now_us() - begun);
      TEST_ASSERT_LESS_OR_EQUAL(http_detail::HttpReply::bytes_max + 256, t.link.given_bytes());
      hostile = false;
      t.collector.conduct = [] { return Conduct{}; };
      t.run_for(30 * second);
      TEST_ASSERT_EQUAL(4, t.books().delivered);
    }
  }
}

// Row 10.
EDGESPAN_TEST(an_hour_without_name_resolution_loses_nothing_and_blocks_nobody, "uplink") {
  UplinkWorld t;
  bool down = true;
  t.collector.conduct = [&] {
    return down ? Conduct{.open = EDGESPAN_STREAM_NO_HOST, .open_after_us = 5 * second} : Conduct{};
  };
  t.finish_spans(100);
  t.run_for(hour);
  TEST_ASSERT_EQUAL(0, t.clock.paused_us());
  TEST_ASSERT_EQUAL(0, t.books().dropped_total());
  down = false;
  t.run_for(600 * second);
  TEST_ASSERT_EQUAL(100, t.books().delivered);
}

// Row 11. The handshake itself is the port's; this is what its outcomes lead to.
EDGESPAN_TEST(a_failed_handshake_is_a_failed_connection_and_a_failed_verification_a_long_pause, "uplink") {
  struct Case {
    int error;
    std::uint64_t offers_min;
    std::uint64_t offers_max;
  };
  for (const Case& c :
       {Case{EDGESPAN_STREAM_TLS, 12, 400}, Case{EDGESPAN_STREAM_UNKNOWN_ROOT, 12, 25},
        Case{EDGESPAN_STREAM_WRONG_HOST, 12, 25}, Case{EDGESPAN_STREAM_EXPIRED, 12, 25},
        Case{EDGESPAN_STREAM_NOT_YET_VALID, 12, 25}, Case{EDGESPAN_STREAM_BAD_CERTIFICATE, 12, 25}}) {
    TEST_CONTEXT("c.error = " << c.error);
    UplinkWorld t;
    bool failing = true;
    t.collector.conduct = [&] { return Conduct{.open = failing ? c.error : 1}; };
    t.finish_spans(10);
    t.run_for(hour);
    TEST_ASSERT_GREATER_OR_EQUAL(c.offers_min, t.offered_at.size());
    TEST_ASSERT_LESS_OR_EQUAL(c.offers_max, t.offered_at.size());
    TEST_ASSERT_EQUAL(0, t.collector.bytes);
    TEST_ASSERT_EQUAL(0, t.books().dropped_total());
    failing = false;
    t.run_for(600 * second);
    TEST_ASSERT_EQUAL(10, t.books().delivered);
  }
}

// Row 12.
EDGESPAN_TEST(nothing_is_tried_before_the_date_is_known_and_everything_at_once_after, "uplink") {
  UplinkWorld t;
  t.clock.set_wall(0);
  t.finish_spans(20);
  t.run_for(300 * second);
  TEST_ASSERT_TRUE(t.offered_at.empty());
  t.clock.set_wall(wall_us);
  t.run_for(2 * second);
  TEST_ASSERT_EQUAL(20, t.books().delivered);
}

// Rows 12 and 13: a wrong date, and a certificate that this date does not allow.
EDGESPAN_TEST(a_pause_for_the_sake_of_the_date_ends_when_the_date_is_set, "uplink") {
  constexpr std::uint64_t valid_from_us = wall_us + 86'400 * second;
  UplinkWorld t;
  t.collector.conduct = [&] {
    return Conduct{.open = t.clock.wall_us() < valid_from_us ? EDGESPAN_STREAM_NOT_YET_VALID : 1};
  };
  t.finish_spans(5);
  t.run_for(hour);
  TEST_ASSERT_EQUAL(Outcome::wrong_date, t.reporter.last_outcome());
  TEST_ASSERT_EQUAL(TlsCause::not_yet_valid, t.reporter.last_cause());
  TEST_ASSERT_EQUAL(0, t.books().delivered);
  t.clock.set_wall(valid_from_us);
  t.run_for(2 * second);
  TEST_ASSERT_EQUAL(5, t.books().delivered);
}

}  // namespace
