// SPDX-License-Identifier: Apache-2.0
// Row 20 of the failure model: what the system lets a process take, from resource limits and from cgroups of
// both versions, and an agent that does not start where that is less than what is planned.
#include <edgespan/agent.hpp>
#include <edgespan/posix_memory_limit.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "port/posix/cgroup_limit.hpp"
#include "support/test.hpp"

namespace {

using namespace edgespan;

// A /proc/self/cgroup and a mount of cgroups.
class Cgroups {
 public:
  explicit Cgroups(const std::string& membership) {
    char name[] = "/tmp/edgespan-cgroups-XXXXXX";
    TEST_ASSERT_NOT_NULL(mkdtemp(name));
    root_ = name;
    std::ofstream{root_ + "/membership"} << membership;
  }
  ~Cgroups() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  Cgroups(const Cgroups&) = delete;
  Cgroups& operator=(const Cgroups&) = delete;

  Cgroups& limit(const std::string& folder, const std::string& file, const std::string& text) {
    std::filesystem::create_directories(root_ + "/mount" + folder);
    std::ofstream{root_ + "/mount" + folder + "/" + file} << text;
    return *this;
  }
  std::uint64_t found() const {
    return posix::cgroup_limit((root_ + "/membership").c_str(), (root_ + "/mount").c_str());
  }

