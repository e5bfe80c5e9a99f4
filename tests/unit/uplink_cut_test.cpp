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
      TEST_CONTEXT("cap = " << cap << ", as_zipkin_does = " << as_zipkin_does);
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
      TEST_ASSERT_EQUAL(100, t.books().delivered);
      TEST_ASSERT_LESS_OR_EQUAL(learning, refusals);
      TEST_ASSERT_EQUAL(refusals, t.books().cuts);
      t.finish_spans(100);
      t.run_for(5 * second);
      TEST_ASSERT_EQUAL(200, t.books().delivered);
      TEST_ASSERT_LESS_OR_EQUAL(learning, refusals);  // it was remembered
      t.check_collected();
    }
  }
}

// Spans of two sizes, in one batch of 64 KiB.
struct TwoSizes : UplinkWorld<Limits{.ring_bytes = 131'072, .batch_bytes = 65'536}> {
  static constexpr std::uint64_t small = 500, large = 60;
  void finish_all() {
    for (std::uint64_t i = 0; i < small + large; ++i) {
      if (i % ((small + large) / large) != 0 || i / ((small + large) / large) >= large) {
        finish_spans(1);
      } else {
        tracing.span("large").tag("text", std::string(250, 'x')).finish();
        ++finished;
      }
    }
    run_for(20 * second);
  }
};

