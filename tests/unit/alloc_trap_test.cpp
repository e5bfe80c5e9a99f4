// SPDX-License-Identifier: Apache-2.0
// The trap that this very program is linked with: it must spring on an allocation of the agent, on nothing
// else.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "memory/canary.hpp"
#include "memory/trap.hpp"
#include "support/mock_kafka.hpp"
#include "support/test.hpp"

namespace {

using namespace edgespan;
using namespace edgespan::test;

struct End {
  int status = 0;
  std::string stderr_text;
};

End run_in_child(void (*function)()) {
  int ends[2] = {-1, -1};
  TEST_ASSERT_EQUAL(0, pipe(ends));
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);  // Catch2's would write a report
    dup2(ends[1], STDERR_FILENO);
    function();
    _exit(0);
  }
  close(ends[1]);
  End end;
  char buffer[512];
  for (ssize_t n = 0; (n = read(ends[0], buffer, sizeof buffer)) > 0;)
    end.stderr_text.append(buffer, static_cast<std::size_t>(n));
  close(ends[0]);
  TEST_ASSERT_EQUAL(child, waitpid(child, &end.status, 0));
  return end;
}

void allocate_in_all_ways() {
  std::vector<std::string> texts;
  for (int i = 0; i < 100; ++i) texts.emplace_back(100, 'x');
  std::free(strdup(texts.back().c_str()));
  rd_kafka_conf_destroy(rd_kafka_conf_new());
}

EDGESPAN_TEST(alloc_trap_springs_on_each_way_in_which_the_agent_could_allocate, "memory") {
  for (const auto function : {canary::call_malloc, canary::call_new, canary::call_c_library,
                              canary::call_cpp_library, canary::call_standard_template}) {
    const End end = run_in_child(function);
    TEST_ASSERT_TRUE(WIFSIGNALED(end.status));
    TEST_ASSERT_EQUAL(SIGABRT, WTERMSIG(end.status));
    TEST_ASSERT_EQUAL(0, end.stderr_text.find("edgespan allocated "));
  }
}

EDGESPAN_TEST(alloc_trap_leaves_the_allocations_of_others_alone, "memory") {
  allocate_in_all_ways();
  canary::call_back(allocate_in_all_ways);
}

// The whole way, with everything that allocates on the agent's own threads and stacks: a sender of the
// test's, librdkafka underneath, interceptors on top.
EDGESPAN_TEST(alloc_trap_is_armed_while_a_message_is_traced, "memory") {
  const Allocations before = thread_allocations();
  Traced traced;
  const Client client{
      traced.create(RD_KAFKA_PRODUCER, Settings{{"bootstrap.servers", MockCluster::shared().brokers()}})};
  TracingProducer producer{traced.kafka, client.get()};
  TEST_ASSERT_EQUAL(0, producer.send({.topic = MockCluster::shared().topic().c_str(), .value = "v"}));
  TEST_ASSERT_EQUAL(0, rd_kafka_flush(client.get(), 10'000));
  TEST_ASSERT_EQUAL_STRING("send", traced.spans(1)[0].name);
  TEST_ASSERT_GREATER_THAN(
      4, (thread_allocations() - before).calls);  // by librdkafka, for the message and its header
}

}  // namespace