 private:
  std::string root_;
};

EDGESPAN_TEST(the_least_limit_from_a_cgroup_up_to_the_root_counts, "posix") {
  Cgroups tree{"0::/system.slice/gateway.service\n"};
  TEST_ASSERT_EQUAL(UINT64_MAX, tree.found());
  tree.limit("/system.slice/gateway.service", "memory.max", "max\n");
  TEST_ASSERT_EQUAL(UINT64_MAX, tree.found());
  tree.limit("/system.slice", "memory.max", "67108864\n");
  TEST_ASSERT_EQUAL(67'108'864, tree.found());
  tree.limit("/system.slice/gateway.service", "memory.max", "33554432\n");
  TEST_ASSERT_EQUAL(33'554'432, tree.found());
  tree.limit("", "memory.max", "16777216\n");
  TEST_ASSERT_EQUAL(16'777'216, tree.found());
  tree.limit("/system.slice/gateway.service/below", "memory.max", "1\n");  // not above it
  tree.limit("/other.slice", "memory.max", "1\n");
  TEST_ASSERT_EQUAL(16'777'216, tree.found());
}

EDGESPAN_TEST(a_cgroup_of_version_1_has_its_limit_in_the_folder_of_its_controller, "posix") {
  Cgroups tree{"9:name=systemd:/\n8:cpu,cpuacct:/quick\n4:hugetlb,memory:/docker/abc\n0::/\n"};
  tree.limit("/memory/docker/abc", "memory.limit_in_bytes",
             "9223372036854771712\n");  // version 1 has no "max"
  TEST_ASSERT_EQUAL(9'223'372'036'854'771'712U, tree.found());
  tree.limit("/memory/quick", "memory.limit_in_bytes", "1\n").limit("/quick", "memory.max", "1\n");
  TEST_ASSERT_EQUAL(9'223'372'036'854'771'712U, tree.found());
  // In a container the path is the host's, and the mount begins at the container's own cgroup.
  tree.limit("/memory", "memory.limit_in_bytes", "50000000\n");
  TEST_ASSERT_EQUAL(50'000'000, tree.found());
  tree.limit("/unified", "memory.max", "40000000\n");  // both versions at once
  TEST_ASSERT_EQUAL(40'000'000, tree.found());
}

EDGESPAN_TEST(what_cannot_be_read_bounds_nothing, "posix") {
  TEST_ASSERT_EQUAL(UINT64_MAX, posix::cgroup_limit("/no/such/file", "/sys/fs/cgroup"));
  for (const char* membership : {"", "\n", "0:/", "memory", "::", "4:memory", "4:memories:/\n", "\0\n"}) {
    TEST_CONTEXT("membership = " << membership);
    Cgroups tree{membership};
    tree.limit("/memory", "memory.limit_in_bytes", "1\n");
    TEST_ASSERT_EQUAL(UINT64_MAX, tree.found());
  }
  for (const char* text : {"", "\n", "max", "-1\n", "x1\n", "99999999999999999999999\n"}) {
    TEST_CONTEXT("text = " << text);
    TEST_ASSERT_EQUAL(UINT64_MAX, Cgroups{"0::/\n"}.limit("", "memory.max", text).found());
  }
  // A path that is longer than any that is looked at, and a membership that does not end.
  Cgroups deep{"0::/" + std::string(2'000, 'x') + "\n"};
  TEST_ASSERT_EQUAL(7, deep.limit("", "memory.max", "7\n").found());
  Cgroups endless{std::string(100'000, 'x')};
  TEST_ASSERT_EQUAL(UINT64_MAX, endless.limit("", "memory.max", "7\n").found());
}

// A port whose process may take so much.
struct SmallPort : posix::Port {
  static posix::MemoryLimit memory_limit() noexcept { return {granted, "its cgroup"}; }
  static inline std::uint64_t granted = UINT64_MAX;
};
using SmallAgent = Agent<tiny_limits, tiny_kafka_limits, SmallPort>;

std::string started(const AgentConfig& config, std::uint64_t granted) {
  const auto agent = std::make_unique<SmallAgent>();
  SmallPort::granted = granted;
  const AgentStatus status = agent->start(config);
  TEST_ASSERT_EQUAL(status.ok(), agent->tracing().enabled());
  TEST_ASSERT_TRUE(status.ok() || status.status() == Status::too_small);
  TEST_ASSERT_EQUAL(Status::ok, agent->stop(1'000));
  return status.text();
}

EDGESPAN_TEST(an_agent_does_not_start_where_its_budget_is_more_than_the_process_may_take, "agent") {
  const AgentConfig config{.service_name = "gateway", .url = "none:", .memory_max_bytes = 33'554'432};
  TEST_ASSERT_EQUAL_STRING("ok", started(config, UINT64_MAX));
  TEST_ASSERT_EQUAL_STRING("ok", started(config, 33'554'432));
  TEST_ASSERT_EQUAL_STRING(
      "memory_max_bytes '33554432': its cgroup grants 33554431; raise that, or plan with less (edgespan "
      "budget)",
      started(config, 33'554'431));
}

EDGESPAN_TEST(an_agent_without_a_budget_is_held_against_what_it_takes_by_itself, "agent") {
  const AgentConfig nowhere{.service_name = "gateway", .url = "none:"};
  TEST_ASSERT_EQUAL_STRING("ok", started(nowhere, sizeof(SmallAgent)));
  TEST_ASSERT_TRUE(started(nowhere, sizeof(SmallAgent) - 1).starts_with("memory_max_bytes '"));
  // Its producer takes memory of librdkafka's.
  const std::size_t producer = SpanProducer::memory_bytes(tiny_limits.batch_bytes);
  TEST_ASSERT_GREATER_THAN(26'000, producer);
  const AgentConfig by_kafka{.service_name = "gateway", .url = "kafka://127.0.0.1:1"};
  TEST_ASSERT_EQUAL_STRING("ok", started(by_kafka, sizeof(SmallAgent) + producer));
  const std::string refused = started(by_kafka, sizeof(SmallAgent) + producer - 1);
  TEST_ASSERT_TRUE(refused.find(std::to_string(sizeof(SmallAgent) + producer) + "'") != refused.npos);
  // A sender of the caller's own needs none.
  const Sender mine{nullptr, [](void*, std::span<const std::byte>, std::uint64_t) { return SendResult{}; },
                    [](void*) {}};
  TEST_ASSERT_EQUAL_STRING("ok", started({.service_name = "gateway", .sender = &mine}, sizeof(SmallAgent)));
}

}  // namespace
