// SPDX-License-Identifier: Apache-2.0
#include "runner.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

namespace edgespan::simtest {
namespace {

// What runs now, for the handler of signals.
struct Now {
  const Case* what = nullptr;
  std::uint64_t seed = 0;
  std::uint64_t at = 0;
  const Gateway* gateway = nullptr;
};
Now now;

struct Outcome {
  std::string violation;  // empty: none
  bool swept = false;     // the run has no such position
  std::uint64_t event = 0;
  std::uint64_t spans = 0;
  std::uint64_t elapsed_us = 0;
  std::uint64_t hash = 0;
  Event last = Event::count;
};

// The agent is too large for a stack, and the same place serves every run.
std::optional<Gateway> gateway;

Outcome play(const Case& what, std::uint64_t seed, std::uint64_t at, std::uint64_t trace_from = UINT64_MAX,
             std::uint64_t trace_to = UINT64_MAX) {
  now = {&what, seed, at, nullptr};
  const Setup setup = what.setup(sim::Random{seed}, at);
  gateway.emplace(setup, seed);
  now.gateway = &*gateway;
  gateway->trace(trace_from, trace_to);
  const std::uint64_t spans =
      gateway->oracle().books().finished;  // not 0 where counters start near their wrap
  const char* expected = what.play(*gateway, at);
  const char* violation = gateway->violation() != nullptr ? gateway->violation() : expected;
  Outcome outcome{.violation = violation == nullptr || violation == swept ? "" : violation,
                  .swept = violation == swept,
                  .event = gateway->events_seen(),
                  .spans = gateway->oracle().books().finished - spans,
                  .elapsed_us = gateway->elapsed_us(),
                  .hash = gateway->oracle().hash(),
                  .last = gateway->last_event()};
  now.gateway = nullptr;
  return outcome;
}

// `at`: the position in a sweep; else the event, which is where to look.
void print_failure(const Case& what, std::uint64_t seed, std::uint64_t at, std::uint64_t event,
                   const char* violation, const char* note) {
  std::printf("FAILED: edgespan_sim --case=%s --seed=%" PRIu64 " --at=%" PRIu64 "  # event %" PRIu64
              ": %s%s\n",
              what.name.data(), seed, what.positions != 0 ? at : event, event, violation, note);
  std::fflush(stdout);
}

void on_signal(int number) {
  const char* text = "a signal ended the agent";
  if (number == SIGALRM) text = "a call does not return";
  if (number == SIGILL || number == SIGTRAP) text = "an assertion of the agent failed";
  if (now.what != nullptr) {
    print_failure(*now.what, now.seed, now.at, now.gateway == nullptr ? 0 : now.gateway->events_seen() + 1,
                  text, "");
  }
  _exit(3);
}

}  // namespace

bool run_once(const Case& what, std::uint64_t seed, std::uint64_t at, Tally& tally) {
  const Outcome outcome = play(what, seed, at);
  ++tally.runs;
  tally.spans += outcome.spans;
  tally.events += outcome.event;
  tally.simulated_s += outcome.elapsed_us / second;
  tally.hash = (tally.hash ^ outcome.hash) * 0x9E3779B97F4A7C15 + outcome.event;
  if (outcome.violation.empty()) return !outcome.swept;
  ++tally.failures;
  const Outcome again = play(what, seed, at);
  const bool same = again.hash == outcome.hash && again.violation == outcome.violation;
  print_failure(what, seed, at, outcome.event, outcome.violation.c_str(),
                same ? "" : " (but not so the second time)");
  return true;
}

bool run_seed(const Case& what, std::uint64_t seed, Tally& tally) {
  if (what.positions == 0) return run_once(what, seed, 0, tally);
  for (std::uint64_t at = 1; at <= what.positions; ++at) {
    if (!run_once(what, seed, at, tally)) break;
  }
  return true;
}

bool run_traced(const Case& what, std::uint64_t seed, std::uint64_t at, std::uint64_t count) {
  const Outcome first = play(what, seed, at);
  const bool position = what.positions != 0;
  const std::uint64_t last = position || at == 0 || at > first.event ? first.event : at;
  const Outcome outcome = play(what, seed, at, last - std::min(last, count), last);
  if (outcome.violation.empty()) {
    std::printf("sound: %" PRIu64 " events, log %016" PRIx64 "\n", outcome.event, outcome.hash);
  } else {
    print_failure(what, seed, at, outcome.event, outcome.violation.c_str(), "");
  }
  return outcome.violation.empty();
}

bool finds(Defect defect, std::string_view name, const Case& what, std::uint64_t seeds) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    Setup setup = what.setup(sim::Random{seed}, 0);
    setup.defect = defect;
    gateway.emplace(setup, seed);
    const char* expected = what.play(*gateway, 0);
    const char* violation = gateway->violation() != nullptr ? gateway->violation() : expected;
    if (violation == nullptr) continue;
    std::printf("canary %s: found with seed %" PRIu64 ": %s\n", name.data(), seed, violation);
    return true;
  }
  std::printf("FAILED: canary %s: an agent broken on purpose passed %" PRIu64 " seeds\n", name.data(), seeds);
  return false;
}

void watch(std::uint32_t seconds) {
  for (const int number : {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGALRM})
    signal(number, on_signal);
  alarm(seconds);
}

}  // namespace edgespan::simtest
