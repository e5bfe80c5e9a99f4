// SPDX-License-Identifier: Apache-2.0
// The end of a program whose agent is static and runs. Each program is a child, before which no test here
// starts a client of librdkafka: its threads would be missing in the child.
#include <edgespan/agent.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "support/test.hpp"

namespace {

using namespace edgespan;

Agent<> agent;

// Starts the agent, leaves a span in it and ends as a program does that stops its agent when it exits, or not
// at all. True if the program ended in time.
bool exits(const char* url, bool stops_at_exit) {
  const pid_t child = fork();
  TEST_ASSERT_TRUE(child >= 0);
  if (child == 0) {
    alarm(20);
    if (!agent.start({.service_name = "gateway", .url = url}).ok()) _exit(1);
    agent.tracing().span("held").finish();
    if (stops_at_exit) std::atexit([] { static_cast<void>(agent.stop(100)); });
    std::exit(0);
  }
  int status = 0;
  TEST_ASSERT_TRUE(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

EDGESPAN_TEST(a_program_exits_whether_it_stops_its_agent_or_not, "agent") {
  for (const char* url : {"none:", "http://127.0.0.1:1", "kafka://127.0.0.1:1"}) {
    TEST_ASSERT_TRUE(exits(url, true));
    TEST_ASSERT_TRUE(exits(url, false));
  }
}

}  // namespace
