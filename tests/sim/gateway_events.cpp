// SPDX-License-Identifier: Apache-2.0
// What each event does.
#include <algorithm>
#include <utility>

#include "gateway.hpp"

namespace edgespan::simtest {

void Gateway::happen(Event event) {
  switch (event) {
    case Event::step:
      return step();
    case Event::work:
      return work();
    case Event::burst:
      burst_left_ = random_.scaled(10, 500);
      schedule(Event::work, 0);
      return schedule(Event::burst, setup_.burst_every);
    case Event::flush:
      return flush();
    case Event::hint:
      oracle_.excuse_pause();
      reporter_.uplink_ready();
      return schedule(Event::hint, setup_.hint_every);
    case Event::toggle:
      return toggle();
    case Event::weather:
      return change_weather();
    case Event::failing:
      return plan_failure();
    case Event::wall:
      return step_wall();
    case Event::known:
      oracle_.sync();
      clock_.set_wall(truth_us());
      return never(Event::known);
    case Event::entropy:
      clock_.set_entropy(true);
      return never(Event::entropy);
    case Event::suspend:
      return suspend();
    case Event::count:
      return;
  }
}

// The port calls again after the time that step() returned, sooner when the stream is ready, and later if the
// processor was busy elsewhere.
void Gateway::step() {
  oracle_.enter_step();
  never(Event::step);
  stepping_ = step_begins_ = true;
  const std::uint64_t again_us = reporter_.step();
  stepping_ = false;
  const std::uint64_t now_us = clock_.now_us();
  std::uint64_t due_us = std::min(now_us + again_us, link_.ready_us());
  if (!calm_ && random_.hits(setup_.late_rate)) due_us += random_.scaled(1, setup_.late_max_us);
  at(Event::step) = std::min(due_us, at(Event::step));  // it may have been woken meanwhile
}

// Another thread of the application comes in between the step's look at the clock and all that follows.
void Gateway::amid_step() {
  if (!stepping_ || !std::exchange(step_begins_, false) || calm_ || !random_.hits(setup_.amid_rate)) return;
  stepping_ = false;
  clock_.advance(1);
  workload_.work();
  oracle_.sync();
  stepping_ = true;
}

void Gateway::work() {
  workload_.work();
  if (burst_left_ != 0) {
    --burst_left_;
    return schedule(Event::work, 0);
  }
  schedule(Event::work, random_.between(1, 2 * setup_.span_every_us - 1));
}

void Gateway::change_weather() {
  const bool foul = !weather_.foul();
  weather_.set_foul(foul);
  schedule(Event::weather, foul ? setup_.foul : setup_.fair);
}

void Gateway::plan_failure() {
  constexpr sim::Call kinds[] = {sim::Call::open, sim::Call::send, sim::Call::recv, sim::Call::entropy};
  constexpr int errors[] = {EDGESPAN_STREAM_FAILED,  EDGESPAN_STREAM_CLOSED,      EDGESPAN_STREAM_RESET,
                            EDGESPAN_STREAM_REFUSED, EDGESPAN_STREAM_UNREACHABLE, EDGESPAN_STREAM_NO_HOST};
  const sim::Call call = random_.pick(kinds);
  const std::uint64_t at = random_.scaled(1, 50);
  calls_.fail_at(call, at, random_.pick(errors));
  schedule(Event::failing, setup_.failing_call_every);
}

// Half of the steps set the clock right, as NTP does.
void Gateway::step_wall() {
  schedule(Event::wall, setup_.wall_step_every);
  if (!clock_.wall_known()) return;
  oracle_.sync();
  const std::uint64_t error_us = random_.below(2) == 0 ? 0 : random_.between(0, setup_.wall_step_max_us);
  clock_.set_wall(random_.below(2) == 0 ? truth_us() + error_us : truth_us() - error_us);
}

void Gateway::suspend() {
  clock_.advance(random_.scaled(second, setup_.suspend_max_us));
  schedule(Event::suspend, setup_.suspend_every);
}

// Without a worker the steps are made by flush() itself.
void Gateway::flush() {
  oracle_.enter_step();
  oracle_.excuse_pause();
  (void)reporter_.flush(static_cast<std::uint32_t>(random_.scaled(1, 20'000)));
  schedule(Event::flush, setup_.flush_every);
}

void Gateway::toggle() {
  tracing_.enable(!tracing_.enabled());
  schedule(Event::toggle, setup_.toggle_every);
}

}  // namespace edgespan::simtest
