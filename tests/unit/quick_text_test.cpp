// SPDX-License-Identifier: Apache-2.0
// The quick way of a span's texts: it takes what it is for, and what it takes stands as slot_text.hpp would
// have written it. Where boards do not go this way, its functions are right all the same.
#include "core/quick_text.hpp"

#include <edgespan/span_slot.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/open_spans.hpp"
#include "core/slot_owner.hpp"
#include "core/slot_text.hpp"
#include "support/manual_clock.hpp"
#include "support/test.hpp"

namespace {

using namespace edgespan;

constexpr std::array<unsigned, 13> characters{0x00, 0x01, '@', 'A',  'M',  'Z', '[',
                                              '`',  'a',  'z', 0x7F, 0x80, 0xFF};

struct Slot : SpanSlot {
  Slot() : SpanSlot{} { text.fill(std::byte{0xEE}); }
};

// A text of letters in which one character is another.
struct Text {
  explicit Text(std::size_t length, char letter = 'm') : size{length} { bytes.fill(letter); }
  Text& with(std::size_t at, unsigned character) {
    bytes[at] = static_cast<char>(character);
    return *this;
  }
  operator std::string_view() const { return {bytes.data(), size}; }
  std::array<char, span_text_bytes + 1> bytes;
  std::size_t size;
};

bool equal(const SpanSlot& one, const SpanSlot& other) {
  const auto ends = [](const SpanSlot& slot) { return slot.text.data() + slot.text.size(); };
  return one.name_bytes == other.name_bytes && one.remote_bytes == other.remote_bytes &&
         one.annotation_bytes == other.annotation_bytes && one.tag_bytes == other.tag_bytes &&
         std::equal(one.text.data(), one.text.data() + detail::fields_bytes(one), other.text.data()) &&
         std::equal(ends(one) - one.name_bytes, ends(one), ends(other) - other.name_bytes);
}

// Does the same to two slots: `quick` to one, `whole` to the other. A quick way that was not taken has
// changed nothing; one that was taken has changed what the whole way did.
template <typename Quick, typename Whole>
void compare(const SpanSlot& before, bool taken, Quick quick, Whole whole) {
  Slot one, other;
  for (Slot* slot : {&one, &other}) {
    slot->text = before.text;
    slot->name_bytes = before.name_bytes;
    slot->remote_bytes = before.remote_bytes;
    slot->annotation_bytes = before.annotation_bytes;
    slot->tag_bytes = before.tag_bytes;
  }
  if (quick(one) != taken) TEST_FAIL_MESSAGE("the quick way is for other texts");
  if (taken && !whole(other)) TEST_FAIL_MESSAGE("the quick way takes what the whole way refuses");
  if (!equal(one, other)) TEST_FAIL_MESSAGE("the two ways end in different texts");
}

void compare_name(const SpanSlot& before, std::string_view name, bool taken) {
  compare(
      before, taken, [&](SpanSlot& slot) { return detail::add_name_quickly(slot, name); },
      [&](SpanSlot& slot) { return detail::set_name(slot, name); });
}

void compare_remote(const SpanSlot& before, std::string_view name, bool taken) {
  compare(
      before, taken, [&](SpanSlot& slot) { return detail::add_remote_name_quickly(slot, name); },
      [&](SpanSlot& slot) { return detail::write_remote_name(slot, name); });
}

void compare_tag(const SpanSlot& before, std::string_view key, std::string_view value, bool taken) {
  compare(
      before, taken, [&](SpanSlot& slot) { return detail::add_tag_quickly(slot, key, value); },
      [&](SpanSlot& slot) { return detail::set_tag(slot, key, value); });
}

EDGESPAN_TEST(a_name_of_ascii_is_taken_and_small_letters_stand_for_large_ones, "quick_text") {
  const Slot empty;
  compare_name(empty, "", false);
  for (std::size_t size = 1; size <= 129; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (const unsigned character : characters) {
        compare_name(empty, Text{size}.with(at, character), size <= 127 && character < 0x80);
      }
    }
  }
  for (unsigned character = 0; character < 256; ++character) {
    compare_name(empty, Text{9}.with(4, character), character < 0x80);
  }
}

EDGESPAN_TEST(a_name_that_replaces_another_goes_the_whole_way, "quick_text") {
  Slot named;
  TEST_ASSERT_TRUE(detail::set_name(named, "first"));
  compare_name(named, "second", false);
}

EDGESPAN_TEST(a_peers_name_has_no_nul_and_comes_first, "quick_text") {
  const Slot empty;
  compare_remote(empty, "", false);
  for (std::size_t size = 1; size <= 65; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (const unsigned character : characters) {
        const bool taken = size <= 63 && character < 0x80 && character != 0;
        compare_remote(empty, Text{size}.with(at, character), taken);
      }
    }
  }
  Slot tagged, annotated, known;
  TEST_ASSERT_TRUE(detail::set_tag(tagged, "k", "v"));
  TEST_ASSERT_TRUE(detail::add_annotation(annotated, 1, "x"));
  TEST_ASSERT_TRUE(detail::write_remote_name(known, "first"));
  for (const Slot* slot : {&tagged, &annotated, &known}) compare_remote(*slot, "peer", false);
}

