// SPDX-License-Identifier: Apache-2.0
// edgespan_resident peer | plain BROKERS RECORDS | traced BROKERS COLLECTOR RECORDS
// The last two print four numbers of KiB: resident and private after the first records, the same after all.
#include "resident.hpp"

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
  using namespace edgespan::resident;
  const std::string_view part = argc > 1 ? argv[1] : "";
  if (part == "peer" && argc == 2) {
    run_peer();
    return 0;
  }
  if (!(part == "plain" && argc == 4) && !(part == "traced" && argc == 5))
    fail("usage: peer | plain BROKERS RECORDS | traced BROKERS COLLECTOR RECORDS");
  const std::size_t records = std::strtoul(argv[argc - 1], nullptr, 10);
  const Usage usage = part == "plain" ? run_plain(argv[2], records) : run_traced(argv[2], argv[3], records);
  std::printf("%zu %zu %zu %zu\n", usage.idle.rss_kib, usage.idle.private_kib, usage.busy.rss_kib,
              usage.busy.private_kib);
}
