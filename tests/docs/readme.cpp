// SPDX-License-Identifier: Apache-2.0
// What the README's program leaves out, around it: a broker, a consumer, and a look at what it did.
#include <edgespan/http_sender.hpp>
#include <edgespan/kafka.hpp>
#include <edgespan/posix.hpp>
#include <edgespan/reporter.hpp>

#include <librdkafka/rdkafka_mock.h>

#include <pthread.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace {

using namespace std::chrono_literals;

int handled = 0;
std::string brokers;

void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "README.md: %s\n", what);
  std::exit(1);
}

void set(rd_kafka_conf_t* conf, const char* name, const char* value) {
  char errstr[256];
  require(rd_kafka_conf_set(conf, name, value, errstr, sizeof errstr) == RD_KAFKA_CONF_OK, errstr);
}

rd_kafka_conf_t* configuration() {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  set(conf, "bootstrap.servers", brokers.c_str());
  return conf;
}

rd_kafka_t* new_consumer() {
  rd_kafka_conf_t* conf = configuration();
  set(conf, "group.id", "readme");
  set(conf, "auto.offset.reset", "earliest");
  char errstr[256];
  rd_kafka_t* consumer = rd_kafka_new(RD_KAFKA_CONSUMER, conf, errstr, sizeof errstr);
  require(consumer != nullptr, errstr);
  rd_kafka_poll_set_consumer(consumer);
  rd_kafka_topic_partition_list_t* topics = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(topics, "truck.cargo", RD_KAFKA_PARTITION_UA);
  require(rd_kafka_subscribe(consumer, topics) == RD_KAFKA_RESP_ERR_NO_ERROR, "subscribe failed");
  rd_kafka_topic_partition_list_destroy(topics);
  return consumer;
}

// The work of the README's consumer. It must find itself inside the record's span.
void handle(std::string_view value) {
  require(value == "-18.2", "the record's value is not what was sent");
  require(edgespan::current().valid(), "no span is current while a record is handled");
  ++handled;
}

// The README's program, with the names that it takes for granted. One poll may be too early for the record,
// so more follow.
bool readme(rd_kafka_conf_t* conf, rd_kafka_t* subscribed) {
  char errstr[256];
#include "readme/1.inc"

  for (int polls = 0; handled == 0 && polls < 20; ++polls) {
    for (auto& record : consumer.poll(1000ms)) {
      auto span = kafka.next_span(record).name("process");
      edgespan::Scope scope{tracing, span.context()};
      handle(record.value());
    }
  }
  require(handled == 1, "the record was not handled once");
  require(rd_kafka_flush(client, 10'000) == RD_KAFKA_RESP_ERR_NO_ERROR, "the record was not delivered");
  rd_kafka_destroy(client);

  // Nobody listens where the README posts to, so all three spans are still here.
  const edgespan::Books books = tracing.books();
  require(books.finished == 3, "send, poll and process should make three spans");
  require(books.finished == books.in_ring + books.in_batch, "a span was lost");
  require(reporter.stop(0) == timeout, "stop() should say that spans are left");
  return true;
}

// 63744 as the README writes it: 63,744.
std::string grouped(std::size_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

// The README's table has columns for 64-bit and 32-bit ARM. A port holds one mutex, of 48 bytes on the
// former; that of x86-64 is smaller, everything else has the same size there.
constexpr std::size_t port_bytes =
    sizeof(edgespan::posix::Port) + (sizeof(void*) == 8 ? 48 - sizeof(pthread_mutex_t) : 0);

void check_memory_table() {
  std::ifstream file{EDGESPAN_README};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  const auto row = [&](std::string_view name, std::size_t bytes) {
    const std::size_t at = text.find("| `" + std::string{name} + "` | ");
    require(at != text.npos, "a row of the memory table is missing");
    const std::string line = text.substr(at, text.find('\n', at) - at);
    const std::string cell = (sizeof(void*) == 8 ? "` | " : " | ") + grouped(bytes) + " |";
    if (line.find(cell) == line.npos) std::fprintf(stderr, "%s  <- measured: %zu\n", line.c_str(), bytes);
    require(line.find(cell) != line.npos, "a number of the memory table is not what the compiler measures");
  };
  row("memory_bytes(Limits{})", edgespan::memory_bytes(edgespan::Limits{}));
  row("memory_bytes(tiny_limits)", edgespan::memory_bytes(edgespan::tiny_limits));
  row("Tracing", sizeof(edgespan::Tracing));
  row("HttpSender", sizeof(edgespan::HttpSender));
  row("posix::Port", port_bytes);
  row("KafkaTracing", sizeof(edgespan::KafkaTracing));
  row("Reporter", sizeof(edgespan::Reporter));
}

}  // namespace

int main() {
  check_memory_table();
  char errstr[256];
  rd_kafka_conf_t* broker = rd_kafka_conf_new();
  set(broker, "test.mock.num.brokers", "1");
  rd_kafka_t* host = rd_kafka_new(RD_KAFKA_PRODUCER, broker, errstr, sizeof errstr);
  require(host != nullptr, errstr);
  rd_kafka_mock_cluster_t* cluster = rd_kafka_handle_mock_cluster(host);
  brokers = rd_kafka_mock_cluster_bootstraps(cluster);
  // Later releases of librdkafka report a topic that is not there yet in a record of its own.
  require(rd_kafka_mock_topic_create(cluster, "truck.cargo", 1, 1) == RD_KAFKA_RESP_ERR_NO_ERROR, "no topic");

  rd_kafka_t* subscribed = new_consumer();
  require(readme(configuration(), subscribed), "the program did not start");
  rd_kafka_consumer_close(subscribed);
  rd_kafka_destroy(subscribed);
  rd_kafka_destroy(host);
}
