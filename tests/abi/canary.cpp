// SPDX-License-Identifier: Apache-2.0
// All that names.py looks for, done wrong: a time of 32 bits, a value that no processor here reads at once,
// and a text whose bounds are checked by an exception.
#undef _TIME_BITS
#undef _FILE_OFFSET_BITS
#include <time.h>

#include <cstdint>
#include <string_view>

struct Wide {
  std::uint64_t words[3];
};

void edgespan_abi_canary(Wide& from, Wide& to, timespec& now, std::string_view& text);

void edgespan_abi_canary(Wide& from, Wide& to, timespec& now, std::string_view& text) {
  __atomic_load(&from, &to, __ATOMIC_RELAXED);
  clock_gettime(CLOCK_REALTIME, &now);
  text = text.substr(text.size() / 2 + static_cast<std::size_t>(now.tv_nsec));
}
