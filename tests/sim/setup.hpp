// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/sim_random.hpp>
#include <edgespan/sim_weather.hpp>

#include <array>
#include <cstdint>
#include <edgespan/http_sender.hpp>
#include <edgespan/limits.hpp>
#include <edgespan/reporter.hpp>

namespace edgespan::simtest {

inline constexpr std::uint64_t ms = 1'000;
inline constexpr std::uint64_t second = 1'000 * ms;
inline constexpr std::uint64_t minute = 60 * second;
inline constexpr std::uint64_t hour = 60 * minute;
inline constexpr std::uint64_t day = 24 * hour;

// A span of time to draw from; 0 for the upper end: it never happens.
struct Range {
  std::uint64_t low_us = 0;
  std::uint64_t high_us = 0;
};

// How an agent may be broken on purpose, so that the oracle can be seen to notice.
enum class Defect : std::uint8_t {
  none,
  loses_a_batch,
  sends_twice,
  miscounts,
  alters_a_resend,
  hurries,
  forgets_to_close,
  misspells,
  ignores_a_refusal,
  ignores_retry_after,
  waits_for_ever
};

// All of a run but its random numbers: the agent's configuration, the application, the world.
struct Setup {
  // The agent.
  Limits limits{};
  ReporterConfig reporter{};
  HttpConfig http{};
  bool drop_oldest = false;
  bool worker = true;  // else the main loop calls step()
  std::uint32_t span_deadline_s = 600;
  bool counters_near_wrap = false;
  std::uint32_t wrap_distance = 0;
  Defect defect = Defect::none;
  std::uint32_t judge_every = 1;  // of the spans that arrive, how many nanopb reads

  // The application.
  std::uint64_t span_every_us = second;   // on average
  std::uint64_t spans_max = 10'000;       // then it rests
  std::uint64_t run_max_us = UINT64_MAX;  // at the latest
  std::uint32_t leak_rate = 0;            // of spans that are never finished, in a million
  std::uint32_t odd_text_rate = 0;        // of texts that are too long, or no UTF-8
  Range burst_every{};
  Range flush_every{};          // Reporter::flush
  Range hint_every{};           // Reporter::uplink_ready
  std::uint32_t amid_rate = 0;  // of steps during which another thread works, in a million
  Range toggle_every{};         // Tracing::enable off, and on again

  // Its clocks.
  std::uint64_t mono_start_us = 1;
  std::uint64_t truth_start_us = 1'790'000'000 * second;
  std::uint64_t wall_known_after_us = 0;
  std::uint64_t entropy_after_us = 0;
  std::int32_t drift_ppm = 0;
  Range wall_step_every{};
  std::uint64_t wall_step_max_us = 0;
  Range suspend_every{};
  std::uint64_t suspend_max_us = 0;
  std::uint32_t late_rate = 0;  // of steps that come late, in a million
  std::uint64_t late_max_us = 0;

  // The uplink.
  sim::Weather weather{sim::Random{0}};
  Range fair{};  // how long the weather is fair, then foul; without a range it stays foul
  Range foul{};
  Range failing_call_every{};
  std::uint64_t body_limit_bytes = UINT64_MAX;
};

// A random world, by swarm testing: every seed draws which faults it knows, and how often they come.
Setup swarm(sim::Random random);

}  // namespace edgespan::simtest
