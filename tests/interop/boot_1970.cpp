// SPDX-License-Identifier: Apache-2.0
// A gateway that boots without knowing the date, for test_boot.py: it records spans, waits, is told the date,
// records one more, and reports to the Zipkin at argv[1] as the service argv[2]. A line a span on stdout: its
// name, and between which two readings of the true clock it began, in microseconds since 1970.
#include <edgespan/agent.hpp>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

namespace {

using namespace edgespan;
using namespace std::chrono_literals;

// The port of a board whose wall clock stands at 1970 until somebody sets it: its clock takes such a date for
// none.
class BoardPort {
 public:
  bool init() { return real_.init(); }
  const edgespan_clock& clock() const { return clock_; }
  const edgespan_stream& stream() const { return real_.stream(); }
  const edgespan_worker& worker() const { return real_.worker(); }

  void set_date() { date_is_set_ = true; }
  std::uint64_t true_us() const { return system().wall_us(system().ctx); }

 private:
  static BoardPort& at(void* self) { return *static_cast<BoardPort*>(self); }
  const edgespan_clock& system() const { return real_.clock(); }

  posix::Port real_;
  std::atomic<bool> date_is_set_{false};
  edgespan_clock clock_{
      this,
      [](void* self) { return at(self).system().mono_us(at(self).system().ctx); },
      [](void* self) { return at(self).date_is_set_ ? at(self).true_us() : 0; },
      [](void* self, void* out, std::size_t n) {
        return at(self).system().entropy(at(self).system().ctx, out, n);
      },
      [](void* self, std::uint64_t us) { at(self).system().pause(at(self).system().ctx, us); },
      nullptr,
      nullptr};
};

Agent<tiny_limits, tiny_kafka_limits, BoardPort> agent;

void record(const std::string& name) {
  const std::uint64_t before_us = agent.port().true_us();
  Span span = agent.tracing().span(name);
  const std::uint64_t after_us = agent.port().true_us();
  std::this_thread::sleep_for(20ms);
  span.finish();
  std::printf("%s %llu %llu\n", name.c_str(), static_cast<unsigned long long>(before_us),
              static_cast<unsigned long long>(after_us));
}

int fail(const char* what) {
  std::fprintf(stderr, "boot_1970: %s\n", what);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return fail("usage: boot_1970 ZIPKIN_URL SERVICE");
  const AgentStatus started =
      agent.start({.service_name = argv[2], .url = argv[1], .reporter = {.flush_ms = 50}});
  if (!started.ok()) return fail(started.text());
  for (int i = 1; i <= 4; ++i) {
    record("early-" + std::to_string(i));
    std::this_thread::sleep_for(100ms);
  }
  std::this_thread::sleep_for(500ms);  // many times the age at which a batch closes
  if (agent.books().in_ring != 4) return fail("a span left before the date was known");
  agent.port().set_date();
  record("late");
  if (agent.stop(10'000) != Status::ok) return fail("the spans were not delivered");
  return 0;
}
