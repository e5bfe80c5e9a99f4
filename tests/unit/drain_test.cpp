// SPDX-License-Identifier: Apache-2.0
// Which spans leave the ring first, and which are dropped, when several threads fill it.
#include "core/batch.hpp"
#include "core/thread_state.hpp"
#include "core/tracing_state.hpp"
#include "support/manual_clock.hpp"
#include "support/span_view.hpp"
#include "support/test.hpp"

#include <edgespan/tracing.hpp>

#include <array>
#include <cstdint>
#include <span>

namespace {

using namespace edgespan;

// A board without threads has little memory, and one stripe.
constexpr std::uint32_t chunks = detail::stripes == 1 ? 4 : 14;
constexpr std::uint32_t busy_a_batch = chunks * 5;  // more than leave with a batch
constexpr Limits limits{
    .ring_bytes = chunks * ring_chunk_bytes, .batch_bytes = chunks * 256, .spans_open_max = 2};
Memory<limits> memory;  // shared by the tests: a microcontroller has no room for one each

// Spans are named by a number of four digits.
struct Name {
  std::array<char, 4> text;
  explicit Name(std::uint32_t number)
      : text{digit(number / 1'000), digit(number / 100), digit(number / 10), digit(number)} {}
  static char digit(std::uint32_t number) { return static_cast<char>('0' + number % 10); }
  std::string_view view() const { return {text.data(), text.size()}; }
};

std::uint32_t number_of(std::string_view name) {
  std::uint32_t number = 0;
  for (const char c : name) number = number * 10 + static_cast<std::uint32_t>(c - '0');
  return number;
}

struct Agent {
  test::ManualClock clock;
  Tracing tracing;
  std::uint64_t since_us = 0;  // when the first span of the last batch was finished

  explicit Agent(bool drop_oldest = false) {
    clock.set_wall(1'790'000'000'000'000);
    const TracingConfig config{.local = {.service_name = "x"}, .drop_oldest = drop_oldest};
    TEST_ASSERT_TRUE(tracing.init(memory, config, clock.table()) == Status::ok);
  }
  ~Agent() { detail::thread_state().stripe_plus_1 = 0; }

  // As a thread of that stripe does it.
  void finish(std::uint32_t stripe, std::uint32_t number) {
    detail::thread_state().stripe_plus_1 = stripe % detail::stripes + 1;
    tracing.span(Name{number}.view()).finish();
  }
  // One batch; visit(number) for each of its spans.
  template <typename Visit>
  std::uint32_t take(Visit visit) {
    detail::TracingState& state = detail::state_of(tracing);
    since_us = clock.now_us();
    const detail::Taken taken = detail::take_spans(state, memory.batch, since_us);
    std::span<const std::byte> bytes = std::span{memory.batch}.first(taken.bytes);
    for (test::SpanView span; span.take_from(bytes);) visit(number_of(span.name));
    const detail::ConsumerLock lock{state};
    state.ledger.sums.in_batch -= taken.spans;
    state.ledger.sums.delivered += taken.spans;
    return taken.spans;
  }
};

EDGESPAN_TEST(a_quiet_thread_is_not_starved_by_a_busy_one, "drain") {
  constexpr auto batches_each = static_cast<std::uint32_t>(test::rounds(10'000) / 3);
  for (std::uint32_t quiet = 1; quiet < 4; ++quiet) {
    Agent agent;
    std::uint32_t batches = 0;
    for (std::uint32_t round = 0; batches <= batches_each; ++round) {
      std::uint32_t batches_after = 0;
      bool left = false;
      for (std::uint32_t i = 0; i < busy_a_batch; ++i) agent.finish(0, i);
      agent.finish(quiet, 9'000 + round % 1'000);
      // What was finished before it may need so many batches; it leaves with the second one behind them at
      // the latest.
      const Books before = agent.tracing.books();
      std::uint32_t left_before = static_cast<std::uint32_t>(before.in_ring) - 1;
      while (!left && batches_after < 2) {
        if (left_before == 0) ++batches_after;
        const std::uint32_t taken =
            agent.take([&](std::uint32_t number) { left = left || number == 9'000 + round % 1'000; });
        ++batches;
        left_before -= taken < left_before ? taken : left_before;
        for (std::uint32_t i = 0; i < busy_a_batch; ++i) agent.finish(0, i);
      }
      TEST_ASSERT_TRUE(left);
      while (agent.take([](std::uint32_t) {}) != 0) ++batches;
    }
    TEST_ASSERT_TRUE(agent.tracing.books().balanced());
  }
}

EDGESPAN_TEST(a_batch_tells_when_the_first_of_its_spans_was_finished, "drain") {
  Agent agent;
  std::uint32_t number = 0;
  for (std::uint32_t round = 0; round < 40; ++round) {
    // One stripe after the other, in runs that leave some chunks half full and others half read.
    for (std::uint32_t i = 0; i < busy_a_batch; ++i) {
      ++number;
      agent.finish(i % 19 == 0 ? number : round, number);
      agent.clock.advance(10);
    }
    std::uint32_t first = 9'999;
    const std::uint64_t now_us = agent.clock.now_us();
    if (agent.take([&](std::uint32_t taken) { first = taken < first ? taken : first; }) == 0) continue;
    // Each was finished 10 us after the one before it, and lasted 1 us.
    TEST_ASSERT_EQUAL_UINT64(now_us - (number - first + 1) * 10 + 1, agent.since_us);
  }
  TEST_ASSERT_TRUE(agent.tracing.books().balanced());
}

EDGESPAN_TEST(drop_oldest_keeps_the_newest_spans_whoever_finished_them, "drain") {
  Agent agent{true};
  for (std::uint32_t i = 0; i < 200; ++i) agent.finish(0, i);
  for (std::uint32_t i = 200; i < 1'200; ++i) agent.finish(1, i);
  std::uint32_t delivered = 0;
  std::uint32_t oldest = 1'200;
  while (agent.take([&](std::uint32_t number) {
    ++delivered;
    if (number < oldest) oldest = number;
  }) != 0) {
  }
  TEST_ASSERT_GREATER_OR_EQUAL_UINT64(chunks * 7, delivered);
  TEST_ASSERT_EQUAL_UINT32(1'200 - delivered, oldest);  // none of the newest is missing
  const Books books = agent.tracing.books();
  TEST_ASSERT_TRUE(books.balanced());
  TEST_ASSERT_EQUAL_UINT64(1'200 - delivered, books.dropped_total());
}

// Nobody takes batches, so it is the threads that look for room who come by what was passed over.
EDGESPAN_TEST(drop_oldest_uses_the_chunks_again_of_threads_that_were_held_up, "drain") {
  if (!detail::SpanRing::passes_over) return;
  Agent agent{true};
  detail::TracingState& state = detail::state_of(agent.tracing);
  constexpr std::uint32_t size = 40;
  for (std::uint32_t round = 0; round < 2 * chunks; ++round) {
    const std::uint32_t stripe = round % detail::stripes;
    std::byte* open = nullptr;
    while ((open = state.ring.claim(stripe, size)) == nullptr) agent.finish(stripe, 0);
    for (std::uint32_t i = 0; i < 8 * busy_a_batch; ++i) agent.finish(stripe + 1, i);
    if (!detail::has_threads) state.ring.counters(stripe).accepted.fetch_add(1);
    state.ring.commit(open, size, 7, false);
  }
  for (std::uint32_t i = 0; i < 3 * busy_a_batch; ++i) agent.finish(0, i);
  const Books books = agent.tracing.books();
  TEST_ASSERT_TRUE(books.balanced());
  TEST_ASSERT_GREATER_OR_EQUAL_UINT64(chunks, books.claims_passed_over);
  TEST_ASSERT_GREATER_OR_EQUAL_UINT64(busy_a_batch, books.in_ring);
}

EDGESPAN_TEST(a_thread_that_stops_in_a_claim_holds_nobody_back, "drain") {
  if (!detail::SpanRing::passes_over) return;
  Agent agent;
  detail::TracingState& state = detail::state_of(agent.tracing);
  std::array<std::byte*, detail::stripes> open{};
  for (std::uint32_t i = 0; i < detail::stripes; ++i) open[i] = state.ring.claim(i, 100);
  std::uint32_t delivered = 0;
  for (std::uint32_t i = 0; i < 2'000; ++i) {
    agent.finish(i, i);
    if (i % 20 == 19) delivered += agent.take([](std::uint32_t) {});
  }
  while (const std::uint32_t taken = agent.take([](std::uint32_t) {})) delivered += taken;
  TEST_ASSERT_EQUAL_UINT32(2'000, delivered);
  const Books books = agent.tracing.books();
  TEST_ASSERT_TRUE(books.balanced());
  TEST_ASSERT_EQUAL_UINT64(0, books.dropped_total());
  TEST_ASSERT_EQUAL_UINT32(detail::stripes, books.claims_passed_over);
  TEST_ASSERT_LESS_OR_EQUAL_UINT32(detail::stripes, state.ring.chunks_used());
}

}  // namespace
