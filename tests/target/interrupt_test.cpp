// SPDX-License-Identifier: Apache-2.0
// What threads do to each other on a host, an interrupt does here: it comes between two instructions of the
// main loop, and every run of qemu's counted instructions is the same.
#include <edgespan/bare_systick.hpp>
#include <edgespan/tracing.hpp>

#include "core/tracing_state.hpp"
#include "support/manual_clock.hpp"
#include "support/test.hpp"
#include "support/test_ring.hpp"

#include <atomic>

namespace {

using namespace edgespan;
using test::Ring;

void (*volatile on_interrupt)() = nullptr;

// Interrupts run `work` until the object ends. The period is prime, so that they meet each instruction of a
// loop.
class Interrupts {
 public:
  explicit Interrupts(void (*work)()) {
    static const bool started = [] {
      bare::systick_start(9'973);
      return true;
    }();
    (void)started;
    on_interrupt = work;
  }
  ~Interrupts() { on_interrupt = nullptr; }
};

std::atomic<std::uint32_t> shared_count;
volatile std::uint32_t interrupts_counted;

EDGESPAN_TEST(an_atomic_loses_no_change_to_an_interrupt, "interrupt") {
  shared_count = 0;
  interrupts_counted = 0;
  std::uint32_t own = 0;
  {
    const Interrupts interrupts{[] {
      for (int i = 0; i < 3; ++i) shared_count.fetch_add(1);
      shared_count.fetch_sub(2);
      interrupts_counted = interrupts_counted + 1;
    }};
    for (; own < 1'000'000; ++own) {
      if (own % 2 == 0) {
        shared_count.fetch_add(1);
        continue;
      }
      std::uint32_t seen = shared_count.load();
      while (!shared_count.compare_exchange_weak(seen, seen + 1)) {
      }
    }
  }
  TEST_ASSERT_TRUE(interrupts_counted > 500);
  TEST_ASSERT_EQUAL_UINT32(own + interrupts_counted, shared_count.load());
}

struct {
  Ring<2>* ring;
  std::uint32_t sent, refused;
} from_interrupt;

// The test of many producers and one reader, with the interrupt for the other producers: on the main loop's
// own stripe.
EDGESPAN_TEST(an_interrupt_in_the_middle_of_a_claim_loses_and_mixes_nothing, "interrupt") {
  static Ring<2> ring;
  from_interrupt = {&ring, 0, 0};
  std::uint32_t sent = 0, refused = 0, taken[2] = {}, next[2] = {};
  bool in_order = true;
  const auto take_all = [&] {
    std::uint32_t value = 0;
    while (ring.take(0, value)) {
      const std::uint32_t who = value >> 31;
      ++taken[who];
      in_order = in_order && (value & 0x7FFFFFFF) >= next[who];
      next[who] = (value & 0x7FFFFFFF) + 1;
    }
  };
  {
    const Interrupts interrupts{[] {
      auto& me = from_interrupt;
      for (int i = 0; i < 2; ++i) {
        if (!me.ring->put(0, 1U << 31 | me.sent, 8 + me.sent * 7 % 40)) ++me.refused;
        ++me.sent;
      }
    }};
    for (; sent < 30'000; ++sent) {
      if (!ring.put(0, sent, 8 + sent * 5 % 60)) ++refused;
      if (sent % 64 == 63) take_all();
    }
  }
  take_all();
  TEST_ASSERT_TRUE(from_interrupt.sent > 1'000);
  TEST_ASSERT_TRUE(in_order);
  TEST_ASSERT_TRUE(refused > 0 && from_interrupt.refused > 0);
  TEST_ASSERT_EQUAL_UINT32(sent - refused, taken[0]);
  TEST_ASSERT_EQUAL_UINT32(from_interrupt.sent - from_interrupt.refused, taken[1]);
  TEST_ASSERT_EQUAL_UINT32(0, ring.ring.chunks_used());
}

struct {
  Tracing* tracing;
  std::uint64_t id, parent;
  std::uint32_t spans;
} traced;

EDGESPAN_TEST(an_interrupt_draws_ids_of_its_own_and_no_parent_from_the_main_loop, "interrupt") {
  static Memory<Limits{.ring_bytes = 2'048, .batch_bytes = 1'024, .spans_open_max = 3}> memory;
  static Tracing tracing;
  static test::ManualClock clock;
  TEST_ASSERT_TRUE(tracing.init(memory, {}, clock.table()) == Status::ok);
  traced = {&tracing, 0, 0, 0};
  std::uint32_t repeated = 0, finished = 0;
  {
    Span outer = tracing.span("outer");
    const Scope scope{tracing, outer.context()};
    const Interrupts interrupts{[] {
      Span span = traced.tracing->span("interrupt");
      traced.id = span.context().span_id;
      traced.parent |= span.context().parent_id;
      ++traced.spans;
    }};
    for (; finished < 20'000; ++finished) {
      Span span = tracing.span("main");
      const std::uint64_t id = span.context().span_id;
      span.finish();
      const std::uint64_t theirs = traced.id;
      if (id == theirs) ++repeated;
      TEST_ASSERT_EQUAL_HEX64(outer.context().span_id, span.context().parent_id);
    }
  }
  TEST_ASSERT_TRUE(traced.spans > 500);
  TEST_ASSERT_EQUAL_UINT32(0, repeated);
  TEST_ASSERT_EQUAL_HEX64(0, traced.parent);
  const Books books = tracing.books();
  TEST_ASSERT_EQUAL_UINT64(finished + traced.spans + 1, books.finished);
  TEST_ASSERT_TRUE(books.balanced());
}

EDGESPAN_TEST(the_tick_counter_never_goes_back_and_never_jumps, "interrupt") {
  const Interrupts interrupts{nullptr};
  std::uint32_t before = bare::systick_ticks(nullptr);
  const std::uint32_t began = before;
  std::uint32_t longest = 0;
  for (int i = 0; i < 100'000; ++i) {
    const std::uint32_t now = bare::systick_ticks(nullptr);
    longest = now - before > longest ? now - before : longest;
    before = now;
  }
  TEST_ASSERT_TRUE(before - began > 100'000);
  TEST_ASSERT_TRUE(longest < 5'000);  // half a period: neither a period counted twice nor one forgotten
}

}  // namespace

extern "C" void systick_handler() {
  bare::systick_interrupt();
  if (void (*work)() = on_interrupt; work != nullptr) work();
}
