// SPDX-License-Identifier: Apache-2.0
// Row 33 of the failure model: a timer of the application interrupts its threads a thousand times a second,
// inside and outside of the agent. No call is lost, and no signal is handled on a thread of the agent.
#include <edgespan/http_sender.hpp>
#include <edgespan/memory.hpp>
#include <edgespan/posix_port.hpp>
#include <edgespan/reporter.hpp>
#include <edgespan/scope.hpp>
#include <edgespan/tracing.hpp>

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <memory>
#include <thread>
#include <vector>

#include "support/hooked_worker.hpp"
#include "support/loopback_server.hpp"
#include "support/test.hpp"

namespace {

using namespace edgespan;
using test::LoopbackServer;

constexpr std::uint32_t patience_ms = 60'000;

constinit thread_local bool of_the_agent = false;
std::atomic<std::uint32_t> signals{0};
std::atomic<std::uint32_t> signals_of_the_agent{0};

void count_signal(int) {
  ++signals;
  if (of_the_agent) ++signals_of_the_agent;
}

// SIGALRM every millisecond, handled without SA_RESTART, so that calls of the system end with EINTR.
class Storm {
 public:
  Storm() {
    signals = signals_of_the_agent = 0;
    struct sigaction action {};
    action.sa_handler = count_signal;
    sigaction(SIGALRM, &action, &before_);
    const itimerval each_ms{{0, 1'000}, {0, 1'000}};
    setitimer(ITIMER_REAL, &each_ms, nullptr);
  }
  ~Storm() {
    const itimerval never{};
    setitimer(ITIMER_REAL, &never, nullptr);
    sigaction(SIGALRM, &before_, nullptr);
  }
  Storm(const Storm&) = delete;
  Storm& operator=(const Storm&) = delete;

 private:
  struct sigaction before_ {};
};

// Three threads work, one flushes, and where the agent has no thread, it is that one which sends.
void work_in_a_storm(bool with_worker) {
  constexpr int threads = 3, each_least = 500;
  constexpr std::uint32_t signals_least = 300;
  const LoopbackServer server;
  const auto memory = std::make_unique<Memory<>>();
  posix::Port port;
  test::HookedWorker worker{port.worker(), [] { of_the_agent = true; }};
  Tracing tracing;
  HttpSender http;
  Reporter reporter;
  TEST_ASSERT_TRUE(port.init());
  TEST_ASSERT_EQUAL(Status::ok, tracing.init(*memory, {}, port.clock()));
  TEST_ASSERT_EQUAL(Status::ok, http.init(port.stream(), server.url()));
  TEST_ASSERT_EQUAL(Status::ok, reporter.init(tracing, http.sender(), {.flush_ms = 1}));
  std::uint64_t finished = 0;
  bool flushed = true;
  {
    const Storm storm;
    if (with_worker) TEST_ASSERT_EQUAL(Status::ok, reporter.start(worker.table()));
    std::atomic<bool> enough{false};
    std::atomic<std::uint64_t> made{0};
    std::vector<std::thread> workers;
    for (int i = 0; i < threads; ++i) {
      workers.emplace_back([&] {
        for (int n = 0; n < each_least || !enough; ++n) {
          Span span = tracing.span("work").tag("key", "value");
          const Scope scope{tracing, span.context()};
          span.annotate("amid");
          span.finish();
          ++made;
          if (n % 16 == 0) usleep(100);
        }
      });
    }
    const std::uint64_t began_us = port.clock().mono_us(port.clock().ctx);
    while (signals < signals_least &&
           port.clock().mono_us(port.clock().ctx) - began_us < patience_ms * std::uint64_t{1'000}) {
      flushed = reporter.flush(patience_ms) == Status::ok && flushed;
    }
    enough = true;
    for (std::thread& thread : workers) thread.join();
    flushed = reporter.flush(patience_ms) == Status::ok && flushed;
    TEST_ASSERT_EQUAL(Status::ok, reporter.stop(patience_ms));
    finished = made;
  }
  TEST_ASSERT_TRUE(flushed);
  TEST_ASSERT_GREATER_OR_EQUAL(signals_least, signals);
  TEST_ASSERT_EQUAL(0, signals_of_the_agent);
  const Books books = tracing.books();
  TEST_ASSERT_TRUE(books.balanced());
  TEST_ASSERT_EQUAL_UINT64(finished, books.finished);
  const auto ring_full = books.dropped[static_cast<std::size_t>(DropReason::ring_full)];
  TEST_ASSERT_EQUAL_UINT64(finished, books.delivered + ring_full);
  TEST_ASSERT_EQUAL_UINT64(0, books.faults + books.retries);
}

EDGESPAN_TEST(a_storm_of_signals_loses_no_span_and_hits_no_thread_of_the_agent, "thread") {
  work_in_a_storm(true);
}
EDGESPAN_TEST(a_storm_of_signals_hits_the_thread_that_sends_and_loses_no_span, "thread") {
  work_in_a_storm(false);
}

}  // namespace
