// SPDX-License-Identifier: Apache-2.0
// Row 20 of the failure model: the limits of a process that the system holds it to.
#include <edgespan/agent.hpp>
#include <edgespan/posix_memory_limit.hpp>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <string_view>

#include "support/test.hpp"

namespace {

using namespace edgespan;

// In a child, whose limits nobody else has.
template <typename Work>
int in_child(Work work) {
  std::fflush(stdout);
  const pid_t child = fork();
  TEST_ASSERT_TRUE(child >= 0);
  if (child == 0) {
    alarm(60);
    _exit(work());
  }
  int status = 0;
  TEST_ASSERT_TRUE(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

EDGESPAN_TEST(the_least_resource_limit_counts_and_is_named, "posix") {
  constexpr rlim_t bytes = rlim_t{1} << 20;  // less than any cgroup in which this test runs
  const auto limited = [&](int resource, const char* name, rlim_t at) {
    return in_child([&] {
      (void)posix::memory_limit();  // its part of the stack is there
      const rlimit limit{at, RLIM_INFINITY};
      if (setrlimit(static_cast<decltype(RLIMIT_AS)>(resource), &limit) != 0) return 2;
      const posix::MemoryLimit found = posix::memory_limit();
      if (found.bytes != at) return 3;
      return std::string_view{found.set_by} == name ? 0 : 4;
    });
  };
  TEST_ASSERT_EQUAL(0, limited(RLIMIT_AS, "RLIMIT_AS", bytes));
  TEST_ASSERT_EQUAL(0, limited(RLIMIT_DATA, "RLIMIT_DATA", bytes - 4'096));
}

// Through the real port: what the process may take is asked of the system.
EDGESPAN_TEST(a_start_meets_the_limit_of_its_own_process, "agent") {
  TEST_ASSERT_EQUAL(0, in_child([] {
                      const std::uint64_t granted = std::uint64_t{1}
                                                    << 40;  // more than there is, so it hurts nobody
                      const rlimit limit{granted, RLIM_INFINITY};
                      if (setrlimit(RLIMIT_AS, &limit) != 0) return 2;
                      static Agent<> agent;
                      AgentConfig config{.service_name = "gateway", .url = "none:"};
                      config.memory_max_bytes = granted + 1;
                      const AgentStatus refused = agent.start(config);
                      if (refused.status() != Status::too_small) return 3;
                      if (std::string_view{refused.text()}.find(" grants ") == std::string_view::npos)
                        return 4;
                      config.memory_max_bytes = 0;
                      return agent.start(config).ok() && agent.stop(1'000) == Status::ok ? 0 : 5;
                    }));
}

}  // namespace