// The longest name beside it leaves room.
EDGESPAN_TEST(a_peers_name_fits_beside_every_name, "quick_text") {
  Slot named;
  TEST_ASSERT_TRUE(detail::set_name(named, Text{127}));
  compare_remote(named, Text{63}, true);
}

// A tag that the slot is known not to hold: it is not looked for.
void compare_appended(const SpanSlot& before, std::string_view key, std::string_view value, bool taken) {
  compare(
      before, taken, [&](SpanSlot& slot) { return detail::append_tag_quickly(slot, key, value); },
      [&](SpanSlot& slot) { return detail::append_tag(slot, key, value); });
}

EDGESPAN_TEST(a_tag_of_ascii_is_taken, "quick_text") {
  const Slot empty;
  compare_tag(empty, "", "v", false);
  for (std::size_t size = 1; size <= 129; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (const unsigned character : {0x00U, 0x7FU, 0x80U, 0xFFU}) {
        const bool is_ascii = character < 0x80;
        compare_tag(empty, Text{size}.with(at, character), "v", size <= 122 && is_ascii);
        compare_tag(empty, "k", Text{size}.with(at, character), size <= 122 && is_ascii);
        compare_appended(empty, "k", Text{size}.with(at, character), size <= 122 && is_ascii);
      }
    }
  }
  for (std::size_t key = 1; key <= 40; ++key) {
    for (std::size_t value = 0; value <= 40; ++value) compare_tag(empty, Text{key}, Text{value, 'w'}, true);
  }
}

// A tag of two bytes of length stands before: the whole way steps over it.
EDGESPAN_TEST(a_tag_behind_a_long_one_goes_the_whole_way, "quick_text") {
  for (std::size_t value = 121; value <= 124; ++value) {
    Slot slot;
    TEST_ASSERT_TRUE(detail::set_tag(slot, "k", Text{value}));
    compare_tag(slot, "n", "v", value + 5 < 128);
    compare_appended(slot, "n", "v", true);
  }
}

EDGESPAN_TEST(a_key_that_the_slot_may_hold_goes_the_whole_way, "quick_text") {
  for (std::size_t size = 1; size <= 20; ++size) {
    Slot slot;
    TEST_ASSERT_TRUE(detail::set_tag(slot, "other", "1"));
    TEST_ASSERT_TRUE(detail::set_tag(slot, Text{size}, "2"));
    TEST_ASSERT_TRUE(detail::set_tag(slot, "another", ""));
    for (const std::string_view value : {"", "w", "a longer value than before"}) {
      compare_tag(slot, Text{size}, value, false);
      compare_tag(slot, Text{size}.with(size - 1, 'n'), value, true);
      const std::size_t looked_at = size >= 8 ? 8 : size >= 4 ? 4 : 1;
      compare_tag(slot, Text{size}.with(0, 'n'), value, looked_at == size);
    }
    compare_tag(slot, Text{size + 1}, "w", true);
  }
}

// Up to the last byte of the text, whatever else has the room; one more is too much.
EDGESPAN_TEST(what_is_told_quickly_fits_to_the_byte, "quick_text") {
  for (std::size_t left = 0; left <= 40; ++left) {
    Slot full;
    TEST_ASSERT_TRUE(detail::add_annotation(full, 1, Text{full.text.size() - 15 - left}));
    for (std::size_t size = 1; size <= 50; ++size) {
      compare_name(full, Text{size}, size + 2 <= left);
      compare_tag(full, "n", Text{size}, size + 7 <= left);
      compare_appended(full, "n", Text{size}, size + 7 <= left);
    }
    if (left < 3) continue;
    TEST_ASSERT_TRUE(detail::set_name(full, Text{left - 2}));
    compare_tag(full, "n", "", false);
  }
}

// The same calls on a slot of its owner's, and on one that every call makes busy: there is no quick way
// there.
template <bool contested>
struct Traced {
  Traced() {
    edgespan_clock table = clock.table();
    table.fence_threads = nullptr;
    if (!contested) table.fence_threads = [](void*) {};
    TEST_ASSERT_TRUE(tracing.init(memory, {.local = {.service_name = "x"}}, table) == Status::ok);
  }
  const SpanSlot& slot() const { return memory.spans[0]; }
  test::ManualClock clock;
  Tracing tracing;
  static inline Memory<Limits{.ring_bytes = 2'048, .batch_bytes = 1'024, .spans_open_max = 1}> memory;
};

