// SPDX-License-Identifier: Apache-2.0
// The year 2040, two years after 32-bit seconds end: the C library's wall clock says so to everything in this
// program, to edgespan's port and to librdkafka alike (the linker's --wrap, see CMakeLists.txt).
#include <edgespan/posix_port.hpp>

#include "http/http_date.hpp"
#include "support/kafka_clients.hpp"

#include <pthread.h>
#include <sys/time.h>
#include <threads.h>

#include <cstdint>
#include <ctime>
#include <string>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::test;
using namespace std::chrono_literals;

constexpr std::int64_t start_of_2040_s = 2'208'988'800;
constexpr std::int64_t a_day_s = 86'400;

void require_2040(std::int64_t seconds) {
  TEST_ASSERT_GREATER_OR_EQUAL(start_of_2040_s, seconds);
  TEST_ASSERT_LESS_THAN(start_of_2040_s + a_day_s, seconds);
}

}  // namespace

// With _TIME_BITS=64 a 32-bit C library has these functions under other names.
#ifdef __USE_TIME_BITS64
#define NAMED(prefix, name, name_of_64) __asm__(prefix name_of_64)
#else
#define NAMED(prefix, name, name_of_64) __asm__(prefix name)
#endif

extern "C" {

int real_clock_gettime(clockid_t id, timespec* now) NAMED("__real_", "clock_gettime", "__clock_gettime64");
int real_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* until)
    NAMED("__real_", "pthread_cond_timedwait", "__pthread_cond_timedwait64");
int real_cnd_timedwait(cnd_t* condition, mtx_t* mutex, const timespec* until)
    NAMED("__real_", "cnd_timedwait", "__cnd_timedwait64");

int wrap_clock_gettime(clockid_t id, timespec* now) NAMED("__wrap_", "clock_gettime", "__clock_gettime64");
int wrap_gettimeofday(timeval* now, void* zone) NAMED("__wrap_", "gettimeofday", "__gettimeofday64");
time_t wrap_time(time_t* also) NAMED("__wrap_", "time", "__time64");
int wrap_timespec_get(timespec* now, int base) NAMED("__wrap_", "timespec_get", "__timespec_get64");
int wrap_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* until)
    NAMED("__wrap_", "pthread_cond_timedwait", "__pthread_cond_timedwait64");
int wrap_cnd_timedwait(cnd_t* condition, mtx_t* mutex, const timespec* until)
    NAMED("__wrap_", "cnd_timedwait", "__cnd_timedwait64");

}  // extern "C"

// The program's first look at the clock is 2040-01-01, and time goes on from there.
static time_t years_ahead_s() {
  static const time_t ahead_s = [] {
    timespec first{};
    real_clock_gettime(CLOCK_REALTIME, &first);
    return static_cast<time_t>(start_of_2040_s) - first.tv_sec;
  }();
  return ahead_s;
}

// The kernel stays in the present: what waits for an hour of 2040 waits for the same hour of its own. Hours
// of the monotonic clock are far below.
static timespec for_the_kernel(timespec until) {
  if (until.tv_sec >= start_of_2040_s) until.tv_sec -= years_ahead_s();
  return until;
}

int wrap_clock_gettime(clockid_t id, timespec* now) {
  const int result = real_clock_gettime(id, now);
  if (result == 0 && id == CLOCK_REALTIME) now->tv_sec += years_ahead_s();
  return result;
}

int wrap_gettimeofday(timeval* now, void*) {
  timespec time{};
  const int result = wrap_clock_gettime(CLOCK_REALTIME, &time);
  now->tv_sec = time.tv_sec;
  now->tv_usec = static_cast<suseconds_t>(time.tv_nsec / 1000);
  return result;
}

time_t wrap_time(time_t* also) {
  timespec now{};
  wrap_clock_gettime(CLOCK_REALTIME, &now);
  if (also != nullptr) *also = now.tv_sec;
  return now.tv_sec;
}

int wrap_timespec_get(timespec* now, int base) {
  return wrap_clock_gettime(CLOCK_REALTIME, now) == 0 ? base : 0;
}

int wrap_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* until) {
  const timespec real = for_the_kernel(*until);
  return real_cond_timedwait(condition, mutex, &real);
}

int wrap_cnd_timedwait(cnd_t* condition, mtx_t* mutex, const timespec* until) {
  const timespec real = for_the_kernel(*until);
  return real_cnd_timedwait(condition, mutex, &real);
}

namespace {

EDGESPAN_TEST(in_2040_the_port_and_the_c_library_agree_on_the_date, "time") {
  static_assert(sizeof(std::time_t) == 8);
  require_2040(std::time(nullptr));
  posix::Port port;
  TEST_ASSERT_TRUE(port.init());
  require_2040(static_cast<std::int64_t>(port.clock().wall_us(port.clock().ctx) / 1'000'000));
  const std::time_t now_s = std::time(nullptr);
  std::tm date{};
  TEST_ASSERT_NOT_NULL(gmtime_r(&now_s, &date));
  TEST_ASSERT_EQUAL(140, date.tm_year);
}

EDGESPAN_TEST(in_2040_spans_and_librdkafkas_messages_carry_the_date, "time") {
  const std::string topic = MockCluster::shared().topic();
  Traced traced;  // its clock asks the C library
  ReportingProducer producer{traced};
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, producer->send({.topic = topic.c_str(), .key = "k"}));
  producer.delivered(1);
  PlainConsumer consumer{{{topic, 1}}};
  TracingConsumer tracing{traced.kafka, consumer.handle(), traced.kafka_memory->consumer};
  ConsumerBatch batch = tracing.poll(20s);
  TEST_ASSERT_EQUAL(1, batch.size());
  for (ConsumerRecord& record : batch) {
    rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
    require_2040(rd_kafka_message_timestamp(record.message(), &type) / 1000);
    traced.kafka.next_span(record).name("process").finish();
  }
  for (const DecodedSpan& span : traced.spans(3)) {
    require_2040(static_cast<std::int64_t>(span.timestamp / 1'000'000));
    TEST_ASSERT_LESS_THAN(60'000'000, span.duration);
  }
}

EDGESPAN_TEST(in_2040_a_date_of_a_collector_is_read, "time") {
  TEST_ASSERT_EQUAL_UINT64(start_of_2040_s + 30,
                           http_detail::parse_http_date("Sun, 01 Jan 2040 00:00:30 GMT"));
  TEST_ASSERT_EQUAL_UINT64(start_of_2040_s + 30, http_detail::parse_http_date("Sun Jan  1 00:00:30 2040"));
}

}  // namespace
