// SPDX-License-Identifier: Apache-2.0
// Row 20 of the failure model: the process may have only so much memory (RLIMIT_AS), and the broker is away.
// librdkafka ends the process when an allocation fails, so what it holds must be bounded beforehand. Each
// client runs in a child, before which no test here starts one: its threads would be missing there.
#include <edgespan/agent.hpp>
#include <edgespan/kafka_constrain.hpp>
#include <edgespan/posix_thread_stack.hpp>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>

#include "support/kafka_clients.hpp"

namespace {

using namespace edgespan;
using namespace edgespan::test;

constexpr std::size_t room_bytes = 64 << 20;  // beside what the process has before
constexpr int sends = 200'000;                // of a kilobyte: three times the room

bool limit_address_space() {
  unsigned long pages = 0;
  std::FILE* const file = std::fopen("/proc/self/statm", "re");
  const bool read = file != nullptr && std::fscanf(file, "%lu", &pages) == 1;
  if (file != nullptr) std::fclose(file);
  const rlim_t bytes = pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE)) + room_bytes;
  const rlimit limit{bytes, bytes};
  return read && setrlimit(RLIMIT_AS, &limit) == 0 && posix::default_thread_stack(256 * 1'024);
}

// In the child: an agent and a traced producer, and far more messages than there is memory. 0: all is as
// promised.
int send_without_a_broker(bool bounded) {
  if (!limit_address_space()) return 2;
  static Agent<> agent;
  if (!agent.start({.service_name = "gateway", .url = "none:"}).ok()) return 3;
  rd_kafka_conf_t* conf = without_metrics(make_conf({{"bootstrap.servers", "127.0.0.1:9"}}));
  if (bounded && !constrain(conf, ProducerLimits{}).ok()) return 4;
  char errstr[256] = "";
  const Client client{agent.kafka().create(RD_KAFKA_PRODUCER, conf, errstr, sizeof errstr)};
  if (client == nullptr) return 5;
  TracingProducer producer{agent.kafka(), client.get()};
  const std::string value(1'000, 'v');
  int accepted = 0;
  for (int i = 0; i < sends; ++i) {
    const rd_kafka_resp_err_t error = producer.send({.topic = "t", .key = "k", .value = value});
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) ++accepted;
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR && error != RD_KAFKA_RESP_ERR__QUEUE_FULL) return 6;
  }
  if (accepted == 0 || (bounded && accepted > 256)) return 7;
  (void)agent.stop(1'000);
  const Books books = agent.books();
  return books.balanced() && books.faults == 0 ? 0 : 8;
}

int in_child(bool bounded) {
  std::fflush(stdout);
  const pid_t child = fork();
  TEST_ASSERT_TRUE(child >= 0);
  if (child == 0) {
    alarm(120);
    if (std::freopen("/dev/null", "w", stderr) == nullptr) _exit(9);  // librdkafka's last words
    _exit(send_without_a_broker(bounded));
  }
  int status = 0;
  TEST_ASSERT_TRUE(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

EDGESPAN_TEST(kafka_a_bounded_producer_survives_where_an_unbounded_one_runs_out_of_memory, "kafka") {
  TEST_ASSERT_EQUAL(0, in_child(true));
  TEST_ASSERT_NOT_EQUAL(0, in_child(false));  // or the limit would show nothing
}

}  // namespace
