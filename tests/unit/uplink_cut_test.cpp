// SPDX-License-Identifier: Apache-2.0
// Rows 7 and 8 of the failure model: what becomes of a batch that the collector refuses.
#include <bit>
#include <set>

#include "unit/uplink_world.hpp"

namespace {

using namespace edgespan;
using test::reply;
using test::UplinkWorld;

constexpr std::uint64_t second = UplinkWorld<>::second;

std::uint64_t cuts_for(std::uint64_t batch_bytes, std::uint64_t cap_bytes) {
  std::uint64_t cuts = 0;
  for (; batch_bytes > cap_bytes; batch_bytes /= 2) ++cuts;
  return cuts;
}

EDGESPAN_TEST(whatever_size_a_collector_takes_every_span_arrives_and_the_size_is_remembered, "uplink") {
  for (std::uint64_t cap = 100; cap <= 8'192; cap += 61) {
    for (const bool as_zipkin_does : {false, true}) {
      CAPTURE(cap, as_zipkin_does);
      UplinkWorld t;
      std::uint64_t refusals = 0;
      t.collector.answer = [&](const std::string& body) {
        if (body.size() <= cap) return reply(202);
        ++refusals;
        return as_zipkin_does ? reply(500, "", "413 Request Entity Too Large") : reply(413);
      };
      t.finish_spans(100);
      t.run_for(5 * second);
      const std::uint64_t learning = cuts_for(8'192, cap);
      REQUIRE(t.books().delivered == 100);
      REQUIRE(refusals <= learning);
      REQUIRE(t.books().cuts == refusals);
      t.finish_spans(100);
      t.run_for(5 * second);
      REQUIRE(t.books().delivered == 200);
      REQUIRE(refusals <= learning);  // it was remembered
      t.check_collected();
    }
  }
}

EDGESPAN_TEST(a_span_that_is_too_large_by_itself_is_dropped_and_counted_alone, "uplink") {
  UplinkWorld t;
  t.collector.answer = [&](const std::string& body) { return reply(body.size() <= 200 ? 202 : 413); };
  t.finish_spans(20);
  t.tracing.span("large").tag("text", std::string(250, 'x')).finish();
  ++t.finished;
  t.finish_spans(20);
  t.run_for(5 * second);
  REQUIRE(t.dropped(DropReason::refused_413) == 1);
  REQUIRE(t.books().delivered == 40);
  t.check_collected();
}

EDGESPAN_TEST(a_learned_size_is_forgotten_after_a_day, "uplink") {
  UplinkWorld t;
  std::uint64_t cap = 500;
  t.collector.answer = [&](const std::string& body) { return reply(body.size() <= cap ? 202 : 413); };
  t.finish_spans(50);
  t.run_for(5 * second);
  cap = 100'000;
  const auto requests_for_fifty = [&] {
    const std::size_t before = t.collector.bodies.size();
    t.finish_spans(50);
    t.run_for(5 * second);
    return t.collector.bodies.size() - before;
  };
  REQUIRE(requests_for_fifty() > 5);
  t.run_for(24 * 3'600 * second);
  REQUIRE(requests_for_fifty() == 1);
}

// A span is bad if its name is `bad`; a batch with one is refused whole, as Zipkin does.
struct Strict : UplinkWorld<> {
  Strict() {
    collector.answer = [](const std::string& body) {
      return reply(body.find("bad") == std::string::npos ? 202 : 400);
    };
  }
};

EDGESPAN_TEST(one_bad_span_takes_no_other_along, "uplink") {
  constexpr std::uint64_t spans = 40;
  for (std::uint64_t bad = 0; bad < spans; ++bad) {
    CAPTURE(bad);
    Strict t;
    t.finish_spans(bad);
    t.finish_spans(1, "bad");
    t.finish_spans(spans - bad - 1);
    t.run_for(5 * second);
    REQUIRE(t.books().delivered == spans - 1);
    REQUIRE(t.dropped(DropReason::refused_4xx) == 1);
    REQUIRE(t.books().resent == 0);
    // The batch, a request a halving, the span itself, what is behind it.
    REQUIRE(t.collector.bodies.size() <= 1 + std::bit_width(spans) + 1 + 1);
    t.check_collected();
  }
}

EDGESPAN_TEST(a_batch_is_searched_once_and_the_rest_is_settled_by_its_own_answer, "uplink") {
  Strict t;
  t.finish_spans(10);
  t.finish_spans(1, "bad");
  t.finish_spans(20);
  t.finish_spans(1, "bad");
  t.finish_spans(8);
  t.run_for(5 * second);
  REQUIRE(t.books().delivered + t.dropped(DropReason::refused_4xx) == 40);
  REQUIRE(t.books().delivered >= 10);
  REQUIRE(t.collector.bodies.size() <= 9);
  t.check_collected();
}

EDGESPAN_TEST(a_collector_that_takes_nothing_is_not_asked_by_halves_again, "uplink") {
  UplinkWorld t;
  t.collector.answer = [](const std::string&) { return reply(400); };
  t.finish_spans(32);
  t.run_for(5 * second);
  const std::size_t first = t.collector.bodies.size();
  REQUIRE(first <= 8);
  for (int batch = 0; batch < 10; ++batch) {
    t.finish_spans(32);
    t.run_for(2 * second);
  }
  REQUIRE(t.collector.bodies.size() == first + 10);
  REQUIRE(t.dropped(DropReason::refused_4xx) == 11 * 32);

  t.collector.answer = [](const std::string& body) {
    return reply(body.find("bad") == std::string::npos ? 202 : 400);
  };
  t.finish_spans(1);
  t.run_for(2 * second);
  t.finish_spans(20);
  t.finish_spans(1, "bad");
  t.run_for(5 * second);
  REQUIRE(t.dropped(DropReason::refused_4xx) == 11 * 32 + 1);  // it takes spans again: worth a search
}

EDGESPAN_TEST(a_search_goes_on_after_the_line_broke_in_the_middle_of_it, "uplink") {
  for (std::uint64_t n = 1; n < 40; ++n) {
    CAPTURE(n);
    Strict t;
    t.finish_spans(20);
    t.finish_spans(1, "bad");
    t.finish_spans(9);
    t.calls.fail_at(sim::Call::send, n, EDGESPAN_STREAM_RESET);
    t.run_for(30 * second);
    REQUIRE(t.books().delivered == 29);
    REQUIRE(t.dropped(DropReason::refused_4xx) == 1);
    REQUIRE(t.held() == 0);
  }
}

EDGESPAN_TEST(every_other_4xx_drops_its_batch_and_nothing_else, "uplink") {
  for (unsigned status = 401; status < 500; ++status) {
    if (status == 408 || status == 413 || status == 429) continue;
    CAPTURE(status);
    UplinkWorld t;
    bool refusing = true;
    t.collector.answer = [&](const std::string&) { return reply(refusing ? status : 202); };
    t.finish_spans(7);
    t.run_for(2 * second);
    REQUIRE(t.dropped(DropReason::refused_4xx) == 7);
    REQUIRE(t.collector.bodies.size() == 1);
    refusing = false;
    t.finish_spans(3);
    t.run_for(301 * second);
    REQUIRE(t.books().delivered == 3);
  }
}

EDGESPAN_TEST(who_lacks_credentials_comes_back_after_a_long_pause_only, "uplink") {
  for (const unsigned status : {401U, 403U}) {
    UplinkWorld t;
    t.collector.answer = [&](const std::string&) { return reply(status); };
    for (int hour = 0; hour < 60; ++hour) {
      t.finish_spans(50);
      t.run_for(60 * second);
      t.reporter.uplink_ready();  // the line is not what is missing
    }
    REQUIRE(t.collector.bodies.size() >= 12);
    REQUIRE(t.collector.bodies.size() <= 25);  // an hour in pauses of 150 s to 300 s
    REQUIRE(t.reporter.last_status() == status);
  }
}

EDGESPAN_TEST(a_plain_500_is_retried_twice, "uplink") {
  UplinkWorld t;
  t.collector.answer = [](const std::string&) { return reply(500, "", "out of luck"); };
  t.finish_spans(9);
  t.run_for(60 * second);
  REQUIRE(t.collector.bodies.size() == 3);
  REQUIRE(std::set(t.collector.bodies.begin(), t.collector.bodies.end()).size() == 1);  // the same bytes
  REQUIRE(t.dropped(DropReason::refused_5xx) == 9);
  REQUIRE(t.books().resent == 2);
}

}  // namespace
