// SPDX-License-Identifier: Apache-2.0
// Named scenarios of collectors that say no, and of certificates that cannot be trusted.
#include "cases.hpp"
#include "scenario.hpp"

namespace edgespan::simtest {
namespace {

using sim::Fault;

Setup proxy_setup(sim::Random random, std::uint64_t) {
  Setup setup = plain(random);
  setup.weather.set_rate(Fault::proxy_page, certain);
  setup.run_max_us = 6 * hour;
  return setup;
}

Setup forbidden_setup(sim::Random random, std::uint64_t) {
  Setup setup = plain(random);
  setup.weather.set_rate(Fault::forbidden, certain);
  setup.hint_every = {minute, 10 * minute};
  setup.run_max_us = day;
  return setup;
}

// Each refusal costs its batch alone, and the next one waits for minutes, whatever the application says.
const char* forbidden_play(Gateway& gateway, std::uint64_t at) {
  if (!gateway.run()) return nullptr;
  const std::uint64_t requests = gateway.server().requests();
  if (gateway.oracle().refusals_waited() != requests) return "a pause is missing after 401 or 403";
  if (requests < day / (300 * second + 10 * second)) return "too few attempts in a day";
  if (gateway.oracle().books().retries != 0) return "a refused batch was offered again";
  const std::uint64_t refused = gateway.oracle().refused();
  if (refused != dropped(gateway, DropReason::unauthorized) || refused < requests)
    return "the reason is another one";
  return play_through(gateway, at);
}

Setup refusals_setup(sim::Random random, std::uint64_t) {
  Setup setup = plain(random);
  setup.weather.set_rate(Fault::client_error, certain);
  setup.run_max_us = day;
  return setup;
}

// Nothing is offered twice, and each refusal costs just its batch.
const char* refusals_play(Gateway& gateway, std::uint64_t at) {
  if (!gateway.run()) return nullptr;
  const Books& books = gateway.oracle().books();
  if (books.retries != 0) return "a refused batch was offered again";
  if (gateway.server().requests() > books.finished) return "there are more requests than spans";
  const std::uint64_t refused = dropped(gateway, DropReason::refused);
  if (refused < day / (2 * second) || refused != books.dropped_total()) return "the reason is another one";
  return play_through(gateway, at);
}

Setup busy_setup(sim::Random random, std::uint64_t) {
  Setup setup = plain(random);
  setup.weather.set_rate(Fault::busy, certain);
  setup.run_max_us = 7 * day;
  return setup;
}

const char* busy_play(Gateway& gateway, std::uint64_t at) {
  if (const char* fault = waiting_play(gateway, at)) return fault;
  if (gateway.oracle().attempts() < 7 * day / hour) return "too few attempts in a week";
  if (gateway.oracle().longest_pause_us() <= 300 * second)
    return "no pause that the collector asked for was kept";
  return gateway.oracle().longest_pause_us() <= hour ? nullptr : "a pause was longer than an hour";
}

Setup untrusted_setup(sim::Random random, std::uint64_t) {
  constexpr int errors[] = {EDGESPAN_STREAM_UNKNOWN_ROOT, EDGESPAN_STREAM_WRONG_HOST, EDGESPAN_STREAM_EXPIRED,
                            EDGESPAN_STREAM_BAD_CERTIFICATE};
  Setup setup = plain(random);
  setup.weather.set_connection({.open = random.pick(errors)});
  setup.run_max_us = day;
  return setup;
}

// Each attempt costs a handshake, so there are few of them.
const char* untrusted_play(Gateway& gateway, std::uint64_t at) {
  if (!gateway.run()) return nullptr;
  const Oracle& oracle = gateway.oracle();
  if (oracle.books().delivered != 0) return "spans went to a collector whose certificate was rejected";
  if (oracle.attempts() < day / (300 * second) - 1) return "too few attempts in a day";
  if (oracle.shortest_pause_us() < 150 * second) return "a pause was shorter than half of the longest";
  if (const char* fault = play_through(gateway, at)) return fault;
  return dropped_by_full_ring_only(gateway) ? nullptr
                                            : "spans were dropped for another reason than a full ring";
}

// The date is years off, and certificates are not valid by it, until it is set.
Setup wrong_date_setup(sim::Random random, std::uint64_t) {
  Setup setup = plain(random);
  const int error = random.below(2) == 0 ? EDGESPAN_STREAM_NOT_YET_VALID : EDGESPAN_STREAM_EXPIRED;
  setup.weather.set_connection({.open = error});
  setup.span_every_us = minute;
  setup.run_max_us = 2 * hour;
  return setup;
}

const char* wrong_date_play(Gateway& gateway, std::uint64_t at) {
  const auto run_until = [&](std::uint64_t us) {
    while (gateway.elapsed_us() < us && gateway.run(gateway.events_seen() + 1)) {
    }
    return gateway.violation() == nullptr;
  };
  constexpr auto off_us = static_cast<std::int64_t>(3 * 365 * day);
  gateway.clock().step_wall(-off_us);
  if (!run_until(hour)) return nullptr;
  if (gateway.oracle().books().delivered != 0) return "spans left before the date was set";
  gateway.oracle().sync();
  gateway.clock().step_wall(off_us);
  gateway.weather().set_foul(false);
  gateway.oracle().end_pause();
  if (!run_until(hour + 3 * second)) return nullptr;
  if (gateway.oracle().books().delivered == 0) return "the first success waits for the end of a pause";
  return all_delivered_play(gateway, at);
}

Setup cap_setup(sim::Random random, std::uint64_t) {
  Setup setup = plain(random);
  setup.limits.ring_bytes = 32'768;
  setup.limits.batch_bytes = 16'384;
  setup.reporter.flush_ms = 10'000;
  setup.span_every_us = 200 * ms;
  setup.body_limit_bytes = 1 + random.below(65'536);
  if (random.below(2) == 0) setup.body_limit_bytes = 1 + setup.body_limit_bytes % 2'048;
  setup.run_max_us = hour;
  return setup;
}

const char* cap_play(Gateway& gateway, std::uint64_t at) {
  if (!gateway.run()) return nullptr;
  constexpr std::uint32_t tries_max = 9;  // of 256 spans: eight halvings and the last answer
  if (gateway.server().refused_by_size_in_a_row() > tries_max && gateway.oracle().books().delivered != 0) {
    return "the size that the collector takes was not found by halving";
  }
  if (gateway.oracle().misfits() != dropped(gateway, DropReason::too_large)) {
    return "spans were dropped as too large that the collector would have taken";
  }
  return play_through(gateway, at);
}

const Case all[] = {
    {"proxy-page", "a proxy answers 503 and HTML for hours", proxy_setup, waiting_play},
    {"forbidden", "the collector answers 401 or 403 for a day", forbidden_setup, forbidden_play},
    {"refusals", "the collector answers another 4xx for a day", refusals_setup, refusals_play},
    {"busy", "408, 429, 502, 503, 504 with every kind of Retry-After for a week", busy_setup, busy_play},
    {"body-cap", "the collector takes bodies up to some size", cap_setup, cap_play},
    {"untrusted", "a certificate that cannot be trusted for a day", untrusted_setup, untrusted_play},
    {"wrong-date", "no certificate is valid until the date is set", wrong_date_setup, wrong_date_play},
};

}  // namespace

std::span<const Case> refusals() { return all; }

}  // namespace edgespan::simtest
