// SPDX-License-Identifier: Apache-2.0
// The README's program as it is printed, and around it what it leaves out: a broker, a consumer, and a look
// at what it did.
#include "readme/1.inc"

#include <fcntl.h>
#include <librdkafka/rdkafka_mock.h>
#include <pthread.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace {

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

// It has its partition already, and reads from the beginning.
rd_kafka_t* new_consumer() {
  rd_kafka_conf_t* conf = configuration();
  set(conf, "group.id", "readme");
  char errstr[256];
  rd_kafka_t* consumer = rd_kafka_new(RD_KAFKA_CONSUMER, conf, errstr, sizeof errstr);
  require(consumer != nullptr, errstr);
  rd_kafka_poll_set_consumer(consumer);
  rd_kafka_topic_partition_list_t* topics = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(topics, "truck.cargo", 0)->offset = RD_KAFKA_OFFSET_BEGINNING;
  require(rd_kafka_assign(consumer, topics) == RD_KAFKA_RESP_ERR_NO_ERROR, "assign failed");
  rd_kafka_topic_partition_list_destroy(topics);
  return consumer;
}

// What run() prints, and what it returns.
std::string printed_by_run(rd_kafka_t* subscribed, int& result) {
  int ends[2];
  require(pipe(ends) == 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0, "no pipe");
  const int terminal = dup(STDOUT_FILENO);
  dup2(ends[1], STDOUT_FILENO);
  result = run(configuration(), subscribed);
  std::fflush(stdout);
  dup2(terminal, STDOUT_FILENO);
  std::string printed(1'000, '\0');
  const ssize_t n = read(ends[0], printed.data(), printed.size());
  printed.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
  for (const int end : {terminal, ends[0], ends[1]}) close(end);
  return printed;
}

// One poll may be too early for the record, so the program may run again. Nobody listens where it posts to,
// so all its spans are counted when it stops.
void check_run(rd_kafka_t* subscribed) {
  for (int runs = 0; runs < 5; ++runs) {
    int result = 0;
    const std::string printed = printed_by_run(subscribed, result);
    const edgespan::Books books = agent.books();
    require(result == 1, "stop() should say that spans are left");
    require(books.balanced() && books.dropped_total() == books.finished, "a span was lost");
    if (printed.empty()) continue;
    require(books.finished >= 3, "send, poll and process should make three spans");
    require(printed.starts_with("trace ") && printed.find(": -18.2\n") == 6 + 32,
            "the record's value should stand behind its trace id");
    return;
  }
  require(false, "the record was not handled");
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

struct PortOfArm {
  alignas(edgespan::posix::Port) std::byte bytes[port_bytes];
};

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
  row("kafka_memory_bytes(KafkaLimits{})", edgespan::kafka_memory_bytes(edgespan::KafkaLimits{}));
  row("kafka_memory_bytes(tiny_kafka_limits)", edgespan::kafka_memory_bytes(edgespan::tiny_kafka_limits));
  row("Agent<>", sizeof(edgespan::Agent<edgespan::Limits{}, edgespan::KafkaLimits{}, PortOfArm>));
  row("Agent<tiny_limits, tiny_kafka_limits>",
      sizeof(edgespan::Agent<edgespan::tiny_limits, edgespan::tiny_kafka_limits, PortOfArm>));
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
  check_run(subscribed);
  rd_kafka_consumer_close(subscribed);
  rd_kafka_destroy(subscribed);
  rd_kafka_destroy(host);
}
