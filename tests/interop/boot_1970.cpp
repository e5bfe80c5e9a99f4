// SPDX-License-Identifier: Apache-2.0
// A gateway that boots without knowing the date, for test_boot.py: it records spans, waits, is told the date,
// records one more, and reports to the Zipkin at argv[1] as the service argv[2]. A line a span on stdout: its
// name, and between which two readings of the true clock it began, in microseconds since 1970.
#include <edgespan/http_sender.hpp>
#include <edgespan/limits.hpp>
#include <edgespan/posix.hpp>
#include <edgespan/reporter.hpp>
#include <edgespan/tracing.hpp>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

namespace {

using namespace edgespan;
using namespace std::chrono_literals;

// The port's clock on a board whose wall clock stands at 1970 until somebody sets it: the port takes such a
// date for none.
struct BoardClock {
  explicit BoardClock(const edgespan_clock& real) : real_{real} {}
  BoardClock(const BoardClock&) = delete;
  BoardClock& operator=(const BoardClock&) = delete;

  void set() { is_set_ = true; }
  std::uint64_t true_us() const { return real_.wall_us(real_.ctx); }
  const edgespan_clock& table() const { return table_; }

 private:
  static BoardClock& at(void* self) { return *static_cast<BoardClock*>(self); }

  const edgespan_clock& real_;
  std::atomic<bool> is_set_{false};
  edgespan_clock table_{
      this, [](void* self) { return at(self).real_.mono_us(at(self).real_.ctx); },
      [](void* self) { return at(self).is_set_ ? at(self).true_us() : 0; },
      [](void* self, void* out, std::size_t n) { return at(self).real_.entropy(at(self).real_.ctx, out, n); },
      [](void* self, std::uint64_t us) { at(self).real_.pause(at(self).real_.ctx, us); }};
};

Memory<tiny_limits> memory;
posix::Port port;
Tracing tracing;
HttpSender zipkin;
Reporter reporter;

void record(const BoardClock& clock, const std::string& name) {
  const std::uint64_t before_us = clock.true_us();
  Span span = tracing.span(name);
  const std::uint64_t after_us = clock.true_us();
  std::this_thread::sleep_for(20ms);
  span.finish();
  std::printf("%s %llu %llu\n", name.c_str(), static_cast<unsigned long long>(before_us),
              static_cast<unsigned long long>(after_us));
}

bool boot(const BoardClock& clock, const char* url, const char* service) {
  using enum Status;
  return tracing.init(memory, {.local = {.service_name = service}}, clock.table()) == ok &&
         zipkin.init(port.stream(), url) == ok &&
         reporter.init(tracing, zipkin.sender(), {.flush_ms = 50}) == ok &&
         reporter.start(port.worker()) == ok;
}

int fail(const char* what) {
  std::fprintf(stderr, "boot_1970: %s\n", what);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return fail("usage: boot_1970 ZIPKIN_URL SERVICE");
  if (!port.init()) return fail("the port does not start");
  static BoardClock clock{port.clock()};
  if (!boot(clock, argv[1], argv[2])) return fail("the agent does not start");
  for (int i = 1; i <= 4; ++i) {
    record(clock, "early-" + std::to_string(i));
    std::this_thread::sleep_for(100ms);
  }
  std::this_thread::sleep_for(500ms);  // many times the age at which a batch closes
  if (tracing.books().in_ring != 4) return fail("a span left before the date was known");
  clock.set();
  record(clock, "late");
  if (reporter.stop(10'000) != Status::ok) return fail("the spans were not delivered");
  return 0;
}
