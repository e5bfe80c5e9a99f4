// SPDX-License-Identifier: Apache-2.0
// Row 33 of the failure model: each call of the system that a signal may interrupt is interrupted, in turn
// and for ever. The system cannot be made to do that at a chosen call, so this file stands before its calls.
// It interrupts those of threads that ask for it, and passes on all others.
#include <edgespan/http_sender.hpp>
#include <edgespan/memory.hpp>
#include <edgespan/posix_port.hpp>
#include <edgespan/reporter.hpp>
#include <edgespan/tracing.hpp>

#include <dlfcn.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

#include "support/hooked_worker.hpp"
#include "support/loopback_server.hpp"
#include "support/test.hpp"

namespace {

constinit thread_local bool watched = false;

enum Call {
  of_connect,
  of_close,
  of_send,
  of_recv,
  of_read,
  of_write,
  of_poll,
  of_ppoll,
  of_nanosleep,
  of_getrandom
};
constexpr int call_count = of_getrandom + 1;

std::atomic<int> calls_made[call_count];  // of watched threads, by call
std::atomic<int> number_interrupted[call_count];
std::atomic<bool> all_interrupted{false};

bool interrupted(Call call) {
  if (!watched) return false;
  const int number = ++calls_made[call];
  return all_interrupted || number == number_interrupted[call];
}

template <typename Result>
Result fail(Result result) {
  errno = EINTR;
  return result;
}

template <typename Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {
// These two have done their work when a signal interrupts them.
int connect(int descriptor, const sockaddr* address, socklen_t size) {
  static const auto call = real<int (*)(int, const sockaddr*, socklen_t)>("connect");
  const bool fails = interrupted(of_connect);
  const int result = call(descriptor, address, size);
  return fails ? fail(-1) : result;
}
int close(int descriptor) {
  static const auto call = real<int (*)(int)>("close");
  const bool fails = interrupted(of_close);
  const int result = call(descriptor);
  return fails ? fail(-1) : result;
}
ssize_t send(int descriptor, const void* bytes, std::size_t n, int flags) {
  static const auto call = real<ssize_t (*)(int, const void*, std::size_t, int)>("send");
  return interrupted(of_send) ? fail<ssize_t>(-1) : call(descriptor, bytes, n, flags);
}
ssize_t recv(int descriptor, void* bytes, std::size_t n, int flags) {
  static const auto call = real<ssize_t (*)(int, void*, std::size_t, int)>("recv");
  return interrupted(of_recv) ? fail<ssize_t>(-1) : call(descriptor, bytes, n, flags);
}
ssize_t read(int descriptor, void* bytes, std::size_t n) {
  static const auto call = real<ssize_t (*)(int, void*, std::size_t)>("read");
  return interrupted(of_read) ? fail<ssize_t>(-1) : call(descriptor, bytes, n);
}
ssize_t write(int descriptor, const void* bytes, std::size_t n) {
  static const auto call = real<ssize_t (*)(int, const void*, std::size_t)>("write");
  return interrupted(of_write) ? fail<ssize_t>(-1) : call(descriptor, bytes, n);
}
int poll(pollfd* descriptors, nfds_t count, int timeout) {
  static const auto call = real<int (*)(pollfd*, nfds_t, int)>("poll");
  return interrupted(of_poll) ? fail(-1) : call(descriptors, count, timeout);
}
int ppoll(pollfd* descriptors, nfds_t count, const timespec* timeout, const sigset_t* mask) {
  static const auto call = real<int (*)(pollfd*, nfds_t, const timespec*, const sigset_t*)>("ppoll");
  return interrupted(of_ppoll) ? fail(-1) : call(descriptors, count, timeout, mask);
}
int nanosleep(const timespec* time, timespec* left) {
  static const auto call = real<int (*)(const timespec*, timespec*)>("nanosleep");
  return interrupted(of_nanosleep) ? fail(-1) : call(time, left);
}
ssize_t getrandom(void* bytes, std::size_t n, unsigned flags) {
  static const auto call = real<ssize_t (*)(void*, std::size_t, unsigned)>("getrandom");
  return interrupted(of_getrandom) ? fail<ssize_t>(-1) : call(bytes, n, flags);
}
}

namespace {

using namespace edgespan;
using test::LoopbackServer;

constexpr std::uint32_t patience_ms = 60'000;

// While it lives, the call with this number is interrupted on this thread and on a watched worker, or every
// call.
class Interruption {
 public:
  Interruption() : Interruption(of_connect, 0) { all_interrupted = true; }
  Interruption(Call call, int number) {
    for (std::atomic<int>& made : calls_made) made = 0;
    number_interrupted[call] = number;
    watched = true;
  }
  ~Interruption() {
    watched = false;
    all_interrupted = false;
    for (std::atomic<int>& number : number_interrupted) number = 0;
  }
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;
};

struct Agent {
  std::unique_ptr<Memory<>> memory = std::make_unique<Memory<>>();
  posix::Port port;
  test::HookedWorker worker{port.worker(), [] { watched = true; }};
  Tracing tracing;
  HttpSender http;
  Reporter reporter;

