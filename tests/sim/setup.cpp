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
Range sometimes(sim::Chance& chance, std::uint32_t one_in, std::uint64_t low_us, std::uint64_t high_us) {
  return chance.below(one_in) == 0 ? Range{low_us, high_us} : Range{};
}

void draw_agent(sim::Chance& chance, Setup& setup) {
  constexpr std::uint32_t rings[] = {2'048, 4'096, 16'384, 32'768};
  constexpr std::uint32_t batches[] = {span_bytes_max, 2'048, 8'192, 16'384};
  constexpr std::uint32_t flushes[] = {20, 200, 1'000, 1'000, 10'000, 60'000};
  setup.limits.ring_bytes = chance.pick(rings);
  setup.limits.batch_bytes = chance.pick(batches);
  setup.limits.spans_open_max = 1 + chance.below(16);
  setup.reporter.flush_ms = chance.pick(flushes);
  setup.reporter.retry_min_ms = static_cast<std::uint32_t>(chance.scaled(100, 5'000));
  setup.reporter.retry_max_ms = static_cast<std::uint32_t>(chance.scaled(30'000, 600'000));
  setup.http.connect_ms = static_cast<std::uint32_t>(chance.scaled(1'000, 10'000));
  setup.http.request_ms = static_cast<std::uint32_t>(chance.scaled(2'000, 15'000));
  setup.drop_oldest = chance.below(3) == 0;
  setup.worker = chance.below(4) != 0;
  setup.counters_near_wrap = chance.below(8) == 0;
  setup.wrap_distance = 1 + chance.below(600);
}

void draw_application(sim::Chance& chance, Setup& setup) {
  setup.span_every_us = chance.scaled(2 * ms, 30 * second);
  setup.spans_max = chance.scaled(500, 16'000);
  setup.run_max_us = 14 * day;
  setup.leak_rate = chance.below(3) == 0 ? 1 + chance.below(100'000) : 0;
  setup.odd_text_rate = chance.below(3) == 0 ? 1 + chance.below(200'000) : 0;
  setup.burst_every = sometimes(chance, 3, 10 * second, hour);
  setup.flush_every = sometimes(chance, 6, minute, 6 * hour);
  setup.hint_every = sometimes(chance, 6, minute, 6 * hour);
  setup.toggle_every = sometimes(chance, 8, minute, 6 * hour);
  setup.amid_rate = chance.below(3) == 0 ? 1 + chance.below(100'000) : 0;
}

void draw_clocks(sim::Chance& chance, Setup& setup) {
  setup.mono_start_us = chance.pick(mono_edges);
  if (setup.mono_start_us > hour) setup.mono_start_us -= chance.scaled(1, hour);
  setup.truth_start_us = chance.pick(date_edges);
  setup.truth_start_us -= chance.scaled(1, hour);
  if (chance.below(4) == 0) setup.wall_known_after_us = chance.scaled(second, 2 * hour);
  if (chance.below(8) == 0) setup.entropy_after_us = chance.scaled(second, 10 * minute);
  if (chance.below(3) == 0) setup.drift_ppm = static_cast<std::int32_t>(chance.below(1'001)) - 500;
  setup.wall_step_every = sometimes(chance, 4, second, 6 * hour);
  setup.wall_step_max_us = chance.below(2) == 0 ? 2 * second : 20 * 365 * day;
  setup.suspend_every = sometimes(chance, 6, 10 * minute, day);
  setup.suspend_max_us = 8 * hour;
  setup.late_rate = chance.below(4) == 0 ? 1 + chance.below(200'000) : 0;
  setup.late_max_us = 5 * second;
}

}  // namespace

Setup swarm(sim::Chance chance) {
  Setup setup;
  draw_agent(chance, setup);
  draw_application(chance, setup);
  draw_clocks(chance, setup);
  setup.weather = sim::Weather{chance.split()};
  setup.weather.draw_faults();
  setup.fair = {second, chance.scaled(minute, 6 * hour)};
  setup.foul = {second, chance.scaled(minute, 6 * hour)};
  setup.failing_call_every = sometimes(chance, 4, second, hour);
  if (chance.below(8) == 0) setup.body_limit_bytes = chance.scaled(64, 65'536);
  return setup;
}

}  // namespace edgespan::simtest
