// SPDX-License-Identifier: Apache-2.0
// The ring of finished spans, with two producers and a consumer.
#include "core/span_ring.hpp"
#include "model/model.hpp"

#include <array>
#include <cstring>
#include <new>
#include <span>

namespace edgespan::model {
namespace {

constexpr std::uint32_t half_chunk = ring_chunk_bytes / 2 - 4;  // bytes of an element that fills it
constexpr std::uint32_t whole_chunk = ring_chunk_bytes - 4;

struct World {
  static constexpr std::size_t chunks = 2;
  alignas(8) std::array<std::byte, chunks * ring_chunk_bytes> bytes;
  std::array<RingChunk, chunks> states;
  detail::SpanRing ring;
  std::array<std::uint32_t, 2> put{};    // by each producer
  std::array<std::uint32_t, 2> taken{};  // of each producer's
  Stage stage;
  std::uint32_t late = 0;
  std::array<std::uint32_t, 2> newest{};  // the newest number of each producer that was taken
};
alignas(World) std::array<std::byte, sizeof(World)> memory;
World& world() noexcept { return *std::launder(reinterpret_cast<World*>(memory.data())); }

void begin_with(std::size_t chunks) {
  World& w = *new (memory.data()) World;
  w.ring.init(std::span{w.bytes}.first(chunks * ring_chunk_bytes), std::span{w.states}.first(chunks));
  // An element begins at a half of a chunk.
  for (std::size_t at = 0; at < w.bytes.size(); at += ring_chunk_bytes / 2) share(w.bytes.data() + at, 0);
}

void begin() { begin_with(World::chunks); }

void put(std::uint32_t producer, std::uint32_t stripe, std::uint32_t number, std::uint32_t size) {
  World& w = world();
  std::byte* const out = w.ring.claim(stripe, size);
  if (out == nullptr) return;
  const std::uint32_t value = producer << 8 | number;
  write_plain(out, Site::current());
  std::memcpy(out, &value, sizeof value);
  w.ring.commit(out, size, 0, false);
  ++w.put[producer];
}

void take(const detail::RingElement& element, bool late) {
  World& w = world();
  read_plain(element.bytes.data(), Site::current());
  std::uint32_t value = 0;
  std::memcpy(&value, element.bytes.data(), sizeof value);
  const std::uint32_t producer = value >> 8, number = value & 0xFF;
  require(producer < 2 && number != 0, "an element that nobody put");
  ++w.taken[producer];
  if (late) {
    ++w.late;
    return;
  }
  require(number > w.newest[producer], "an element for the second time, or behind a later one");
  w.newest[producer] = number;
}

// As take_spans() does it.
void drain() {
  World& w = world();
  detail::RingElement element;
  while (w.ring.peek_late(element)) {
    take(element, true);
    w.ring.pop_late(element);
  }
  std::uint32_t without = 0;
  for (std::uint32_t stripe = w.ring.oldest_stripe(without); stripe != detail::stripes;
       stripe = w.ring.oldest_stripe(without)) {
    detail::SpanRing::Peek found = w.ring.peek(stripe, element);
    for (; found == detail::SpanRing::Peek::element; found = w.ring.peek(stripe, element)) {
      take(element, false);
      w.ring.pop(stripe);
    }
    if (found == detail::SpanRing::Peek::nothing) without |= 1U << stripe;
  }
}

void end() {
  World& w = world();
  for (int i = 0; i < 3; ++i) drain();
  require(w.put == w.taken, "not all that was put was taken");
  require(w.ring.chunks_used() == 0, "an empty ring has a chunk");
  std::uint32_t accepted = 0, popped = 0;
  for (std::uint32_t i = 0; i < detail::stripes; ++i) {
    accepted += w.ring.accepted(i);
    popped += w.ring.popped(i);
  }
  require(accepted == popped, "the counters do not agree");
}

// Two producers of one stripe fill chunks by halves, while the consumer takes.
void halves(unsigned thread) {
  if (thread == 2) return drain(), drain();
  for (std::uint32_t i = 1; i <= 2; ++i) put(thread, 0, i, half_chunk);
}

// Every element takes a chunk, so that chunks are freed and used again by the other producer.
void wholes(unsigned thread) {
  if (thread == 2) return drain(), drain();
  for (std::uint32_t i = 1; i <= 2; ++i) put(thread, thread, i, whole_chunk);
}

// One producer claims in a chunk that was used before and that the other one took.
void begin_with_a_full_chunk() {
  begin_with(1);
  for (std::uint32_t i = 1; i <= 2; ++i) put(0, 0, i, half_chunk);
}
void reused(unsigned thread) {
  World& w = world();
  if (thread == 2) {
    drain();
    w.stage.reach(1);
  } else {
    w.stage.await(1 + thread);
    put(thread, 0, 3, half_chunk);
    w.stage.reach(2);
  }
}

// A producer and a consumer.
void pair(unsigned thread) {
  if (thread == 1) return drain(), drain();
  put(0, 0, 1, half_chunk);
  put(0, 0, 2, whole_chunk);
  put(0, 0, 3, half_chunk);
}

constexpr std::array scenarios{
    Scenario{"ring.pair", 2, begin, pair, end, 3},
    Scenario{"ring.halves", 3, begin, halves, end, 2},
    Scenario{"ring.wholes", 3, begin, wholes, end, 2},
    Scenario{"ring.reused", 3, begin_with_a_full_chunk, reused, end, 2},
};

}  // namespace

std::span<const Scenario> ring_scenarios() noexcept { return scenarios; }

}  // namespace edgespan::model
