// SPDX-License-Identifier: Apache-2.0
// Named scenarios: one trouble each, and what must come of it beyond what the oracle checks anyway.
#include "cases.hpp"
#include "scenario.hpp"

namespace edgespan::simtest {
namespace {

using sim::Fault;

Setup swarm_setup(sim::Random random, std::uint64_t) { return swarm(random); }

// The defaults of the agent and one span a second, under the swarm's weather: what speed is measured with.
Setup year_setup(sim::Random random, std::uint64_t) {
  Setup setup = swarm(random);
  setup.limits = Limits{};
  setup.reporter = ReporterConfig{};
  setup.http = HttpConfig{};
  setup.span_every_us = second;
  setup.spans_max = UINT64_MAX;
  setup.burst_every = {};
  setup.amid_rate = 0;  // what another thread makes would come on top
  setup.counters_near_wrap = false;
  setup.run_max_us = 365 * day;
  setup.judge_every = 64;  // what speed is measured with is the agent
  return setup;
}

Setup outage_setup(sim::Random random, std::uint64_t) {
  Setup setup = plain(random);
  setup.weather.set_rate(Fault::refused, 500'000);
  setup.weather.set_rate(Fault::unreachable, certain);
  setup.run_max_us = day;
  return setup;
}

const char* outage_play(Gateway& gateway, std::uint64_t at) {
  if (!gateway.run()) return nullptr;
  const Oracle& oracle = gateway.oracle();
  if (oracle.books().delivered != 0) return "something was delivered without an uplink";
  if (oracle.attempts() < day / (300 * second)) return "too few attempts in a day";
  if (oracle.attempts() > day / (30 * second)) return "the pauses do not grow";
  if (oracle.longest_pause_us() > 300 * second) return "a pause was longer than five minutes";
  if (const char* fault = play_through(gateway, at)) return fault;
  return dropped_by_full_ring_only(gateway) ? nullptr
                                            : "spans were dropped for another reason than a full ring";
}

Setup no_host_setup(sim::Random random, std::uint64_t) {
  Setup setup = plain(random);
  setup.weather.set_rate(Fault::no_host, certain);
  setup.run_max_us = day;
  return setup;
}

Setup boot_setup(sim::Random random, std::uint64_t) {
  Setup setup = plain(random);
  setup.wall_known_after_us = 5 * minute;
  setup.span_every_us = 5 * second;
  setup.run_max_us = hour;
  return setup;
}

const char* boot_play(Gateway& gateway, std::uint64_t at) {
  while (gateway.elapsed_us() < 5 * minute - second) {
    if (!gateway.run(gateway.events_seen() + 1)) return nullptr;
  }
  if (gateway.server().requests() != 0) return "spans left before the date was known";
  const std::uint64_t waiting = gateway.oracle().held();
  if (waiting < 20) return "no spans were kept for the date";
  if (const char* fault = play_through(gateway, at)) return fault;
  if (gateway.oracle().worst_time_error_us() > ms) return "a time stamp is off by more than a millisecond";
  return gateway.oracle().books().dropped_total() == 0 ? nullptr : "spans were dropped";
}

Setup slow_setup(sim::Random random, std::uint64_t) {
  Setup setup = plain(random);
  setup.weather.set_connection({.send_bytes = 1, .send_every_us = second});
  setup.run_max_us = 6 * hour;
  return setup;
}

// A router forgets what was idle for 20 s, and says nothing: the agent finds out by its deadline.
Setup half_open_setup(sim::Random random, std::uint64_t) {
  Setup setup = plain(random);
  setup.weather.set_connection({.forgotten_after_us = 20 * second});
  setup.span_every_us = 20 * second;
  setup.run_max_us = 2 * day;
  return setup;
}

const char* half_open_play(Gateway& gateway, std::uint64_t at) {
  if (!gateway.run()) return nullptr;
  if (gateway.oracle().books().retries < 100) return "no connection was forgotten";
  if (gateway.oracle().longest_pause_us() > 10 * second)
    return "a forgotten connection is taken for an outage";
  if (const char* fault = play_through(gateway, at)) return fault;
  if (gateway.oracle().repeats() != 0) return "a span that was lost on its way arrived twice";
  return gateway.oracle().books().dropped_total() == 0 ? nullptr : "spans were dropped";
}

Setup reply_lost_setup(sim::Random random, std::uint64_t) {
  Setup setup = plain(random);
  setup.weather.set_rate(Fault::vanishes, 300'000);
  setup.span_every_us = 20 * second;
  setup.run_max_us = 2 * day;
  return setup;
}

const char* reply_lost_play(Gateway& gateway, std::uint64_t at) {
  if (const char* fault = play_through(gateway, at)) return fault;
  const Oracle& oracle = gateway.oracle();
  if (oracle.repeats() < 100) return "no span came twice: no reply was lost";
  if (oracle.books().resent < 100) return "what was sent again is not counted";
  return oracle.books().dropped_total() == 0 ? nullptr : "spans were dropped";
}

// A connection is opened, or not, and whatever is sent is never heard of again.
Setup black_hole_setup(sim::Random random, std::uint64_t) {
  Setup setup = plain(random);
  if (random.below(2) == 0) {
    setup.weather.set_connection({.open_waits = sim::unlimited});
  } else {
    setup.weather.set_connection({.forgotten_after_us = 0});
  }
  setup.span_every_us = hour;
  setup.reporter.retry_min_ms = setup.reporter.retry_max_ms = 1'000;
  setup.http = {.connect_ms = 1'000, .request_ms = 1'000};
  setup.run_max_us = 90 * day;
  return setup;
}

const char* black_hole_play(Gateway& gateway, std::uint64_t at) {
  if (const char* fault = waiting_play(gateway, at)) return fault;
  return gateway.oracle().attempts() > 1'000'000 ? nullptr : "fewer than a million attempts";
}

Setup storm_setup(sim::Random random, std::uint64_t) {
  Setup setup = plain(random);
  setup.wall_step_every = {1, 10 * second};
  setup.wall_step_max_us = 20 * 365 * day;
  setup.drift_ppm = 500;
  setup.reporter.flush_ms = 5'000;
  setup.run_max_us = day;
  return setup;
}

Setup suspend_setup(sim::Random random, std::uint64_t) {
  Setup setup = plain(random);
  setup.weather.set_rate(Fault::unreachable, 500'000);
  setup.suspend_every = {hour, hour};
  setup.suspend_max_us = 8 * hour;
  setup.run_max_us = 10 * day;
  return setup;
}

// After hours of sleep the agent goes on; it does not make up for what the hours would have been.
const char* suspend_play(Gateway& gateway, std::uint64_t at) {
  while (gateway.elapsed_us() < 9 * day) {
    if (!gateway.run(gateway.events_seen() + 1)) return nullptr;
    if (gateway.last_event() != Event::suspend) continue;
    const std::uint64_t woke_us = gateway.elapsed_us();
    const std::uint64_t seen = gateway.events_seen();
    const std::uint64_t requests = gateway.server().requests();
    while (gateway.elapsed_us() - woke_us < minute) {
      if (!gateway.run(gateway.events_seen() + 1)) return nullptr;
    }
    if (gateway.events_seen() - seen > 1'000) return "the agent makes up for the time that it slept";
    if (gateway.server().requests() - requests > 100) return "a storm of requests follows the sleep";
  }
  return play_through(gateway, at);
}

Setup entropy_setup(sim::Random random, std::uint64_t) {
  Setup setup = plain(random);
  setup.entropy_after_us = minute;
  setup.run_max_us = hour;
  return setup;
}

const char* entropy_play(Gateway& gateway, std::uint64_t at) {
  while (gateway.elapsed_us() < minute - second) {
    if (!gateway.run(gateway.events_seen() + 1)) return nullptr;
  }
  if (gateway.workload().made() != 0) return "ids were made without entropy";
  if (gateway.calls().made_on_stream() != 0) return "the network was used without entropy";
  if (const char* fault = all_delivered_play(gateway, at)) return fault;
  return gateway.workload().made() > 3'000 ? nullptr : "tracing did not begin when there was entropy";
}

Setup hostile_setup(sim::Random random, std::uint64_t) {
  Setup setup = plain(random);
  for (const Fault fault : {Fault::garbage, Fault::endless, Fault::long_head, Fault::interim, Fault::chunked,
                            Fault::until_close, Fault::odd_status, Fault::redirect, Fault::silent}) {
    setup.weather.set_rate(fault, 100'000);
  }
  for (const Fault fault : {Fault::pieces, Fault::drips, Fault::corrupts_reply, Fault::hasty, Fault::early}) {
    setup.weather.set_rate(fault, 200'000);
  }
  setup.reporter.retry_max_ms = 30'000;
  setup.run_max_us = 2 * day;
  return setup;
}

// Threads that end in the middle of their spans.
Setup expired_setup(sim::Random random, std::uint64_t) {
  Setup setup = plain(random);
  setup.leak_rate = 300'000;
  setup.span_deadline_s = 60;
  setup.run_max_us = day;
  return setup;
}

// The slots come back: spans go on being recorded, and every lost one is counted, those that were open at the
// stop included.
const char* expired_play(Gateway& gateway, std::uint64_t at) {
  if (const char* fault = play_through(gateway, at)) return fault;
  const std::uint64_t leaked = gateway.workload().leaked();
  const std::uint64_t expired = gateway.oracle().books().expired;
  if (leaked < 5'000) return "the slots of expired spans do not come back";
  return expired >= leaked ? nullptr : "not every span whose owner went away was ended and counted";
}

const Case all[] = {
    {"swarm", "a random world a seed: some faults of all kinds", swarm_setup, play_through},
    {"year", "one span a second for a year, with the agent's defaults", year_setup, play_through},
    {"outage", "no uplink for 24 hours", outage_setup, outage_play},
    {"boot-1970", "the date is known after five minutes", boot_setup, boot_play},
    {"reply-lost", "replies are lost after the collector has stored the spans", reply_lost_setup,
     reply_lost_play},
    {"no-host", "the collector's name is not known for a day", no_host_setup, outage_play},
    {"slow-link", "a byte a second", slow_setup, waiting_play},
    {"half-open", "idle connections are forgotten without a word", half_open_setup, half_open_play},
    {"black-hole", "no packet ever comes back", black_hole_setup, black_hole_play},
    {"clock-storm", "the date steps all the time, up to 20 years", storm_setup, all_delivered_play},
    {"suspend", "the board sleeps for hours, again and again", suspend_setup, suspend_play},
    {"late-entropy", "no entropy for the first minute", entropy_setup, entropy_play},
    {"hostile", "a collector that answers with everything but sense", hostile_setup, play_through},
    {"expired", "spans that nobody finishes", expired_setup, expired_play},
};

}  // namespace

std::span<const Case> scenarios() { return all; }

const char* play_through(Gateway& gateway, std::uint64_t) {
  if (gateway.run() && gateway.run_calm()) gateway.stop(1'000);
  return nullptr;
}

}  // namespace edgespan::simtest
