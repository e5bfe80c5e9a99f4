// SPDX-License-Identifier: Apache-2.0
// The program for boards without an operating system: an image. Its clock is a counter in memory, as the
// price of the device's is the device's.
#include "bench/floor.hpp"
#include "cost/counted.hpp"
#include "cost/subject.hpp"
#include "target/semihosting.hpp"

namespace edgespan::cost {
namespace {

std::uint64_t reads_us = 1'000'000;

[[gnu::noinline]] std::uint64_t mono_us(void*) noexcept { return reads_us += 3; }
std::uint64_t wall_us(void*) noexcept { return 1'790'000'000'000'000 + reads_us; }
bool entropy(void*, void* out, std::size_t n) noexcept {
  auto* const bytes = static_cast<std::uint8_t*>(out);
  for (std::size_t i = 0; i < n; ++i) bytes[i] = 0x5a;
  return true;
}
void pause(void*, std::uint64_t) noexcept {}

}  // namespace

const edgespan_clock& clock() noexcept {
  static constexpr edgespan_clock table{nullptr, mono_us, wall_us, entropy, pause, nullptr, nullptr};
  return table;
}

void say(std::string_view text) noexcept {
  target::console(text);
  target::console("\n");
}

void must(bool ok, const char* what) noexcept {
  if (ok) return;
  say(what);
  target::quit(1);
}

}  // namespace edgespan::cost

std::uint64_t edgespan::bench::floor::now_us() noexcept { return cost::mono_us(nullptr); }

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
  say("done");
}
