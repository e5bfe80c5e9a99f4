// SPDX-License-Identifier: Apache-2.0
// Built with a header that `edgespan budget` printed: the uplink is down, spans come in, and as many wait as
// the header says; the broker is down, messages come in, and as many are taken; the process stays inside
// MemoryMax.
#include <edgespan/basic_agent.hpp>
#include <edgespan/kafka.hpp>
#include <edgespan/kafka_constrain.hpp>
#include <edgespan/posix_port.hpp>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "budget.hpp"

namespace {

using namespace edgespan;

BasicAgent<budget::limits> agent;
KafkaMemory<budget::kafka_limits> kafka_memory;

void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "edgespan budget: %s\n", what);
  std::exit(1);
}

// A collector that nobody reaches.
SendResult unreachable(void*, std::span<const std::byte>, std::uint64_t) {
  SendResult result;
  result.outcome = Outcome::unreachable;
  return result;
}

// A child span of exactly budget::span_bytes in the ring: a tag fills it up.
void finish_span(Tracing& tracing, std::size_t filler_bytes) {
  static const std::string filler(budget::span_bytes, 'x');
  Span span = tracing.child({.trace_hi = 1, .trace_lo = 2, .span_id = 3, .decision = Decision::accept});
  span.name("send").kind(Kind::producer);
  span.tag("k", std::string_view{filler}.substr(0, filler_bytes));
}

// What one such span takes on its way out.
std::size_t encoded_bytes(std::size_t filler_bytes) {
  static BasicAgent<> scratch;
  static std::size_t seen;
  seen = 0;
  const auto offer = [](void*, std::span<const std::byte> batch, std::uint64_t) {
    seen = batch.size();
    SendResult result;
    result.outcome = Outcome::delivered;
    return result;
  };
  posix::Port port;
  require(port.init(), "the port does not start");
  const AgentStatus started =
      scratch.start({.service_name = "gateway"}, port.clock(), {nullptr, offer, [](void*) {}});
  require(started.ok(), started.text());
  finish_span(scratch.tracing(), filler_bytes);
  require(scratch.stop(10'000) == Status::ok && seen != 0, "no span came out");
  return seen;
}

// The tag that makes a span of that size, or of a byte less where no tag makes just that.
std::size_t filler_for_span() {
  std::size_t filler = 1;
  require(encoded_bytes(filler) <= budget::span_bytes, "--span is below what this test can make");
  while (encoded_bytes(filler + 1) <= budget::span_bytes) ++filler;
  return filler;
}

void hold_spans(Tracing& tracing, Reporter& reporter) {
  const std::size_t filler = filler_for_span();
  std::uint64_t finished = 0;
  for (; tracing.books().dropped_total() == 0; ++finished) {
    require(finished < 2 * budget::spans_held + 100, "the ring holds far more than was promised");
    finish_span(tracing, filler);
    if (finished % 16 == 0) (void)reporter.step();
  }
  std::printf("%llu spans of %u bytes were held, %llu promised\n",
              static_cast<unsigned long long>(finished - 1), budget::span_bytes,
              static_cast<unsigned long long>(budget::spans_held));
  require(finished - 1 >= budget::spans_held, "fewer spans are held than was promised");
}

rd_kafka_t* new_client(KafkaTracing& kafka, rd_kafka_type_t type, rd_kafka_conf_t* conf) {
  char errstr[256] = "";
  rd_kafka_conf_set(conf, "bootstrap.servers", "127.0.0.1:1", errstr, sizeof errstr);  // nobody listens there
  rd_kafka_conf_set(conf, "group.id", "budget", errstr, sizeof errstr);
  rd_kafka_conf_set(conf, "log_level", "0", errstr, sizeof errstr);
  rd_kafka_t* const client = kafka.create(type, conf, errstr, sizeof errstr);
  require(client != nullptr, errstr);
  return client;
}

void fill_queue(KafkaTracing& kafka, rd_kafka_t* producer) {
  TracingProducer sender{kafka, producer};
  const std::string value(budget::message_bytes, 'v');
  std::uint32_t accepted = 0;
  while (sender.send({.topic = "t", .key = "k", .value = value}) == RD_KAFKA_RESP_ERR_NO_ERROR) ++accepted;
  std::printf("%u messages were taken with the broker away, %u planned\n", accepted,
              budget::producer.queue_messages_max);
  require(accepted == budget::producer.queue_messages_max, "the producer's queue is not as planned");
}

std::uint64_t status_bytes(const std::string& field) {
  std::ifstream status{"/proc/self/status"};
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(field + ":", 0) == 0) return std::stoull(line.substr(field.size() + 1)) * 1'024;
  }
  require(false, "/proc/self/status lacks a field");
  return 0;
}

// The resident pages of a sanitizer, or of an emulator, are not the program's.
void check_memory() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(EDGESPAN_EMULATED)
  const std::uint64_t peak = status_bytes("VmHWM");
  std::printf("resident at the most %llu bytes, %llu of them the program's files; MemoryMax %llu\n",
              static_cast<unsigned long long>(peak), static_cast<unsigned long long>(status_bytes("RssFile")),
              static_cast<unsigned long long>(budget::memory_max_bytes));
  require(peak <= budget::memory_max_bytes, "the process outgrew MemoryMax");
#endif
}

}  // namespace

int main() {
  posix::Port port;
  KafkaTracing kafka;
  require(port.init({.stack_bytes = budget::reporter_stack_bytes}), "the port does not start");
  const AgentStatus started =
      agent.start({.service_name = "gateway"}, port.clock(), {nullptr, unreachable, [](void*) {}});
  require(started.ok(), started.text());
  require(kafka.init(agent.tracing(), kafka_memory.inflight) == Status::ok, "Kafka tracing does not start");
  rd_kafka_conf_t* const producer_conf = rd_kafka_conf_new();
  rd_kafka_conf_t* const consumer_conf = rd_kafka_conf_new();
  require(constrain(producer_conf, budget::producer).ok() && constrain(consumer_conf, budget::consumer).ok(),
          "librdkafka refuses a setting");
  rd_kafka_t* const producer = new_client(kafka, RD_KAFKA_PRODUCER, producer_conf);
  rd_kafka_t* const consumer = new_client(kafka, RD_KAFKA_CONSUMER, consumer_conf);
  hold_spans(agent.tracing(), agent.reporter());
  fill_queue(kafka, producer);
  check_memory();
  rd_kafka_purge(producer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_NON_BLOCKING);
  rd_kafka_flush(producer, 1'000);
  rd_kafka_destroy(producer);
  rd_kafka_destroy(consumer);
  (void)agent.stop(0);
  require(agent.books().balanced(), "the books do not balance");
  return 0;
}
