// SPDX-License-Identifier: Apache-2.0
#include <edgespan/http_sender.hpp>
#include <edgespan/limits.hpp>
#include <edgespan/posix.hpp>
#include <edgespan/reporter.hpp>
#include <edgespan/tracing.hpp>

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstring>

#include "tests/support/loopback_server.hpp"
#include "tests/support/painted_worker.hpp"
#include "tests/support/test.hpp"

namespace {

using edgespan::posix::Port;
using edgespan::test::LoopbackServer;

constexpr std::uint64_t second_us = 1'000'000;
constexpr std::uint64_t hour_us = 3600 * second_us;

// For what takes milliseconds; a loaded machine may stop a thread for seconds.
constexpr std::uint64_t patience_us = 60 * second_us;

struct Job {
  std::atomic<int> steps{0};
  std::uint64_t wait_us = hour_us;
};

std::uint64_t count_step(void* arg) {
  auto& job = *static_cast<Job*>(arg);
  ++job.steps;
  return job.wait_us;
}

struct Machine {
  Job job;
  Port port;
  const edgespan_clock& clock = port.clock();
  const edgespan_worker& worker = port.worker();

  Machine() { REQUIRE(port.init()); }

  bool start(std::uint64_t (*step)(void*), void* arg) { return worker.start(worker.ctx, step, arg); }
  bool start() { return start(count_step, &job); }
  bool stop(std::uint64_t timeout_us = patience_us) { return worker.stop(worker.ctx, timeout_us); }
  void wake() { worker.wake(worker.ctx); }
  void pause(std::uint64_t us) { clock.pause(clock.ctx, us); }
  std::uint64_t now_us() { return clock.mono_us(clock.ctx); }

