// SPDX-License-Identifier: Apache-2.0
// The program for boards with Linux. Its clock is the board's own, up to the kernel's door and back, but what
// it reads is a count of reads: a run does not depend on how fast it was.
#include "cost/counted.hpp"
#include "cost/subject.hpp"
#include "posix/system_clock.hpp"

#include <ctime>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace edgespan::cost {
namespace {

bool entropy(void*, void* out, std::size_t n) noexcept {
  std::memset(out, 0x5a, n);
  return true;
}

}  // namespace

const edgespan_clock& clock() noexcept {
  static edgespan_clock table = posix::system_clock();
  table.entropy = entropy;
  // Emulators have none; every board's kernel has. One thread has nobody to wait for.
  table.fence_threads = [](void*) {};
  return table;
}

void say(std::string_view text) noexcept {
  std::printf("%.*s\n", static_cast<int>(text.size()), text.data());
  std::fflush(stdout);
}

void must(bool ok, const char* what) noexcept {
  if (ok) return;
  std::fprintf(stderr, "cost: %s failed\n", what);
  std::exit(1);
}

}  // namespace edgespan::cost

// The linker leads every call of clock_gettime here (--wrap).
#if defined(__USE_TIME_BITS64) && __TIMESIZE == 32
#define EDGESPAN_COST_CLOCK "__clock_gettime64"
#else
#define EDGESPAN_COST_CLOCK "clock_gettime"
#endif
extern "C" {
int system_clock_gettime(clockid_t id, timespec* time) asm("__real_" EDGESPAN_COST_CLOCK);
int counted_clock_gettime(clockid_t id, timespec* time) asm("__wrap_" EDGESPAN_COST_CLOCK);

[[gnu::section("edgespan_cost_client")]] int counted_clock_gettime(clockid_t id, timespec* time) {
  static long reads = 0;
  const int result = system_clock_gettime(id, time);
  reads += 3;
  time->tv_sec = id == CLOCK_REALTIME ? 1'790'000'000 : 1'000;
  time->tv_nsec = reads * 1'000;
  return result;
}
}

int main() {
  using namespace edgespan::cost;
  count(
      "loop", edgespan_peer, rounds,
      [] {
        asm volatile("" ::: "memory");
      },
      nothing);
  count_codecs();
  count_carriers();
  count_spans();
  count_overload();
  count_steps();
  count_sends();
  count_polls();
  say("done");
}
