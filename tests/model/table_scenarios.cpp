// SPDX-License-Identifier: Apache-2.0
// The table of messages in flight: who stores a span, who takes it, and a sweep.
#include "kafka/inflight_table.hpp"
#include "model/model.hpp"

#include <array>
#include <new>

namespace edgespan::model {
namespace {

using kafka_detail::InflightSpan;
using kafka_detail::InflightTable;

constexpr std::uint64_t old_us = 1'000'000, young_us = 200'000'000, now_us = 200'000'000;
constexpr std::uint32_t age_s = 100;
constexpr std::uintptr_t ids_most = 16;

struct World {
  std::array<InflightBucket, 2> buckets;
  InflightTable table;
  Stage stage;
  detail::Atomic<std::uint32_t> reported;  // stands for librdkafka's queue: the newest id that has a report
  std::array<std::uint32_t, ids_most> seen{};
  std::array<std::uint32_t, ids_most> stored{};
};
alignas(World) std::array<std::byte, sizeof(World)> memory;
World& world() noexcept { return *std::launder(reinterpret_cast<World*>(memory.data())); }

// Keys 0, 8 and 16 have one slot of their own.
const void* key(std::uintptr_t number) noexcept {
  return reinterpret_cast<const void*>(0x7f0000001000 + number * 176);
}

// The start says which span this is, as its ids do: a mixture of two is noticed.
std::uint64_t start_of(std::uint64_t id, std::uint64_t start_us) noexcept { return start_us + id; }

void see(const InflightSpan& span) {
  const std::uint64_t id = span.context.span_id;
  require(id != 0 && id < ids_most, "a span that nobody stored");
  require(span.context.trace_lo == id && span.start_us % 1'000'000 == id, "a mixture of two spans");
  require(++world().seen[id] == 1, "a span for the second time");
}

// False: there is no room.
bool store(std::uintptr_t number, std::uint64_t id, std::uint64_t start_us) {
  World& w = world();
  InflightSpan span{{0, id, id, 0, Decision::accept}, start_of(id, start_us)};
  const InflightTable::Insert did = w.table.insert(key(number), 1, span);
  if (did == InflightTable::Insert::replaced) see(span);
  if (did == InflightTable::Insert::full) return false;
  ++w.stored[id];
  return true;
}

bool take(std::uintptr_t number) {
  InflightSpan out;
  if (!world().table.take(key(number), out)) return false;
  see(out);
  return true;
}

// Takes one span that began `age_s` seconds before `at_us` or earlier.
bool take_older(std::uint64_t at_us, InflightSpan& out) {
  const auto older = [](const void* rule, std::uint32_t start, std::uint32_t) {
    return start <= *static_cast<const std::uint32_t*>(rule);
  };
  const std::uint32_t latest = InflightTable::start_unit(at_us - age_s * 1'000'000);
  return InflightTable::Sweep{world().table, older, &latest}.next(out);
}

void sweep() {
  InflightSpan out;
  if (!take_older(now_us, out)) return;
  require(out.start_us < young_us, "a sweep took a young span");
  see(out);
}

void begin() {
  World& w = *new (memory.data()) World;
  w.table.init(w.buckets);
}

// The other slots of the bucket of keys 0, 8 and 16 are taken: the second of these keys strays into the
// second bucket.
void begin_full() {
  begin();
  constexpr std::array<std::uintptr_t, 7> neighbours{1, 5, 7, 18, 19, 30, 37};
  for (std::uint64_t i = 0; i < neighbours.size(); ++i) store(neighbours[i], 8 + i, young_us);
}

void end() {
  World& w = world();
  InflightSpan out;
  while (take_older(now_us + 2'000'000'000, out)) see(out);
  require(w.seen == w.stored, "a span that was stored and never came out");
  for (const InflightBucket& bucket : w.buckets) {
    for (const InflightSlot& slot : bucket.slots) {
      require(slot.key.load(std::memory_order_relaxed) == 0, "an empty table has a key");
      require(slot.strays.load(std::memory_order_relaxed) == 0, "an empty table counts strays");
    }
  }
}

// One thread sends, another one takes reports, a third one sweeps. An address is used again as soon as its
// message was reported.
void reports(unsigned thread) {
  World& w = world();
  if (thread == 0) {
    store(0, 1, old_us);
    w.reported.store(1, std::memory_order_release);
    store(8, 2, young_us);
    w.reported.store(2, std::memory_order_release);
  } else if (thread == 1) {
    const std::uint32_t reported = w.reported.load(std::memory_order_acquire);
    if (reported >= 1) take(0);
    if (reported >= 2) require(take(8), "the span of a report was not found");
  } else {
    sweep();
  }
}

// Two threads send messages whose slot is one, and take them out again; each finds its own.
void one_slot(unsigned thread) {
  if (thread == 2) return sweep();
  for (std::uint64_t i = 0; i < 2; ++i) {
    if (!store(thread * 8, 1 + thread * 2 + i, young_us)) continue;
    require(take(thread * 8), "a thread did not find its own span");
  }
}

// An address that was never reported is used again by another thread, while the sweep ends what stood there.
void replaced(unsigned thread) {
  World& w = world();
  if (thread == 0) {
    store(0, 1, old_us);
    w.reported.store(1, std::memory_order_release);
  } else if (thread == 1) {
    if (w.reported.load(std::memory_order_acquire) == 1) store(0, 2, young_us);
    store(16, 3, old_us);
  } else {
    sweep();
    sweep();
  }
}

// A slot is given back by a thread that claimed it and may not use it, since a message strayed from it.
void begin_strayed() {
  begin_full();
  store(0, 1, young_us);
  require(store(8, 2, young_us), "there is no room for a stray");
}
void given_back(unsigned thread) {
  if (thread == 0) {
    require(take(0), "a span was not found");
    world().stage.reach(1);
  } else {
    world().stage.await(1);
    store(thread == 1 ? 16 : 47, 2 + thread, young_us);
  }
}

// An address is used again while a sweep asks about the old span: whoever reports the young one finds it.
void begin_old() {
  begin();
  store(0, 1, old_us);
}
void young_again(unsigned thread) {
  World& w = world();
  if (thread == 0) {
    take(0);
    store(0, 2, young_us);
    w.reported.store(2, std::memory_order_release);
  } else if (thread == 1) {
    sweep();
  } else if (w.reported.load(std::memory_order_acquire) == 2) {
    require(take(0), "the span of a report was not found");
  }
}

constexpr std::array scenarios{
    Scenario{"table.reports", 3, begin, reports, end, 2},
    Scenario{"table.one_slot", 3, begin, one_slot, end, 2},
    Scenario{"table.strays", 3, begin_full, one_slot, end, 2},
    Scenario{"table.replaced", 3, begin, replaced, end, 2},
    Scenario{"table.given_back", 3, begin_strayed, given_back, end, 2},
    Scenario{"table.young_again", 3, begin_old, young_again, end, 2},
};

}  // namespace

std::span<const Scenario> table_scenarios() noexcept { return scenarios; }

}  // namespace edgespan::model