  explicit Agent(const std::string& url) {
    TEST_ASSERT_TRUE(port.init());
    TEST_ASSERT_EQUAL(Status::ok, tracing.init(*memory, {}, port.clock()));
    TEST_ASSERT_EQUAL(Status::ok, http.init(port.stream(), url));
    TEST_ASSERT_EQUAL(Status::ok, reporter.init(tracing, http.sender(), {.flush_ms = 1}));
  }
};

// An agent from its start to its stop, with and without a thread of its own. How many such calls its threads
// made.
int run_interrupted(Call call, int number, bool with_worker) {
  const LoopbackServer server;
  Agent agent{server.url()};
  if (with_worker) TEST_ASSERT_EQUAL(Status::ok, agent.reporter.start(agent.worker.table()));
  const Interruption interruption{call, number};
  for (int i = 0; i < 3; ++i) agent.tracing.span("work").finish();
  const Status flushed = agent.reporter.flush(patience_ms);
  const Status stopped = agent.reporter.stop(patience_ms);
  TEST_ASSERT_EQUAL(Status::ok, flushed);
  TEST_ASSERT_EQUAL(Status::ok, stopped);
  const Books books = agent.tracing.books();
  TEST_ASSERT_TRUE(books.balanced());
  TEST_ASSERT_EQUAL_UINT64(3, books.delivered);
  TEST_ASSERT_EQUAL_UINT64(0, books.retries + books.resent);
  TEST_ASSERT_EQUAL(books.batches, server.requests().size());
  TEST_ASSERT_EQUAL(1, server.accepted());
  return calls_made[call];
}

EDGESPAN_TEST(a_call_that_a_signal_interrupts_costs_nothing_whichever_it_is, "posix") {
  for (const bool with_worker : {false, true}) {
    for (int call = 0; call < call_count; ++call) {
      int swept = 0;
      for (int number = 1; number <= run_interrupted(static_cast<Call>(call), number, with_worker); ++number)
        swept = number;
      const bool always_made = call == of_connect || call == of_close || call == of_send || call == of_recv;
      if (always_made) TEST_ASSERT_GREATER_THAN(0, swept);
    }
  }
}

EDGESPAN_TEST(calls_that_are_interrupted_for_ever_return_and_all_is_well_afterwards, "posix") {
  const LoopbackServer server;
  Agent agent{server.url()};
  for (int i = 0; i < 3; ++i) agent.tracing.span("work").finish();
  const edgespan_clock& clock = agent.port.clock();
  {
    const Interruption interruption;
    for (int i = 0; i < 100; ++i) (void)agent.reporter.step();
    const Status flushed = agent.reporter.flush(20);
    unsigned char bytes[16];
    const bool has_entropy = clock.entropy(clock.ctx, bytes, sizeof bytes);
    watched = false;
    TEST_ASSERT_EQUAL(Status::timeout, flushed);
    TEST_ASSERT_FALSE(has_entropy);
  }
  TEST_ASSERT_EQUAL(Status::ok, agent.reporter.flush(patience_ms));
  TEST_ASSERT_EQUAL_UINT64(3, agent.tracing.books().delivered);
  TEST_ASSERT_EQUAL_UINT64(0, agent.tracing.books().resent);
}

EDGESPAN_TEST(a_wake_up_that_is_interrupted_is_not_lost, "posix") {
  posix::Port port;
  TEST_ASSERT_TRUE(port.init());
  std::atomic<int> steps{0};
  const edgespan_worker& worker = port.worker();
  TEST_ASSERT_TRUE(worker.start(
      worker.ctx,
      [](void* arg) -> std::uint64_t {
        ++*static_cast<std::atomic<int>*>(arg);
        return 3'600'000'000;
      },
      &steps));
  const auto soon = [&](int wanted) {
    for (std::uint32_t waited_ms = 0; steps < wanted && waited_ms < patience_ms; ++waited_ms) usleep(1'000);
    return steps >= wanted;
  };
  TEST_ASSERT_TRUE(soon(1));
  for (int wanted = 2; wanted <= 20; ++wanted) {
    {
      const Interruption interruption{of_write, 1};
      worker.wake(worker.ctx);
    }
    TEST_ASSERT_TRUE(soon(wanted));
  }
  TEST_ASSERT_TRUE(worker.stop(worker.ctx, patience_ms * 1'000));
}

}  // namespace
