// SPDX-License-Identifier: Apache-2.0
// edgespan_model explore WAYS [SCENARIO]: searches all scenarios, or those whose names begin like this.
// edgespan_model orders WAYS: whether a scenario fails without each order of tests/model/orders.md, and
// whether that page lists all of them.
#include "model/model.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace edgespan::model;

// The files whose orders are explained one by one.
constexpr std::array<std::string_view, 11> files{
    "core/consumer_lock.cpp",  "core/consumer_lock.hpp", "core/open_spans.cpp",     "core/open_spans.hpp",
    "core/reporter_state.hpp", "core/sampler.cpp",       "core/slot_owner.cpp",     "core/slot_owner.hpp",
    "core/span_ring.cpp",      "core/span_ring.hpp",     "kafka/inflight_table.cpp"};

std::vector<Scenario> all_scenarios() {
  std::vector<Scenario> all;
  for (const auto some : {ring_scenarios(), table_scenarios(), slot_scenarios(), sampler_scenarios()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

bool report(const Scenario& scenario, const char* search, const Found& found, double seconds) {
  std::printf("%-20s %-22s %9llu ways, %5.1f s%s\n", scenario.name, search,
              static_cast<unsigned long long>(found.ways), seconds, found.complete ? ": all of them" : "");
  if (!found.passed) std::printf("%s: %s\n%s\n", scenario.name, found.why, found.steps);
  std::fflush(stdout);
  return found.passed;
}

int explore(std::uint64_t ways, std::string_view begin) {
  const auto now = [] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  };
  bool passed = true;
  for (const Scenario& scenario : all_scenarios()) {
    if (!std::string_view{scenario.name}.starts_with(begin)) continue;
    double started = now();
    Found found = search_at_random(scenario, ways);
    passed &= report(scenario, "at random", found, now() - started);
    started = now();
    const std::string bound = "with " + std::to_string(scenario.switches) + " interruptions";
    found = search_all(scenario, ways);
    passed &= report(scenario, bound.c_str(), found, now() - started);
  }
  return passed ? 0 : 1;
}

std::string read_file(const std::string& path) {
  std::ifstream in{path};
  if (!in) {
    std::fprintf(stderr, "cannot read %s\n", path.c_str());
    std::exit(2);
  }
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::string_view file_of(const Place& place) {
  const std::string_view path = place.site.file_name();
  for (const std::string_view file : files) {
    if (path.ends_with(file)) return file;
  }
  return {};
}

const char* name_of(Part part) {
  switch (part) {
    case Part::acquire:
      return "acquire";
    case Part::release:
      return "release";
    case Part::failed:
      return "acquire of a failure";
  }
  return "";
}

// As the page writes it.
std::string row_of(const Place& place) {
  std::string row = "| ";
  row.append(file_of(place)).append(" | ").append(place.site.function_name()).append(" | ");
  return row.append(place.operation).append(" | ").append(name_of(place.part)).append(" |");
}

// How many orders that are more than relaxed stand in the text.
std::size_t orders_in(std::string_view text) {
  std::size_t count = 0;
  constexpr std::string_view prefix = "std::memory_order_";
  for (std::size_t at = text.find(prefix); at != text.npos; at = text.find(prefix, at + 1)) {
    const std::string_view name = text.substr(at + prefix.size(), 7);
    if (name == "acq_rel") count += 2;
    if (name == "acquire" || name == "release" || name == "seq_cst") ++count;
  }
  return count;
}

// The name of a scenario that fails with this order weakened; null if there is none.
const char* failing_without(const Place& place, std::uint64_t ways) {
  weaken(&place);
  const char* found = nullptr;
  for (const auto search : {search_at_random, search_all}) {
    for (const Scenario& scenario : all_scenarios()) {
      if (found == nullptr && !search(scenario, ways).passed) found = scenario.name;
    }
  }
  weaken(nullptr);
  return found;
}

int check_orders(std::uint64_t ways) {
  int wrong = 0;
  for (const Scenario& scenario : all_scenarios()) {
    if (search_at_random(scenario, ways).passed) continue;
    std::printf("%s fails\n", scenario.name);
    return 1;
  }
  std::vector<Place> all{places().begin(), places().end()};
  std::erase_if(all, [](const Place& place) { return file_of(place).empty(); });
  for (const std::string_view file : files) {
    const auto here =
        std::count_if(all.begin(), all.end(), [&](const Place& place) { return file_of(place) == file; });
    const std::size_t written = orders_in(read_file(std::string{EDGESPAN_AGENT_DIR "/"}.append(file)));
    if (static_cast<std::size_t>(here) == written) continue;
    std::printf("%.*s: it has %zu orders, and %td of them were met\n", static_cast<int>(file.size()),
                file.data(), written, here);
    ++wrong;
  }
  std::string page = read_file(EDGESPAN_MODEL_DIR "/orders.md");
  for (const Place& place : all) {
    const std::string row = row_of(place);
    const std::size_t at = page.find(row);
    if (at == page.npos) {
      std::printf("%s is not in tests/model/orders.md\n", row.c_str());
      ++wrong;
    } else {
      page.erase(at, row.size());
    }
    const char* const scenario = failing_without(place, ways);
    std::printf("%s %s\n", row.c_str(), scenario == nullptr ? "NOTHING FAILS WITHOUT IT" : scenario);
    std::fflush(stdout);
    if (scenario == nullptr) ++wrong;
  }
  for (std::size_t at = page.find("| core/"); at != page.npos; at = page.find("| core/", at + 1)) {
    std::printf("tests/model/orders.md lists what is not there: %s\n",
                page.substr(at, page.find('\n', at) - at).c_str());
    ++wrong;
  }
  return wrong == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view command = argc > 2 ? argv[1] : "";
  const std::uint64_t ways = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 0;
  if (command == "explore" && ways != 0) return explore(ways, argc > 3 ? argv[3] : "");
  if (command == "orders" && ways != 0) return check_orders(ways);
  std::fputs("edgespan_model explore WAYS [SCENARIO] | orders WAYS\n", stderr);
  return 2;
}
