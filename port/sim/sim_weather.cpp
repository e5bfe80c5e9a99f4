// SPDX-License-Identifier: Apache-2.0
#include <edgespan/sim_weather.hpp>

#include <algorithm>

namespace edgespan::sim {
namespace {

constexpr std::uint64_t second_us = 1'000'000;
// Where in the life of a connection something happens: within the first requests.
constexpr std::uint64_t position_max = 20'000;

constexpr int ends[] = {EDGESPAN_STREAM_CLOSED, EDGESPAN_STREAM_RESET, EDGESPAN_STREAM_FAILED};

}  // namespace

void Weather::draw_faults() {
  const std::uint32_t share = 1 + random_.below(10);  // how many of ten kinds this seed knows
  for (std::size_t i = 0; i < faults; ++i) {
    const bool known = random_.below(20) < share;
    const auto rate = static_cast<std::uint32_t>(random_.scaled(1'000, 800'000));
    set_rate(static_cast<Fault>(i), known ? rate : 0);
  }
  latency_us_ = random_.scaled(200, second_us / 3);
  constexpr std::uint64_t keep_alives[] = {never, 5 * second_us, 15 * second_us, 75 * second_us};
  keep_alive_us_ = random_.pick(keep_alives);
}

void Weather::set_rate(Fault fault, std::uint32_t rate) {
  rates_[static_cast<std::size_t>(fault)] = rate;
  answers_rate_ = 0;
  for (auto i = static_cast<std::size_t>(first_answer_fault); i < faults; ++i) answers_rate_ += rates_[i];
}

Conduct Weather::connection() {
  if (foul_ && given_) return *given_;
  Conduct conduct;
  conduct.open_after_us = conduct.reply_after_us = latency_us_;
  conduct.closes_after_us = keep_alive_us_;
  if (!foul_) return conduct;
  draw_opening(conduct);
  draw_flow(conduct);
  draw_end(conduct);
  return conduct;
}

void Weather::draw_opening(Conduct& conduct) {
  if (hits(Fault::refused)) conduct.open = EDGESPAN_STREAM_REFUSED;
  if (hits(Fault::unreachable)) conduct.open = EDGESPAN_STREAM_UNREACHABLE;
  if (hits(Fault::no_host)) conduct.open = EDGESPAN_STREAM_NO_HOST;
  if (hits(Fault::slow_open)) conduct.open_after_us = random_.scaled(1'000, 30 * second_us);
  if (hits(Fault::syn_lost)) conduct.open_waits = unlimited;
}

void Weather::draw_flow(Conduct& conduct) {
  if (hits(Fault::pieces)) conduct.send_bytes = random_.scaled(1, 1'500);
  if (hits(Fault::pieces)) conduct.recv_bytes = random_.scaled(1, 300);
  if (hits(Fault::gaps)) conduct.send_gaps = conduct.recv_gaps = true;
  if (hits(Fault::slow)) {
    conduct.send_bytes = random_.scaled(1, 500);
    conduct.send_every_us = random_.scaled(1'000, second_us);
  }
  if (hits(Fault::drips)) {
    conduct.recv_bytes = random_.scaled(1, 16);
    conduct.recv_every_us = random_.scaled(1'000, 2 * second_us);
  }
  if (hits(Fault::stalls)) conduct.reads_until = random_.scaled(1, position_max);
  if (hits(Fault::corrupts_request)) conduct.corrupts_taken = random_.scaled(1, position_max) - 1;
  if (hits(Fault::corrupts_reply)) conduct.corrupts_given = random_.scaled(1, position_max) - 1;
}

void Weather::draw_end(Conduct& conduct) {
  conduct.end = random_.pick(ends);
  if (hits(Fault::dies_sending)) conduct.dies_after_taking = random_.scaled(1, position_max);
  if (hits(Fault::dies_replying)) conduct.dies_after_giving = random_.scaled(1, position_max) - 1;
  if (hits(Fault::closes_idle)) conduct.closes_after_us = random_.scaled(1'000, 10 * second_us);
  if (hits(Fault::forgets)) conduct.forgotten_after_us = random_.scaled(100'000, 60 * second_us);
  if (!hits(Fault::early) && !hits(Fault::hasty)) return;
  conduct.replies_early_after = random_.scaled(1, 500);
  // A hasty collector keeps its word, so it has to be able to.
  conduct.corrupts_taken = never;
  conduct.closes_after_us = never;
}

// One draw decides whether anything is wrong, a second one what.
Fault Weather::answer() {
  if (!foul_ || !random_.hits(std::min(answers_rate_, 1'000'000U))) return Fault::count;
  std::uint32_t drawn = random_.below(answers_rate_);
  for (auto i = static_cast<std::size_t>(first_answer_fault); i < faults; ++i) {
    if (drawn < rates_[i]) return static_cast<Fault>(i);
    drawn -= rates_[i];
  }
  return Fault::count;
}

}  // namespace edgespan::sim