EDGESPAN_TEST(every_span_that_a_collector_takes_alone_arrives_whatever_size_up_to_64_kib_it_takes, "uplink") {
  std::uint64_t small_bytes = 0, large_bytes = 0, all_bytes = 0;
  {
    TwoSizes t;
    t.finish_spans(1);
    t.run_for(second);
    small_bytes = t.collector.bodies.at(0).size();
    t.tracing.span("large").tag("text", std::string(250, 'x')).finish();
    ++t.finished;
    t.run_for(second);
    large_bytes = t.collector.bodies.at(1).size();
    t.finish_all();
    all_bytes = t.collector.bodies.at(2).size();
    TEST_ASSERT_GREATER_THAN(32'768, all_bytes);
    TEST_ASSERT_EQUAL(3, t.collector.bodies.size());
  }
  for (std::uint64_t cap = 1; cap <= 65'536; cap += 1 + cap / 8) {
    TEST_CONTEXT("cap = " << cap);
    TwoSizes t;
    std::uint64_t refusals = 0;
    t.collector.answer = [&](const std::string& body) {
      if (body.size() > cap) ++refusals;
      return reply(body.size() <= cap ? 202 : 413);
    };
    t.finish_all();
    const std::uint64_t fit = (cap >= small_bytes ? t.small : 0) + (cap >= large_bytes ? t.large : 0);
    TEST_ASSERT_EQUAL(fit, t.books().delivered);
    TEST_ASSERT_EQUAL(t.small + t.large - fit, t.dropped(DropReason::too_large));
    TEST_ASSERT_EQUAL(t.finished, t.books().delivered + t.books().dropped_total());
    t.check_collected();
    if (cap >= large_bytes) TEST_ASSERT_LESS_OR_EQUAL(std::bit_width(t.small + t.large) + 1, refusals);
    if (cap >= all_bytes) TEST_ASSERT_EQUAL(0, refusals);
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
  TEST_ASSERT_EQUAL(1, t.dropped(DropReason::too_large));
  TEST_ASSERT_EQUAL(40, t.books().delivered);
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
  TEST_ASSERT_GREATER_THAN(5, requests_for_fifty());
  t.run_for(24 * 3'600 * second);
  TEST_ASSERT_EQUAL(1, requests_for_fifty());
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
    TEST_CONTEXT("bad = " << bad);
    Strict t;
    t.finish_spans(bad);
    t.finish_spans(1, "bad");
    t.finish_spans(spans - bad - 1);
    t.run_for(5 * second);
    TEST_ASSERT_EQUAL(spans - 1, t.books().delivered);
    TEST_ASSERT_EQUAL(1, t.dropped(DropReason::malformed));
    TEST_ASSERT_EQUAL(0, t.books().resent);
    // The batch, a request a halving, the span itself, what is behind it.
    TEST_ASSERT_LESS_OR_EQUAL(1 + std::bit_width(spans) + 1 + 1, t.collector.bodies.size());
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
  TEST_ASSERT_EQUAL(40, t.books().delivered + t.dropped(DropReason::malformed));
  TEST_ASSERT_GREATER_OR_EQUAL(10, t.books().delivered);
  TEST_ASSERT_LESS_OR_EQUAL(9, t.collector.bodies.size());
  t.check_collected();
}

EDGESPAN_TEST(a_collector_that_takes_nothing_is_not_asked_by_halves_again, "uplink") {
  UplinkWorld t;
  t.collector.answer = [](const std::string&) { return reply(400); };
  t.finish_spans(32);
  t.run_for(5 * second);
  const std::size_t first = t.collector.bodies.size();
  TEST_ASSERT_LESS_OR_EQUAL(8, first);
  for (int batch = 0; batch < 10; ++batch) {
    t.finish_spans(32);
    t.run_for(2 * second);
  }
  TEST_ASSERT_EQUAL(first + 10, t.collector.bodies.size());
  TEST_ASSERT_EQUAL(11 * 32, t.dropped(DropReason::malformed));

  t.collector.answer = [](const std::string& body) {
    return reply(body.find("bad") == std::string::npos ? 202 : 400);
  };
  t.finish_spans(1);
  t.run_for(2 * second);
  t.finish_spans(20);
  t.finish_spans(1, "bad");
  t.run_for(5 * second);
  TEST_ASSERT_EQUAL(11 * 32 + 1, t.dropped(DropReason::malformed));  // it takes spans again: worth a search
}

EDGESPAN_TEST(a_search_goes_on_after_the_line_broke_in_the_middle_of_it, "uplink") {
  for (std::uint64_t n = 1; n < 40; ++n) {
    TEST_CONTEXT("n = " << n);
    Strict t;
    t.finish_spans(20);
    t.finish_spans(1, "bad");
    t.finish_spans(9);
    t.calls.fail_at(sim::Call::send, n, EDGESPAN_STREAM_RESET);
    t.run_for(30 * second);
    TEST_ASSERT_EQUAL(29, t.books().delivered);
    TEST_ASSERT_EQUAL(1, t.dropped(DropReason::malformed));
    TEST_ASSERT_EQUAL(0, t.held());
  }
}

EDGESPAN_TEST(every_other_4xx_drops_its_batch_and_nothing_else, "uplink") {
  for (unsigned status = 401; status < 500; ++status) {
    if (status == 408 || status == 413 || status == 429) continue;
    TEST_CONTEXT("status = " << status);
    const bool unknown = status == 401 || status == 403;
    const DropReason reason = unknown ? DropReason::unauthorized : DropReason::refused;
    UplinkWorld t;
    bool refusing = true;
    t.collector.answer = [&](const std::string&) { return reply(refusing ? status : 202); };
    t.finish_spans(7);
    t.run_for(2 * second);
    TEST_ASSERT_EQUAL(7, t.dropped(reason));
    TEST_ASSERT_EQUAL(1, t.collector.bodies.size());
    refusing = false;
    t.finish_spans(3);
    t.run_for(301 * second);
    TEST_ASSERT_EQUAL(3, t.books().delivered);
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
    TEST_ASSERT_GREATER_OR_EQUAL(12, t.collector.bodies.size());
    TEST_ASSERT_LESS_OR_EQUAL(25, t.collector.bodies.size());  // an hour in pauses of 150 s to 300 s
    TEST_ASSERT_EQUAL(status, t.reporter.last_status());
  }
}

// The Collector's zipkin receiver says 500 and no more while its pipeline is full or away.
EDGESPAN_TEST(a_500_drops_nothing_however_long_it_is_said, "uplink") {
  UplinkWorld t;
  bool away = true;
  t.collector.answer = [&](const std::string&) {
    return away ? reply(500, "", "\"Internal Server Error\"") : reply(202);
  };
  t.finish_spans(9);
  t.run_for(3'600 * second);
  TEST_ASSERT_EQUAL(9, t.held());
  TEST_ASSERT_EQUAL(1,
                    std::set(t.collector.bodies.begin(), t.collector.bodies.end()).size());  // the same bytes
  TEST_ASSERT_EQUAL(0, t.books().dropped_total());
  away = false;
  t.run_for(301 * second);
  TEST_ASSERT_EQUAL(9, t.books().delivered);
}

// Its limit counts what is unpacked, and it answers 400.
EDGESPAN_TEST(a_400_that_says_too_large_is_halved_and_not_searched, "uplink") {
  UplinkWorld t;
  t.collector.answer = [](const std::string& body) {
    return body.size() > 400 ? reply(400, "", "http: request body too large\n") : reply(202);
  };
  t.finish_spans(40);
  t.run_for(60 * second);
  TEST_ASSERT_EQUAL(40, t.books().delivered);
  TEST_ASSERT_EQUAL(0, t.books().dropped_total());
}

// A network that wants a login answers in the collector's place until somebody logs in.
EDGESPAN_TEST(a_login_page_takes_no_span, "uplink") {
  const std::string portals[] = {
      reply(200, "Content-Type: text/html\r\n", "<html><body>Welcome to our hotel"),
      reply(200, "", "\n <!DOCTYPE html>"),
      reply(302, "Location: http://portal.example/login\r\n"),
      reply(511, "", "Network Authentication Required"),
  };
  for (const std::string& portal : portals) {
    TEST_CONTEXT(portal);
    UplinkWorld t;
    bool logged_in = false;
    t.collector.answer = [&](const std::string&) { return logged_in ? reply(202) : portal; };
    t.finish_spans(9);
    t.run_for(600 * second);
    TEST_ASSERT_EQUAL(9, t.held());
    TEST_ASSERT_TRUE(t.reporter.last_outcome() == Outcome::suspect);
    TEST_ASSERT_GREATER_OR_EQUAL(2, t.books().suspect);
    TEST_ASSERT_EQUAL(t.books().retries, t.books().suspect);
    logged_in = true;
    t.reporter.uplink_ready();
    t.run_for(2 * second);
    TEST_ASSERT_EQUAL(9, t.books().delivered);
    TEST_ASSERT_EQUAL(0, t.books().dropped_total());
  }
}

}  // namespace
