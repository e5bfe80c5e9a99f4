// SPDX-License-Identifier: Apache-2.0
// Linked into librdkafka's own tests: every client that they make is traced. The linker sends each call of
// the functions below to __wrap_NAME, and __real_NAME is librdkafka's. At the end one line tells what the
// agent's books say; books that do not add up end the program with an error.
#include <edgespan/basic_agent.hpp>
#include <edgespan/kafka.hpp>
#include <edgespan/posix_port.hpp>

#include <librdkafka/rdkafka.h>

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <new>
#include <set>
#include <span>
#include <utility>

namespace {

using namespace edgespan;

constexpr Limits limits{.ring_bytes = 1'048'576};
constexpr KafkaLimits kafka_limits{.inflight_max = 4'096};

SendResult accept(void*, std::span<const std::byte>, std::uint64_t) {
  SendResult result;
  result.outcome = Outcome::delivered;
  result.status = 202;
  return result;
}

// Never destroyed: clients may outlive main().
struct Suite {
  posix::Port port;
  BasicAgent<limits> agent;
  KafkaMemory<kafka_limits> memory;
  KafkaTracing kafka;
  pid_t pid = getpid();
  std::mutex lock;
  std::set<const rd_kafka_conf_t*> intercepted;  // configurations with an interceptor of the test's own

  Suite() {
    const bool started =
        port.init() &&
        agent.start({.service_name = "suite"}, port.clock(), {nullptr, accept, [](void*) {}}, &port.worker())
            .ok() &&
        kafka.init(agent.tracing(), memory.inflight) == Status::ok;
    if (started) return;
    std::fputs("edgespan: the agent did not start\n", stderr);
    std::abort();
  }
};

Suite* running = nullptr;

// Not in a child of fork: its books are its parent's.
void report() {
  if (running->pid != getpid()) return;
  static_cast<void>(running->agent.stop(5'000));
  const Books books = running->agent.books();
  std::fprintf(stderr,
               "edgespan: finished=%llu delivered=%llu dropped=%llu expired=%u inflight_full=%u"
               " headers_failed=%u balanced=%d faults=%u\n",
               static_cast<unsigned long long>(books.finished),
               static_cast<unsigned long long>(books.delivered),
               static_cast<unsigned long long>(books.dropped_total()), books.expired, books.inflight_full,
               books.headers_failed, books.balanced() ? 1 : 0, books.faults);
  if (!books.balanced() || books.faults != 0) _exit(99);
}

Suite& suite() {
  static Suite* const made = [] {
    running = new Suite;
    std::atexit(report);
    return running;
  }();
  return *made;
}

// Inside a call of edgespan's: what it asks of librdkafka is not wrapped once more.
thread_local bool inside = false;

template <typename Call>
auto unwrapped(Call call) {
  const bool before = std::exchange(inside, true);
  auto result = call();
  inside = before;
  return result;
}

bool is_intercepted(const rd_kafka_conf_t* conf) {
  const std::lock_guard<std::mutex> guard{suite().lock};
  return suite().intercepted.contains(conf);
}

void forget(const rd_kafka_conf_t* conf) {
  const std::lock_guard<std::mutex> guard{suite().lock};
  suite().intercepted.erase(conf);
}

}  // namespace

extern "C" {

rd_kafka_t* __real_rd_kafka_new(rd_kafka_type_t type, rd_kafka_conf_t* conf, char* errstr, std::size_t size);
void __real_rd_kafka_conf_destroy(rd_kafka_conf_t* conf);
rd_kafka_resp_err_t __real_rd_kafka_conf_interceptor_add_on_new(rd_kafka_conf_t* conf, const char* name,
                                                                rd_kafka_interceptor_f_on_new_t* on_new,
                                                                void* opaque);

// As an application would do it: create(), or install() where it has interceptors of its own.
rd_kafka_t* __wrap_rd_kafka_new(rd_kafka_type_t type, rd_kafka_conf_t* conf, char* errstr, std::size_t size) {
  if (inside) return __real_rd_kafka_new(type, conf, errstr, size);
  return unwrapped([&] {
    if (!is_intercepted(conf)) return suite().kafka.create(type, conf, errstr, size);
    static_cast<void>(suite().kafka.install(conf));
    rd_kafka_t* rk = __real_rd_kafka_new(type, conf, errstr, size);
    if (rk != nullptr) forget(conf);
    return rk;
  });
}

void __wrap_rd_kafka_conf_destroy(rd_kafka_conf_t* conf) {
  forget(conf);
  __real_rd_kafka_conf_destroy(conf);
}

rd_kafka_resp_err_t __wrap_rd_kafka_conf_interceptor_add_on_new(rd_kafka_conf_t* conf, const char* name,
                                                                rd_kafka_interceptor_f_on_new_t* on_new,
                                                                void* opaque) {
  if (!inside) {
    const std::lock_guard<std::mutex> guard{suite().lock};
    suite().intercepted.insert(conf);
  }
  return __real_rd_kafka_conf_interceptor_add_on_new(conf, name, on_new, opaque);
}

}  // extern "C"
