// SPDX-License-Identifier: Apache-2.0
// What must hold at full speed: exact counts and each thread's order, from a ring of one chunk on.
#include <edgespan/sim_world.hpp>
#include <edgespan/tracing.hpp>

#include "core/batch.hpp"
#include "support/decoded_span.hpp"
#include "support/test.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace edgespan;

template <Limits L>
struct Agent {
  sim::World world{5};
  std::unique_ptr<Memory<L>> memory = std::make_unique<Memory<L>>();
  Tracing tracing;
  std::vector<test::DecodedSpan> spans;

  explicit Agent(bool drop_oldest = false) {
    world.set_wall(1'790'000'000'000'000);
    TEST_ASSERT_EQUAL(
        Status::ok,
        tracing.init(*memory, {.local = {.service_name = "x"}, .drop_oldest = drop_oldest}, world.clock()));
  }
  void drain() {
    detail::Taken taken;
    std::uint64_t since_us = 0;
    do {
      detail::TracingState& state = detail::state_of(tracing);
      taken = detail::take_spans(state, memory->batch, since_us);
      const auto bytes = std::as_bytes(std::span{memory->batch}).first(taken.bytes);
      for (auto& span : test::decode_spans(bytes)) spans.push_back(std::move(span));
      const detail::ConsumerLock lock{state};
      state.ledger.sums.in_batch -= taken.spans;
      state.ledger.sums.delivered += taken.spans;
    } while (taken.full);
  }
};

constexpr Limits one_chunk{.ring_bytes = 1'024, .batch_bytes = 2'048};

EDGESPAN_TEST(a_ring_of_1_kib_works_what_does_not_fit_is_counted_what_fits_arrives, "hot") {
  Agent<one_chunk> agent;
  for (int lap = 0; lap < 100; ++lap) {
    for (int i = 0; i < 20; ++i) agent.tracing.span("s" + std::to_string(i)).finish();
    agent.drain();
  }
  const Books books = agent.tracing.books();
  TEST_ASSERT_TRUE(books.balanced());
  TEST_ASSERT_EQUAL(2'000, books.finished);
  TEST_ASSERT_EQUAL(agent.spans.size(), books.delivered);
  TEST_ASSERT_GREATER_OR_EQUAL(700, books.delivered);
  TEST_ASSERT_EQUAL(2'000 - books.delivered, books.dropped[static_cast<std::size_t>(DropReason::ring_full)]);
  TEST_ASSERT_EQUAL_STRING("s0", agent.spans[0].name);
}

EDGESPAN_TEST(a_ring_of_1_kib_may_make_room_for_the_newest, "hot") {
  Agent<one_chunk> agent{true};
  for (int i = 0; i < 1'000; ++i) agent.tracing.span("s" + std::to_string(i)).finish();
  agent.drain();
  TEST_ASSERT_TRUE(agent.tracing.books().balanced());
  TEST_ASSERT_FALSE(agent.spans.empty());
  TEST_ASSERT_EQUAL_STRING("s999", agent.spans.back().name);
}

EDGESPAN_TEST(a_peer_named_by_a_span_is_encoded_as_its_endpoint_is, "hot") {
  Agent<Limits{}> agent;
  agent.tracing.span("a").remote_service_name("Store").finish();
  agent.tracing.span("a").remote_endpoint({.service_name = "Store"}).finish();
  agent.drain();
  TEST_ASSERT_EQUAL(2, agent.spans.size());
  TEST_ASSERT_EQUAL_STRING("store", agent.spans[0].remote.service_name);
  TEST_ASSERT_EQUAL(agent.spans[0].remote.service_name, agent.spans[1].remote.service_name);
}

void threads_in_order(std::uint64_t threads) {
  constexpr std::uint64_t each = 3'000;
  Agent<Limits{.ring_bytes = 8'192}> agent;
  std::atomic<std::uint64_t> running{threads};
  std::vector<std::thread> workers;
  for (std::uint64_t thread = 1; thread <= threads; ++thread) {
    workers.emplace_back([&, thread] {
      const Context parent{0, thread, thread, 0, Decision::accept};
      for (std::uint64_t i = 1; i <= each; ++i) {
        agent.tracing.child(parent).tag("n", std::to_string(i)).finish();
      }
      running.fetch_sub(1);
    });
  }
  while (running.load() != 0) agent.drain();
  for (std::thread& worker : workers) worker.join();
  agent.drain();
  const Books books = agent.tracing.books();
  TEST_ASSERT_TRUE(books.balanced());
  TEST_ASSERT_EQUAL(threads * each, books.finished);
  TEST_ASSERT_EQUAL(agent.spans.size(), books.delivered);
  TEST_ASSERT_EQUAL(0, books.in_ring);
  std::vector<std::uint64_t> last(static_cast<std::size_t>(threads) + 1);
  bool in_order = true;
  for (const test::DecodedSpan& span : agent.spans) {
    std::uint64_t& before = last.at(static_cast<std::size_t>(std::stoull(span.trace_id, nullptr, 16)));
    const std::uint64_t number = std::stoull(span.tags.at("n"));
    in_order = in_order && number > before;
    before = number;
  }
  // Where the system took a thread from its processor amid of a claim, that span leaves later than the next.
  TEST_ASSERT_TRUE(in_order || books.claims_passed_over != 0);
}

EDGESPAN_TEST(two_threads_every_span_is_counted_each_threads_order_is_kept, "thread") { threads_in_order(2); }
EDGESPAN_TEST(four_threads_every_span_is_counted_each_threads_order_is_kept, "thread") {
  threads_in_order(4);
}

}  // namespace
