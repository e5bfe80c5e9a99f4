// SPDX-License-Identifier: Apache-2.0
#include <edgespan/sim_world.hpp>
#include <edgespan/tracing.hpp>

#include "support/test.hpp"

#include <memory>
#include <set>
#include <thread>
#include <vector>

namespace {

using namespace edgespan;

EDGESPAN_TEST(threads_draw_different_ids, "thread") {
  sim::World world{11};
  const auto memory = std::make_unique<Memory<>>();
  Tracing tracing;
  TEST_ASSERT_EQUAL(Status::ok, tracing.init(*memory, {}, world.clock()));
  std::vector<std::vector<std::uint64_t>> drawn(4);
  std::vector<std::thread> threads;
  for (auto& ids : drawn) {
    threads.emplace_back([&tracing, &ids] {
      for (int i = 0; i < 2'000; ++i) {
        Span span = tracing.child({0, 1, 1, 0, Decision::deny});
        ids.push_back(span.context().span_id);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::uint64_t> all;
  for (const auto& ids : drawn) all.insert(ids.begin(), ids.end());
  TEST_ASSERT_EQUAL(8'000, all.size());
}

}  // namespace
