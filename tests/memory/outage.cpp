// SPDX-License-Identifier: Apache-2.0
// The process whose memory outage.py measures: a traced producer and consumer inside their limits, and the
// agent with its reporter. Offers messages of 1 kB as fast as it can. Usage: outage BROKERS ZIPKIN_URL
// SECONDS
#include <malloc.h>
#include <pthread.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <edgespan/agent.hpp>
#include <edgespan/kafka_constrain.hpp>
#include <edgespan/posix_thread_stack.hpp>
#include <edgespan/rdkafka_memory.hpp>

#include "memory/canary.hpp"
#include "memory/heap.hpp"

namespace {

using namespace edgespan;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

Agent<> agent;

struct Counts {
  unsigned long offered = 0, accepted = 0, refused = 0, delivered = 0, failed = 0;
} counts;
std::atomic<unsigned long> consumed{0};
std::atomic<bool> done{false};
std::size_t heap_before = 0;

// The broker's batches are no larger than an answer may be.
constexpr std::size_t heap_promised =
    rdkafka_memory_bytes(ProducerLimits{}) +
    rdkafka_memory_bytes(ConsumerLimits{.batch_bytes_max = ConsumerLimits{}.fetch_bytes});

void on_report(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
  ++(message->err == RD_KAFKA_RESP_ERR_NO_ERROR ? counts.delivered : counts.failed);
}

rd_kafka_t* client(rd_kafka_type_t type, const char* brokers) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "bootstrap.servers", brokers, nullptr, 0);
  rd_kafka_conf_set(conf, "log_level", "0", nullptr, 0);
  if (type == RD_KAFKA_PRODUCER) {
    rd_kafka_conf_set(conf, "message.timeout.ms", "10000", nullptr, 0);
    rd_kafka_conf_set_dr_msg_cb(conf, on_report);
    constrain(conf, ProducerLimits{});
  } else {
    rd_kafka_conf_set(conf, "group.id", "outage", nullptr, 0);
    constrain(conf, ConsumerLimits{});
  }
  char errstr[256];
  rd_kafka_t* made = agent.kafka().create(type, conf, errstr, sizeof errstr);
  if (made == nullptr) std::fprintf(stderr, "%s\n", errstr), std::exit(1);
  return made;
}

void* consume(void* rk) {
  auto* consumer_rk = static_cast<rd_kafka_t*>(rk);
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, "commands", 0)->offset = 0;
  rd_kafka_assign(consumer_rk, list);
  rd_kafka_topic_partition_list_destroy(list);
  TracingConsumer consumer{agent.kafka(), consumer_rk, agent.consumer_memory()};
  while (!done) {
    for (auto& record : consumer.poll(100ms)) {
      if (record.error() != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
      auto span = agent.kafka().next_span(record).name("process");
      ++consumed;
    }
  }
  return nullptr;
}

void offer(TracingProducer& producer, std::chrono::seconds how_long) {
  static char value[1'000];
  for (const auto begun = Clock::now(); Clock::now() - begun < how_long;) {
    ++counts.offered;
    const rd_kafka_resp_err_t error =
        producer.send({.topic = "readings", .key = "pump-7", .value = {value, sizeof value}});
    ++(error == RD_KAFKA_RESP_ERR_NO_ERROR ? counts.accepted : counts.refused);
    rd_kafka_poll(producer.handle(), error == RD_KAFKA_RESP_ERR_NO_ERROR ? 0 : 1);
  }
}

long status_kb(const char* name) {
  char line[128];
  long kb = -1;
  std::FILE* file = std::fopen("/proc/self/status", "r");
  while (file != nullptr && std::fgets(line, sizeof line, file) != nullptr) {
    if (std::strncmp(line, name, std::strlen(name)) == 0) kb = std::atol(line + std::strlen(name));
  }
  if (file != nullptr) std::fclose(file);
  return kb;
}

void report(const char* phase) {
  const Books books = agent.books();
  std::printf(
      "{\"phase\": \"%s\", \"offered\": %lu, \"accepted\": %lu, \"refused\": %lu, \"delivered\": %lu, "
      "\"failed\": %lu, "
      "\"consumed\": %lu, \"rss_kb\": %ld, \"peak_kb\": %ld, \"heap\": %zu, \"heap_peak\": %zu, "
      "\"heap_promised\": %zu, "
      "\"balanced\": %s, "
      "\"finished\": %llu, \"spans_delivered\": %llu, \"spans_dropped\": %llu, \"inflight_full\": %u, "
      "\"sends_refused\": %u, \"refusals_folded\": %u, \"faults\": %u}\n",
      phase, counts.offered, counts.accepted, counts.refused, counts.delivered, counts.failed,
      consumed.load(), status_kb("VmRSS:"), status_kb("VmHWM:"), test::heap_live_bytes() - heap_before,
      test::heap_peak_bytes() - heap_before, heap_promised, books.balanced() ? "true" : "false",
      static_cast<unsigned long long>(books.finished), static_cast<unsigned long long>(books.delivered),
      static_cast<unsigned long long>(books.dropped_total()), books.inflight_full, books.sends_refused,
      books.refusals_folded, books.faults);
  std::fflush(stdout);
}

void wait_for_word() {
  char word[32];
  if (std::fgets(word, sizeof word, stdin) == nullptr) std::exit(1);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) return 2;
  if (std::strcmp(arguments[1], "canary") == 0)
    canary::call_malloc();  // so that outage.py sees the trap spring
  // What is counted is librdkafka's: the C++ library keeps a reserve for exceptions on the heap.
  heap_before = test::heap_live_bytes();
  // What an application decides for its process: one arena, memory given back early, smaller stacks.
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_TRIM_THRESHOLD, 65'536);
  mallopt(M_MMAP_THRESHOLD, 65'536);
  if (!posix::default_thread_stack(rdkafka_thread_stack_bytes)) return 1;
  const AgentStatus started = agent.start({.service_name = "outage", .url = arguments[2]});
  if (!started.ok()) {
    std::fprintf(stderr, "outage: %s\n", started.text());
    return 1;
  }
  rd_kafka_t* consumer = client(RD_KAFKA_CONSUMER, arguments[1]);
  TracingProducer producer{agent.kafka(), client(RD_KAFKA_PRODUCER, arguments[1])};
  pthread_t thread{};
  pthread_create(&thread, nullptr, consume, consumer);
  offer(producer, 5s);
  report("load");
  wait_for_word();  // down
  offer(producer, std::chrono::seconds{std::atoi(arguments[3])});
  report("down");
  wait_for_word();  // up
  offer(producer, 10s);
  report("up");
  rd_kafka_flush(producer.handle(), 20'000);
  done = true;
  pthread_join(thread, nullptr);
  (void)agent.stop(5'000);  // what it could not deliver is in the books
  report("end");
  rd_kafka_consumer_close(consumer);
  rd_kafka_destroy(consumer);
  rd_kafka_destroy(producer.handle());
}
