// SPDX-License-Identifier: Apache-2.0
#include "setup.hpp"

namespace edgespan::simtest {
namespace {

// Moments at which a clock of some width wraps, or a date some width of time_t.
constexpr std::uint64_t mono_edges[] = {1,
                                        1ULL << 31,
                                        1ULL << 32,  // microseconds
                                        (1ULL << 31) * ms,
                                        (1ULL << 32) * ms,  // milliseconds
                                        (1ULL << 31) * second,
                                        (1ULL << 32) * second};   // seconds
constexpr std::uint64_t date_edges[] = {1'704'067'200 * second,   // 2024
                                        1'790'000'000 * second,   // 2026
                                        2'147'483'648 * second,   // 2038-01-19
                                        4'102'444'800 * second,   // 2100
                                        4'294'967'296 * second,   // 2106-02-07
                                        9'223'372'036 * second};  // 2262

// Each of these happens in some seeds only.
Range sometimes(sim::Random& random, std::uint32_t one_in, std::uint64_t low_us, std::uint64_t high_us) {
  return random.below(one_in) == 0 ? Range{low_us, high_us} : Range{};
}

void draw_agent(sim::Random& random, Setup& setup) {
  constexpr std::uint32_t rings[] = {2'048, 4'096, 16'384, 32'768};
  constexpr std::uint32_t batches[] = {span_bytes_max, 2'048, 8'192, 16'384};
  constexpr std::uint32_t flushes[] = {20, 200, 1'000, 1'000, 10'000, 60'000};
  setup.limits.ring_bytes = random.pick(rings);
  setup.limits.batch_bytes = random.pick(batches);
  setup.limits.spans_open_max = 1 + random.below(16);
  setup.reporter.flush_ms = random.pick(flushes);
  setup.reporter.retry_min_ms = static_cast<std::uint32_t>(random.scaled(100, 5'000));
  setup.reporter.retry_max_ms = static_cast<std::uint32_t>(random.scaled(30'000, 600'000));
  setup.http.connect_ms = static_cast<std::uint32_t>(random.scaled(1'000, 10'000));
  setup.http.request_ms = static_cast<std::uint32_t>(random.scaled(2'000, 15'000));
  setup.drop_oldest = random.below(3) == 0;
  setup.worker = random.below(4) != 0;
  setup.counters_near_wrap = random.below(8) == 0;
  setup.wrap_distance = 1 + random.below(600);
}

void draw_application(sim::Random& random, Setup& setup) {
  setup.span_every_us = random.scaled(2 * ms, 30 * second);
  setup.spans_max = random.scaled(500, 16'000);
  setup.run_max_us = 14 * day;
  setup.leak_rate = random.below(3) == 0 ? 1 + random.below(100'000) : 0;
  setup.odd_text_rate = random.below(3) == 0 ? 1 + random.below(200'000) : 0;
  setup.burst_every = sometimes(random, 3, 10 * second, hour);
  setup.flush_every = sometimes(random, 6, minute, 6 * hour);
  setup.hint_every = sometimes(random, 6, minute, 6 * hour);
  setup.toggle_every = sometimes(random, 8, minute, 6 * hour);
  setup.amid_rate = random.below(3) == 0 ? 1 + random.below(100'000) : 0;
}

void draw_clocks(sim::Random& random, Setup& setup) {
  setup.mono_start_us = random.pick(mono_edges);
  if (setup.mono_start_us > hour) setup.mono_start_us -= random.scaled(1, hour);
  setup.truth_start_us = random.pick(date_edges);
  setup.truth_start_us -= random.scaled(1, hour);
  if (random.below(4) == 0) setup.wall_known_after_us = random.scaled(second, 2 * hour);
  if (random.below(8) == 0) setup.entropy_after_us = random.scaled(second, 10 * minute);
  if (random.below(3) == 0) setup.drift_ppm = static_cast<std::int32_t>(random.below(1'001)) - 500;
  setup.wall_step_every = sometimes(random, 4, second, 6 * hour);
  setup.wall_step_max_us = random.below(2) == 0 ? 2 * second : 20 * 365 * day;
  setup.suspend_every = sometimes(random, 6, 10 * minute, day);
  setup.suspend_max_us = 8 * hour;
  setup.late_rate = random.below(4) == 0 ? 1 + random.below(200'000) : 0;
  setup.late_max_us = 5 * second;
}

}  // namespace

Setup swarm(sim::Random random) {
  Setup setup;
  draw_agent(random, setup);
  draw_application(random, setup);
  draw_clocks(random, setup);
  setup.weather = sim::Weather{random.split()};
  setup.weather.draw_faults();
  setup.fair = {second, random.scaled(minute, 6 * hour)};
  setup.foul = {second, random.scaled(minute, 6 * hour)};
  setup.failing_call_every = sometimes(random, 4, second, hour);
  if (random.below(8) == 0) setup.body_limit_bytes = random.scaled(64, 65'536);
  return setup;
}

}  // namespace edgespan::simtest