  template <typename Condition>
  bool soon(Condition condition) {
    const std::uint64_t start_us = now_us();
    while (!condition()) {
      if (now_us() - start_us > patience_us) return false;
      pause(200);
    }
    return true;
  }
};

TEST_CASE("a worker steps, waits, wakes and stops", "[posix]") {
  Machine m;
  REQUIRE(m.stop());  // never started
  REQUIRE(m.start());
  REQUIRE_FALSE(m.start());
  for (int steps = 1; steps <= 20; ++steps) {
    REQUIRE(m.soon([&] { return m.job.steps >= steps; }));
    m.wake();
  }
  REQUIRE(m.stop());
  const int steps = m.job.steps;
  m.wake();
  m.pause(10'000);
  REQUIRE(m.job.steps == steps);
  REQUIRE(m.stop());
}

TEST_CASE("a worker can be started again", "[posix]") {
  Machine m;
  for (int i = 1; i <= 5; ++i) {
    REQUIRE(m.start());
    REQUIRE(m.soon([&] { return m.job.steps >= i; }));
    REQUIRE(m.stop());
  }
}

TEST_CASE("a worker that is not woken waits as long as it was told", "[posix]") {
  Machine m;
  m.job.wait_us = 20'000;
  const std::uint64_t start = m.now_us();
  REQUIRE(m.start());
  REQUIRE(m.soon([&] { return m.job.steps >= 4; }));
  REQUIRE(m.now_us() - start >= 3 * 19'000);
  REQUIRE(m.stop());
}

TEST_CASE("an unread wake-up is not lost while a step runs", "[posix]") {
  Machine m;
  std::atomic<bool> in_step{false};
  std::atomic<bool> go_on{false};
  struct Shared {
    Machine& m;
    std::atomic<bool>& in_step;
    std::atomic<bool>& go_on;
  } shared{m, in_step, go_on};
  REQUIRE(m.start(
      [](void* arg) -> std::uint64_t {
        auto& s = *static_cast<Shared*>(arg);
        if (++s.m.job.steps > 1) return hour_us;
        s.in_step = true;
        while (!s.go_on) usleep(100);
        return hour_us;
      },
      &shared));
  REQUIRE(m.soon([&] { return in_step.load(); }));
  m.wake();
  go_on = true;
  REQUIRE(m.soon([&] { return m.job.steps >= 2; }));
  REQUIRE(m.stop());
}

TEST_CASE("stop keeps its time while a step does not end", "[posix]") {
  Machine m;
  static std::atomic<bool> go_on;
  go_on = false;
  REQUIRE(m.start(
      [](void* arg) -> std::uint64_t {
        ++static_cast<Job*>(arg)->steps;
        while (!go_on) usleep(100);
        return 0;
      },
      &m.job));
  REQUIRE(m.soon([&] { return m.job.steps == 1; }));
  const std::uint64_t start = m.now_us();
  REQUIRE_FALSE(m.stop(50'000));
  REQUIRE(m.now_us() - start >= 50'000);
  REQUIRE(m.now_us() - start < patience_us);
  REQUIRE_FALSE(m.stop(0));
  go_on = true;
  REQUIRE(m.stop());
  REQUIRE(m.job.steps == 1);
}

TEST_CASE("a step that asks for its own end gets no and then ends", "[posix]") {
  Machine m;
  static std::atomic<int> answer;
  answer = -1;
  REQUIRE(m.start(
      [](void* arg) -> std::uint64_t {
        answer = static_cast<Machine*>(arg)->stop() ? 1 : 0;
        return 0;
      },
      &m));
  REQUIRE(m.soon([&] { return answer != -1; }));
  REQUIRE(answer == 0);
  REQUIRE(m.stop());
}

TEST_CASE("the worker's thread has a name and takes no signal", "[posix]") {
  Machine m;
  struct Seen {
    char name[16] = {};
    sigset_t blocked{};
    std::atomic<bool> done{false};
  } seen;
  REQUIRE(m.start(
      [](void* arg) -> std::uint64_t {
        auto& s = *static_cast<Seen*>(arg);
        pthread_sigmask(SIG_SETMASK, nullptr, &s.blocked);
        pthread_getname_np(pthread_self(), s.name, sizeof s.name);
        const bool named = std::strcmp(s.name, "edgespan") == 0;  // its starter may still be about to
        if (named) s.done = true;
        return named ? hour_us : 1000;
      },
      &seen));
  REQUIRE(m.soon([&] { return seen.done.load(); }));
  REQUIRE(m.stop());
  for (const int signal : {SIGTERM, SIGINT, SIGALRM, SIGPIPE, SIGUSR1, SIGCHLD}) {
    REQUIRE(sigismember(&seen.blocked, signal) == 1);
  }
}

// Connects, asks for bytes while there cannot be any, sends a request, and reads the reply if it is
// `attentive`.
struct Reader {
  const edgespan_stream& stream;
  std::uint16_t tcp_port;
  bool attentive;
  std::atomic<int> steps{0};
  std::atomic<int> state{0};  // 1: asked; 2: has read something; negative: dead
};

std::uint64_t read_step(void* arg) {
  auto& reader = *static_cast<Reader*>(arg);
  const edgespan_stream& stream = reader.stream;
  ++reader.steps;
  char bytes[512];
  if (reader.state == 0) {
    const int opened = stream.open(stream.ctx, "localhost", reader.tcp_port);
    if (opened < 0) reader.state = opened;
    if (opened <= 0) return hour_us;
    const char request[] = "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n";
    const bool silent = stream.recv(stream.ctx, bytes, sizeof bytes) == 0;
    const bool sent = stream.send(stream.ctx, request, sizeof request - 1) > 0;
    reader.state = silent && sent ? 1 : -1;
  } else if (reader.state == 1 && reader.attentive) {
    const int received = stream.recv(stream.ctx, bytes, sizeof bytes);
    if (received != 0) reader.state = received > 0 ? 2 : received;
  }
  return hour_us;
}

TEST_CASE("lookup, connection and bytes each end the wait", "[posix]") {
  const LoopbackServer server;
  Machine m;
  Reader reader{m.port.stream(), server.port(), true};
  REQUIRE(m.start(read_step, &reader));
  REQUIRE(m.soon([&] { return reader.state == 2; }));
  REQUIRE(m.stop());
  REQUIRE(reader.steps <= 20);
}

// A step may find the reporter busy on another thread and leave the stream alone.
TEST_CASE("bytes or an end that no step looks at do not keep the worker busy", "[posix]") {
  LoopbackServer::Behaviour closing;
  closing.closes_after_reply = true;
  const LoopbackServer server(closing);
  Machine m;
  Reader reader{m.port.stream(), server.port(), false};
  REQUIRE(m.start(read_step, &reader));
  REQUIRE(m.soon([&] { return reader.state == 1 && server.requests().size() == 1; }));
  REQUIRE(m.soon([&] { return reader.steps > 1; }));
  m.pause(50'000);
  const int steps = reader.steps;
  m.pause(200'000);
  REQUIRE(reader.steps - steps <= 1);
  REQUIRE(m.stop());
}

TEST_CASE("many threads may wake, one may stop", "[posix]") {
  Machine m;
  m.job.wait_us = 100;
  REQUIRE(m.start());
  std::vector<std::thread> wakers;
  for (int i = 0; i < 4; ++i) {
    wakers.emplace_back([&] {
      for (int n = 0; n < 2000; ++n) m.wake();
    });
  }
  std::thread other([&] { m.stop(); });
  const bool stopped = m.stop();
  other.join();
  for (std::thread& waker : wakers) waker.join();
  REQUIRE(stopped);
}

#ifndef __SANITIZE_THREAD__  // which does not let a forked child start threads
TEST_CASE("a forked child has no worker and may start its own", "[posix]") {
  Machine m;
  REQUIRE(m.start());
  REQUIRE(m.soon([&] { return m.job.steps >= 1; }));
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    alarm(100);
    const int steps = m.job.steps;
    bool good = m.stop(hour_us) && m.job.steps == steps;
    good = good && m.start() && m.soon([&] { return m.job.steps > steps; }) && m.stop();
    _exit(good ? 0 : 1);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(status == 0);
  const int steps = m.job.steps;
  m.wake();
  REQUIRE(m.soon([&] { return m.job.steps > steps; }));
  REQUIRE(m.stop());
}
#endif

#if EDGESPAN_STACK_CAN_BE_PAINTED
TEST_CASE("the reporter's thread asks for several times the stack that its work takes", "[posix]") {
  using namespace edgespan;
  static Memory<> memory;
  const LoopbackServer server;
  Machine m;
  test::PaintedWorker painted{m.worker};
  const edgespan_worker worker = painted.table();
  Tracing tracing;
  HttpSender http;
  Reporter reporter;
  const std::string url =
      "http://localhost:" + std::to_string(server.port()) + "/api/v2/spans";  // to be resolved
  REQUIRE(tracing.init(memory, {.local = {.service_name = "stack"}}, m.clock) == Status::ok);
  REQUIRE(http.init(m.port.stream(), url) == Status::ok);
  REQUIRE(reporter.init(tracing, http.sender()) == Status::ok);
  REQUIRE(reporter.start(worker) == Status::ok);
  for (int i = 0; i < 200; ++i) tracing.span("one").tag("k", "v").finish();
  reporter.uplink_ready();
  REQUIRE(reporter.stop(patience_us / 1'000) == Status::ok);
  REQUIRE(tracing.books().delivered > 0);
  INFO("used: " << painted.used());
  REQUIRE(painted.used() > 256);
  REQUIRE(painted.used() <= posix::Config{}.stack_bytes / 4);
}
#endif

std::size_t stack_of_a_thread() {
  pthread_t thread{};
  std::size_t bytes = 0;
  const auto look = [](void* out) -> void* {
    pthread_attr_t attributes;
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstacksize(&attributes, static_cast<std::size_t*>(out));
    pthread_attr_destroy(&attributes);
    return nullptr;
  };
  REQUIRE(pthread_create(&thread, nullptr, look, &bytes) == 0);
  pthread_join(thread, nullptr);
  return bytes;
}

TEST_CASE("a thread whose maker does not say gets the stack of the process' default", "[posix]") {
  pthread_attr_t before;
  REQUIRE(pthread_getattr_default_np(&before) == 0);
  const std::size_t usual = stack_of_a_thread();
  REQUIRE_FALSE(edgespan::posix::default_thread_stack(1));
  REQUIRE(stack_of_a_thread() == usual);
  constexpr std::size_t wanted = 256 * 1024;
  const bool set = edgespan::posix::default_thread_stack(wanted);
  const std::size_t given = stack_of_a_thread();
  REQUIRE(pthread_setattr_default_np(&before) == 0);
  pthread_attr_destroy(&before);
  REQUIRE(set);
  REQUIRE(given >= wanted);
  REQUIRE(given < 2 * wanted);  // glibc adds room for thread-local data
  REQUIRE(stack_of_a_thread() == usual);
}

}  // namespace
