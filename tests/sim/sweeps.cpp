// SPDX-License-Identifier: Apache-2.0
// Runs that are repeated with one thing at another place each time: the stop, the call that fails, the
// distance of all counters from their wrap.
#include "cases.hpp"

namespace edgespan::simtest {

const char* const swept = "swept";

namespace {

constexpr std::uint64_t stop_events = 500;
constexpr std::uint64_t wrap_distances = 600;
constexpr std::uint64_t calls_max = 100'000;
constexpr std::uint32_t deadline_ms = 300;

Setup small(sim::Random random) {
  Setup setup;
  setup.limits = {.ring_bytes = 4'096, .batch_bytes = 2'048, .spans_open_max = 24};
  setup.reporter.flush_ms = 500;
  setup.span_every_us = 100 * ms;
  setup.spans_max = UINT64_MAX;
  setup.weather = sim::Weather{random.split()};
  setup.weather.set_latency(30 * ms);
  return setup;
}

Setup hang_setup(sim::Random random, std::uint64_t) {
  Setup setup = small(random);
  setup.worker = random.below(2) == 0;
  setup.weather.set_rate(sim::Fault::silent, 1'000'000);
  setup.weather.set_rate(sim::Fault::syn_lost, 300'000);
  return setup;
}

Setup slow_setup(sim::Random random, std::uint64_t) {
  Setup setup = small(random);
  setup.worker = random.below(2) == 0;
  setup.weather.set_connection(
      {.send_bytes = 20, .send_every_us = 5 * ms, .recv_bytes = 5, .recv_every_us = 5 * ms});
  return setup;
}

Setup ok_setup(sim::Random random, std::uint64_t) {
  Setup setup = small(random);
  setup.worker = random.below(2) == 0;
  return setup;
}

const char* stop_play(Gateway& gateway, std::uint64_t at) {
  if (!gateway.run(at)) return nullptr;
  gateway.stop(deadline_ms);
  gateway.stop(deadline_ms);  // a second one does nothing
  return nullptr;
}

template <sim::Call call>
const char* call_play(Gateway& gateway, std::uint64_t at) {
  gateway.calls().fail_at(call, at, EDGESPAN_STREAM_RESET);
  if (!gateway.run() || !gateway.run_calm()) return nullptr;
  gateway.stop(1'000);
  if (gateway.calls().made(call) < at) return swept;
  const Books& books = gateway.oracle().books();
  return books.delivered == books.finished ? nullptr : "a call that failed once cost a span";
}

Setup call_setup(sim::Random random, std::uint64_t) {
  Setup setup = small(random);
  // In pieces, so that there are many calls; and connections that end, so that more than one is opened.
  setup.weather.set_connection(
      {.open_waits = 1, .send_bytes = 300, .recv_bytes = 10, .recv_gaps = true, .closes_after_us = 300 * ms});
  setup.span_every_us = 300 * ms;
  setup.spans_max = 60;
  return setup;
}

Setup wrap_setup(sim::Random random, std::uint64_t at) {
  Setup setup = swarm(random);
  setup.spans_max = 1'500;
  setup.counters_near_wrap = true;
  setup.wrap_distance = static_cast<std::uint32_t>(at);
  return setup;
}

// Half of the way round: where a difference turns negative.
Setup half_wrap_setup(sim::Random random, std::uint64_t at) {
  Setup setup = wrap_setup(random, at);
  setup.wrap_distance += 1U << 31;
  return setup;
}

const Case all[] = {
    {"stop-hang", "stop at every event, the peer silent", hang_setup, stop_play, stop_events},
    {"stop-slow", "stop at every event, the peer slow", slow_setup, stop_play, stop_events},
    {"stop-ok", "stop at every event, the peer well", ok_setup, stop_play, stop_events},
    {"call-open", "the n-th open fails", call_setup, call_play<sim::Call::open>, calls_max},
    {"call-send", "the n-th send fails", call_setup, call_play<sim::Call::send>, calls_max},
    {"call-recv", "the n-th recv fails", call_setup, call_play<sim::Call::recv>, calls_max},
    {"call-entropy", "the n-th request for entropy fails", call_setup, call_play<sim::Call::entropy>,
     calls_max},
    {"wrap", "all 32-bit counters n below their wrap", wrap_setup, play_through, wrap_distances},
    {"half-wrap", "and 2^31 + n below it", half_wrap_setup, play_through, wrap_distances},
};

}  // namespace

std::span<const Case> sweeps() { return all; }

const Case* find_case(std::string_view name) {
  for (const auto& group : {scenarios(), refusals(), sweeps()}) {
    for (const Case& each : group) {
      if (each.name == name) return &each;
    }
  }
  return nullptr;
}

}  // namespace edgespan::simtest
