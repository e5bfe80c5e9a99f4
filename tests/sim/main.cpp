// SPDX-License-Identifier: Apache-2.0
// The simulator's runner: `edgespan_sim --help`.
#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <ctime>
#include <string_view>

#include "runner.hpp"

namespace {

using namespace edgespan::simtest;

constexpr std::string_view usage =
    "usage: edgespan_sim [--case=NAME] [--seed=N] [--seeds=COUNT] [--at=N [--events=COUNT]]\n\n"
    "  --case   one of --list; without it, the swarm\n"
    "  --seed   the first seed (1)\n"
    "  --seeds  how many (1)\n"
    "  --at     with one seed: a position of a sweep, or the event to look at; prints the events before it\n"
    "  --events how many of them (40)\n"
    "  --list   the cases\n"
    "  --all    every scenario and sweep but the swarm and the year, with --seeds seeds\n"
    "  --canary agents that are broken on purpose: exit code 0 if the oracle finds each\n\n"
    "Exit code 0: all runs are sound, 1: one is not, 2: bad usage.\n";

constexpr std::uint32_t real_seconds_max = 3'000;
constexpr std::uint64_t canary_seeds = 50;
constexpr double year_s = 365.0 * 86'400;

struct Options {
  const Case* what = find_case("swarm");
  std::uint64_t seed = 1;
  std::uint64_t seeds = 1;
  std::uint64_t at = 0;
  std::uint64_t events = 40;
  bool has_at = false;
  bool list = false;
  bool all = false;
  bool canary = false;
  bool help = false;
};

bool read_number(std::string_view text, std::uint64_t& out) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  return read.ec == std::errc{} && read.ptr == text.data() + text.size();
}

bool read_option(std::string_view argument, Options& options) {
  const std::string_view name = argument.substr(0, argument.find('='));
  const std::string_view value = argument.substr(name.size() + (name.size() < argument.size() ? 1 : 0));
  if (name == "--seed") return read_number(value, options.seed);
  if (name == "--seeds") return read_number(value, options.seeds);
  if (name == "--at") return options.has_at = read_number(value, options.at);
  if (name == "--events") return read_number(value, options.events);
  if (name == "--case") return (options.what = find_case(value)) != nullptr;
  if (argument == "--list") return options.list = true;
  if (argument == "--all") return options.all = true;
  if (argument == "--canary") return options.canary = true;
  if (argument == "--help") return options.help = true;
  return false;
}

void print_list() {
  for (const auto& group : {scenarios(), refusals(), sweeps()}) {
    for (const Case& each : group) std::printf("  %-14s %s\n", each.name.data(), each.about.data());
  }
}

// Speed is of this process's processor time, whatever else the machine does.
void run_case(const Case& what, const Options& options, Tally& sum) {
  Tally tally;
  const std::clock_t began = std::clock();
  for (std::uint64_t i = 0; i < options.seeds; ++i) run_seed(what, options.seed + i, tally);
  const double seconds = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
  const double years = static_cast<double>(tally.simulated_s) / year_s;
  std::printf(
      "%-14s %6" PRIu64 " runs, %" PRIu64 " failed; %" PRIu64 " spans, %" PRIu64
      " events, %.2f years in %.2f s: %.2f million spans a second, %.1f years a minute; log %016" PRIx64 "\n",
      what.name.data(), tally.runs, tally.failures, tally.spans, tally.events, years, seconds,
      static_cast<double>(tally.spans) / seconds / 1e6, years / seconds * 60, tally.hash);
  std::fflush(stdout);
  sum.failures += tally.failures;
}

bool run_canaries() {
  constexpr struct {
    Defect defect;
    std::string_view name;
    std::string_view where = "swarm";
  } canaries[] = {{Defect::loses_a_batch, "loses-a-batch"},
                  {Defect::sends_twice, "sends-twice"},
                  {Defect::miscounts, "miscounts"},
                  {Defect::alters_a_resend, "alters-a-resend"},
                  {Defect::hurries, "hurries"},
                  {Defect::forgets_to_close, "forgets-to-close"},
                  {Defect::misspells, "misspells"},
                  {Defect::ignores_a_refusal, "ignores-a-refusal"},
                  {Defect::ignores_retry_after, "ignores-retry-after"},
                  {Defect::waits_for_ever, "waits-for-ever", "half-open"}};
  bool found = true;
  for (const auto& canary : canaries) {
    found = finds(canary.defect, canary.name, *find_case(canary.where), canary_seeds) && found;
  }
  return found;
}

int run_all(const Options& options) {
  Tally sum;
  for (const auto& group : {scenarios(), refusals(), sweeps()}) {
    for (const Case& each : group) {
      if (each.name != "swarm" && each.name != "year") run_case(each, options, sum);
    }
  }
  return sum.failures == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    if (read_option(argv[i], options)) continue;
    std::fprintf(stderr, "edgespan_sim: cannot use `%s`\n%s", argv[i], usage.data());
    return 2;
  }
  if (options.help) return std::fputs(usage.data(), stdout), 0;
  if (options.list) return print_list(), 0;
  watch(real_seconds_max);
  if (options.canary) return run_canaries() ? 0 : 1;
  if (options.all) return run_all(options);
  if (options.has_at) return run_traced(*options.what, options.seed, options.at, options.events) ? 0 : 1;
  Tally sum;
  run_case(*options.what, options, sum);
  return sum.failures == 0 ? 0 : 1;
}