EDGESPAN_TEST(a_span_says_the_same_on_either_way, "quick_text") {
  Traced<false> owned;
  Traced<true> contested;
  const auto both = [&](const auto& told) {
    Span one = owned.tracing.child({});
    Span other = contested.tracing.child({});
    told(one);
    told(other);
    if (!equal(owned.slot(), contested.slot())) TEST_FAIL_MESSAGE("the two ways end in different texts");
    if (owned.slot().kind != contested.slot().kind) TEST_FAIL_MESSAGE("the two ways end in different kinds");
    if (owned.tracing.books().texts_cut != contested.tracing.books().texts_cut) {
      TEST_FAIL_MESSAGE("the two ways count different texts");
    }
  };
  for (std::size_t size = 0; size <= 40; ++size) {
    for (std::size_t at = 0; at <= size; ++at) {
      for (const unsigned character : {0x00U, 0x4DU, 0x80U}) {
        Text text{size};
        if (at < size) text.with(at, character);
        both(
            [&](Span& span) { span.name(text).kind(Kind::server).remote_service_name(text).tag("k", text); });
        both([&](Span& span) {
          span.tag("k", text).tag(text, "1").tag(text, text).remote_service_name(text);
        });
        both([&](Span& span) {
          span.name("first").name(text).tag("error", text).error("ours").tag("k", "v");
        });
      }
    }
  }
  TEST_ASSERT_TRUE(owned.tracing.books().texts_cut > 0);
}

// A sweep that has marked the slot loses it to its owner, who comes back; one that has taken it keeps it.
EDGESPAN_TEST(an_owner_comes_back_to_a_marked_slot_by_every_call, "quick_text") {
  if (!detail::has_threads) return;  // no sweep marks a slot
  using detail::SlotPhase;
  Traced<false> traced;
  SpanSlot& slot = traced.memory.spans[0];
  const auto call = [&](SlotPhase phase, const auto& told) {
    Span span = traced.tracing.child({});
    const std::uint32_t generation = detail::slot_generation(slot.state.load());
    slot.state.store(detail::slot_state(generation, phase));
    told(span);
    const bool open = slot.state.load() == detail::slot_state(generation, SlotPhase::open);
    TEST_ASSERT_EQUAL_UINT32(0, slot.inside.load());
    slot.state.store(detail::slot_state(generation, SlotPhase::open));
    span.discard();
    return open;
  };
  for (const SlotPhase phase : {SlotPhase::ending, SlotPhase::busy, SlotPhase::free}) {
    const bool back = phase == SlotPhase::ending;
    TEST_ASSERT_TRUE(call(phase, [](Span& span) { span.name("n"); }) == back);
    TEST_ASSERT_EQUAL_UINT32(back ? 3 : 0, slot.name_bytes);
    TEST_ASSERT_TRUE(call(phase, [](Span& span) { span.kind(Kind::client); }) == back);
    TEST_ASSERT_EQUAL_UINT32(back ? 1 : 0, std::uint8_t{slot.kind});
    TEST_ASSERT_TRUE(call(phase, [](Span& span) { span.remote_service_name("p"); }) == back);
    TEST_ASSERT_EQUAL_UINT32(back ? 5 : 0, slot.remote_bytes);
    TEST_ASSERT_TRUE(call(phase, [](Span& span) { span.tag("k", "v"); }) == back);
    TEST_ASSERT_EQUAL_UINT32(back ? 8 : 0, slot.tag_bytes);
  }
}

// Names of every length lie in the ring as they stand in the slot, and so does what is around them.
EDGESPAN_TEST(a_finished_span_lies_in_the_ring_the_same_on_either_way, "quick_text") {
  Traced<false> owned;
  Traced<true> contested;
  const Context parent{1, 2, 3, 4, Decision::accept};
  for (std::size_t size = 0; size <= 127; ++size) {
    const auto element = [&](auto& traced) {
      Span span = traced.tracing.child(parent);
      SpanSlot& slot = traced.memory.spans[0];
      slot.span_id = 0x0102030405060708;
      slot.parent_id = size % 2 == 0 ? 0 : 9;
      slot.trace_hi = size % 3 == 0 ? 0 : 1;
      slot.decision = size % 5 == 0 ? Decision::debug : Decision::accept;
      span.kind(size % 7 == 0 ? Kind::none : Kind::producer).tag("k", Text{size});
      if (size != 0) span.name(Text{size});
      traced.clock.advance(size % 4 == 0 ? 0 : size * size);
      span.finish();
      detail::RingElement found;
      detail::SpanRing& ring = detail::state_of(traced.tracing).ring;
      while (ring.peek(detail::thread_stripe(), found) == detail::SpanRing::Peek::moved) {
      }
      ring.pop(detail::thread_stripe());
      return found;
    };
    const detail::RingElement one = element(owned);
    const detail::RingElement other = element(contested);
    TEST_ASSERT_TRUE(one.bytes.size() > 40 + size && one.timestamp_at == other.timestamp_at);
    if (!std::equal(one.bytes.begin(), one.bytes.end(), other.bytes.begin(), other.bytes.end())) {
      TEST_FAIL_MESSAGE("the two ways end in different elements");
    }
  }
}

}  // namespace
