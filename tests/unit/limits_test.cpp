// SPDX-License-Identifier: Apache-2.0
// Budgets that cannot be are refused, with the number that would do.
#include <array>
#include <cstddef>
#include <cstdint>
#include <edgespan/memory.hpp>
#include <edgespan/none.hpp>
#include <edgespan/tracing.hpp>
#include <string_view>

#include "support/test.hpp"

namespace {

using namespace edgespan;

static_assert(limits_valid(Limits{}) && limits_valid(tiny_limits));
static_assert(nearest_limits({.ring_bytes = 1}).ring_bytes == 1'024);
static_assert(nearest_limits({.ring_bytes = 5'000}).ring_bytes == 5'120);
static_assert(nearest_limits({.ring_bytes = UINT32_MAX}).ring_bytes == 64U << 20);
static_assert(nearest_limits({.batch_bytes = 100}).batch_bytes == span_bytes_max);
static_assert(nearest_limits({.spans_open_max = 70'000}).spans_open_max == 65'535);

constexpr Limits least = nearest_limits({.ring_bytes = 0, .batch_bytes = 0, .spans_open_max = 0});

EDGESPAN_TEST(a_refused_memory_names_the_array_and_what_would_do, "limits") {
  static Memory<least> memory;
  const TracingMemory whole = memory;
  TEST_ASSERT_NULL(shortfall(whole).array);
  struct Case {
    TracingMemory memory;
    std::string_view array;
    std::size_t given, would_do;
  };
  std::array<Case, 5> cases;
  cases.fill({whole, "", 0, 0});
  cases[0].memory.ring = whole.ring.first(1'000);
  cases[0] = {cases[0].memory, "ring", 1'000, 1'024};
  cases[1].memory.ring = {};
  cases[1] = {cases[1].memory, "ring", 0, 1'024};
  cases[2].memory.chunks = {};
  cases[2] = {cases[2].memory, "chunks", 0, 1};
  cases[3].memory.batch = whole.batch.first(100);
  cases[3] = {cases[3].memory, "batch", 100, span_bytes_max};
  cases[4].memory.spans = {};
  cases[4] = {cases[4].memory, "spans", 0, 1};
  for (const Case& refused : cases) {
    Tracing tracing;
    TEST_ASSERT_TRUE(tracing.init(refused.memory, {}, none::clock) == Status::too_small);
    const Shortfall found = shortfall(refused.memory);
    TEST_ASSERT_EQUAL_STRING(refused.array, found.array);
    TEST_ASSERT_EQUAL_UINT32(refused.given, found.given);
    TEST_ASSERT_EQUAL_UINT32(refused.would_do, found.would_do);
  }
  Tracing tracing;
  TEST_ASSERT_TRUE(tracing.init(whole, {}, none::clock) == Status::ok);
}

}  // namespace
