// SPDX-License-Identifier: Apache-2.0
#include <edgespan/http_sender.hpp>
#include <edgespan/memory.hpp>
#include <edgespan/posix_port.hpp>
#include <edgespan/posix_thread_stack.hpp>
#include <edgespan/reporter.hpp>
#include <edgespan/tracing.hpp>

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstring>

#include "tests/support/forked_threads.hpp"
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

  Machine() { TEST_ASSERT_TRUE(port.init()); }

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

EDGESPAN_TEST(a_worker_steps_waits_wakes_and_stops, "posix") {
  Machine m;
  TEST_ASSERT_TRUE(m.stop());  // never started
  TEST_ASSERT_TRUE(m.start());
  TEST_ASSERT_FALSE(m.start());
  for (int steps = 1; steps <= 20; ++steps) {
    TEST_ASSERT_TRUE(m.soon([&] { return m.job.steps >= steps; }));
    m.wake();
  }
  TEST_ASSERT_TRUE(m.stop());
  const int steps = m.job.steps;
  m.wake();
  m.pause(10'000);
  TEST_ASSERT_EQUAL(steps, m.job.steps);
  TEST_ASSERT_TRUE(m.stop());
}

EDGESPAN_TEST(a_worker_can_be_started_again, "posix") {
  Machine m;
  for (int i = 1; i <= 5; ++i) {
    TEST_ASSERT_TRUE(m.start());
    TEST_ASSERT_TRUE(m.soon([&] { return m.job.steps >= i; }));
    TEST_ASSERT_TRUE(m.stop());
  }
}

EDGESPAN_TEST(a_worker_that_is_not_woken_waits_as_long_as_it_was_told, "posix") {
  Machine m;
  m.job.wait_us = 20'000;
  const std::uint64_t start = m.now_us();
  TEST_ASSERT_TRUE(m.start());
  TEST_ASSERT_TRUE(m.soon([&] { return m.job.steps >= 4; }));
  TEST_ASSERT_GREATER_OR_EQUAL(3 * 19'000, m.now_us() - start);
  TEST_ASSERT_TRUE(m.stop());
}

EDGESPAN_TEST(an_unread_wake_up_is_not_lost_while_a_step_runs, "posix") {
  Machine m;
  std::atomic<bool> in_step{false};
  std::atomic<bool> go_on{false};
  struct Shared {
    Machine& m;
    std::atomic<bool>& in_step;
    std::atomic<bool>& go_on;
  } shared{m, in_step, go_on};
  TEST_ASSERT_TRUE(m.start(
      [](void* arg) -> std::uint64_t {
        auto& s = *static_cast<Shared*>(arg);
        if (++s.m.job.steps > 1) return hour_us;
        s.in_step = true;
        while (!s.go_on) usleep(100);
        return hour_us;
      },
      &shared));
  TEST_ASSERT_TRUE(m.soon([&] { return in_step.load(); }));
  m.wake();
  go_on = true;
  TEST_ASSERT_TRUE(m.soon([&] { return m.job.steps >= 2; }));
  TEST_ASSERT_TRUE(m.stop());
}

EDGESPAN_TEST(stop_keeps_its_time_while_a_step_does_not_end, "posix") {
  Machine m;
  static std::atomic<bool> go_on;
  go_on = false;
  TEST_ASSERT_TRUE(m.start(
      [](void* arg) -> std::uint64_t {
        ++static_cast<Job*>(arg)->steps;
        while (!go_on) usleep(100);
        return 0;
      },
      &m.job));
  TEST_ASSERT_TRUE(m.soon([&] { return m.job.steps == 1; }));
  const std::uint64_t start = m.now_us();
  TEST_ASSERT_FALSE(m.stop(50'000));
  TEST_ASSERT_GREATER_OR_EQUAL(50'000, m.now_us() - start);
  TEST_ASSERT_LESS_THAN(patience_us, m.now_us() - start);
  TEST_ASSERT_FALSE(m.stop(0));
  go_on = true;
  TEST_ASSERT_TRUE(m.stop());
  TEST_ASSERT_EQUAL(1, m.job.steps);
}

EDGESPAN_TEST(a_step_that_asks_for_its_own_end_gets_no_and_then_ends, "posix") {
  Machine m;
  static std::atomic<int> answer;
  answer = -1;
  TEST_ASSERT_TRUE(m.start(
      [](void* arg) -> std::uint64_t {
        answer = static_cast<Machine*>(arg)->stop() ? 1 : 0;
        return 0;
      },
      &m));
  TEST_ASSERT_TRUE(m.soon([&] { return answer != -1; }));
  TEST_ASSERT_EQUAL(0, answer);
  TEST_ASSERT_TRUE(m.stop());
}

EDGESPAN_TEST(the_workers_thread_has_a_name_and_takes_no_signal, "posix") {
  Machine m;
  struct Seen {
    char name[16] = {};
    sigset_t blocked{};
    std::atomic<bool> done{false};
  } seen;
  TEST_ASSERT_TRUE(m.start(
      [](void* arg) -> std::uint64_t {
        auto& s = *static_cast<Seen*>(arg);
        pthread_sigmask(SIG_SETMASK, nullptr, &s.blocked);
        pthread_getname_np(pthread_self(), s.name, sizeof s.name);
        const bool named = std::strcmp(s.name, "edgespan") == 0;  // its starter may still be about to
        if (named) s.done = true;
        return named ? hour_us : 1000;
      },
      &seen));
  TEST_ASSERT_TRUE(m.soon([&] { return seen.done.load(); }));
  TEST_ASSERT_TRUE(m.stop());
  for (const int signal : {SIGTERM, SIGINT, SIGALRM, SIGPIPE, SIGUSR1, SIGCHLD}) {
    TEST_ASSERT_EQUAL(1, sigismember(&seen.blocked, signal));
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

EDGESPAN_TEST(lookup_connection_and_bytes_each_end_the_wait, "posix") {
  const LoopbackServer server;
  Machine m;
  Reader reader{m.port.stream(), server.port(), true};
  TEST_ASSERT_TRUE(m.start(read_step, &reader));
  TEST_ASSERT_TRUE(m.soon([&] { return reader.state == 2; }));
  TEST_ASSERT_TRUE(m.stop());
  TEST_ASSERT_LESS_OR_EQUAL(20, reader.steps);
}

// A step may find the reporter busy on another thread and leave the stream alone.
EDGESPAN_TEST(bytes_or_an_end_that_no_step_looks_at_do_not_keep_the_worker_busy, "posix") {
  LoopbackServer::Behaviour closing;
  closing.closes_after_reply = true;
  const LoopbackServer server(closing);
  Machine m;
  Reader reader{m.port.stream(), server.port(), false};
  TEST_ASSERT_TRUE(m.start(read_step, &reader));
  TEST_ASSERT_TRUE(m.soon([&] { return reader.state == 1 && server.requests().size() == 1; }));
  TEST_ASSERT_TRUE(m.soon([&] { return reader.steps > 1; }));
  m.pause(50'000);
  const int steps = reader.steps;
  m.pause(200'000);
  TEST_ASSERT_LESS_OR_EQUAL(1, reader.steps - steps);
  TEST_ASSERT_TRUE(m.stop());
}

EDGESPAN_TEST(many_threads_may_wake_one_may_stop, "posix") {
  Machine m;
  m.job.wait_us = 100;
  TEST_ASSERT_TRUE(m.start());
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
  TEST_ASSERT_TRUE(stopped);
}

#ifndef __SANITIZE_THREAD__  // which does not let a forked child start threads
EDGESPAN_TEST(a_forked_child_has_no_worker_and_may_start_its_own, "posix") {
  if (!edgespan::test::forked_child_may_start_threads()) return;
  Machine m;
  TEST_ASSERT_TRUE(m.start());
  TEST_ASSERT_TRUE(m.soon([&] { return m.job.steps >= 1; }));
  const pid_t child = fork();
  TEST_ASSERT_GREATER_OR_EQUAL(0, child);
  if (child == 0) {
    alarm(100);
    const int steps = m.job.steps;
    bool good = m.stop(hour_us) && m.job.steps == steps;
    good = good && m.start() && m.soon([&] { return m.job.steps > steps; }) && m.stop();
    _exit(good ? 0 : 1);
  }
  int status = -1;
  TEST_ASSERT_EQUAL(child, waitpid(child, &status, 0));
  TEST_ASSERT_EQUAL(0, status);
  const int steps = m.job.steps;
  m.wake();
  TEST_ASSERT_TRUE(m.soon([&] { return m.job.steps > steps; }));
  TEST_ASSERT_TRUE(m.stop());
}
#endif

#if EDGESPAN_STACK_CAN_BE_PAINTED
EDGESPAN_TEST(the_reporters_thread_asks_for_several_times_the_stack_that_its_work_takes, "posix") {
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
  TEST_ASSERT_EQUAL(Status::ok, tracing.init(memory, {.local = {.service_name = "stack"}}, m.clock));
  TEST_ASSERT_EQUAL(Status::ok, http.init(m.port.stream(), url));
  TEST_ASSERT_EQUAL(Status::ok, reporter.init(tracing, http.sender()));
  TEST_ASSERT_EQUAL(Status::ok, reporter.start(worker));
  for (int i = 0; i < 200; ++i) tracing.span("one").tag("k", "v").finish();
  reporter.uplink_ready();
  TEST_ASSERT_EQUAL(Status::ok, reporter.stop(patience_us / 1'000));
  TEST_ASSERT_GREATER_THAN(0, tracing.books().delivered);
  TEST_CONTEXT("used: " << painted.used());
  TEST_ASSERT_GREATER_THAN(256, painted.used());
  TEST_ASSERT_LESS_OR_EQUAL(posix::Config{}.stack_bytes / 4, painted.used());
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
  TEST_ASSERT_EQUAL(0, pthread_create(&thread, nullptr, look, &bytes));
  pthread_join(thread, nullptr);
  return bytes;
}

EDGESPAN_TEST(a_thread_whose_maker_does_not_say_gets_the_stack_of_the_process_default, "posix") {
  pthread_attr_t before;
  TEST_ASSERT_EQUAL(0, pthread_getattr_default_np(&before));
  const std::size_t usual = stack_of_a_thread();
  TEST_ASSERT_FALSE(edgespan::posix::default_thread_stack(1));
  TEST_ASSERT_EQUAL(usual, stack_of_a_thread());
  constexpr std::size_t wanted = 256 * 1024;
  const bool set = edgespan::posix::default_thread_stack(wanted);
  const std::size_t given = stack_of_a_thread();
  TEST_ASSERT_EQUAL(0, pthread_setattr_default_np(&before));
  pthread_attr_destroy(&before);
  TEST_ASSERT_TRUE(set);
  TEST_ASSERT_GREATER_OR_EQUAL(wanted, given);
  TEST_ASSERT_LESS_THAN(2 * wanted, given);  // glibc adds room for thread-local data
  TEST_ASSERT_EQUAL(usual, stack_of_a_thread());
}

}  // namespace
