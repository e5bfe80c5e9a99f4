// SPDX-License-Identifier: Apache-2.0
#include "resident.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>

namespace edgespan::resident {

void fail(std::string_view what) {
  std::fprintf(stderr, "edgespan_resident: %.*s\n", static_cast<int>(what.size()), what.data());
  std::exit(2);
}

Memory memory_now() {
  std::ifstream file{"/proc/self/smaps_rollup"};
  must(file.good(), "/proc/self/smaps_rollup cannot be read: this needs Linux 4.14");
  Memory memory;
  std::string name;
  file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  for (std::size_t kib = 0; file >> name >> kib;
       file.ignore(std::numeric_limits<std::streamsize>::max(), '\n')) {
    if (name == "Rss:") memory.rss_kib = kib;
    if (name == "Private_Dirty:") memory.private_kib = kib;
  }
  must(memory.rss_kib > 0 && memory.private_kib > 0, "/proc/self/smaps_rollup lacks Rss or Private_Dirty");
  return memory;
}

}  // namespace edgespan::resident
