// SPDX-License-Identifier: Apache-2.0
// Spans drawn at random, with everything that a span can have. Allocates nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "support/random.hpp"
#include "support/span_draft.hpp"
#include "support/span_view.hpp"
#include "support/test.hpp"

namespace edgespan::test {

template <std::size_t size_max>
class DrawnText {
 public:
  operator std::string_view() const { return {text_.data(), size_}; }
  std::string_view view() const { return *this; }
  void add(std::string_view more) {
    for (const char character : more) text_[size_++] = character;
  }

 private:
  std::array<char, size_max> text_;
  std::size_t size_ = 0;
};

struct RandomSpan {
  struct Tag {
    DrawnText<40> key;
    DrawnText<240> value;
  };
  struct Note {
    std::uint64_t at_us = 0;
    DrawnText<90> text;
  };
  Context context;
  Kind kind = Kind::none;
  DrawnText<120> name;
  DrawnText<60> local, remote;
  std::uint16_t port = 0;
  std::uint64_t start_us = 0, duration_us = 0;
  std::array<Tag, 4> tags;  // in the order of their keys, as protobuf writes a map
  std::array<Note, 2> notes;
  std::size_t tag_count = 0, note_count = 0;

  explicit RandomSpan(Random& random) {
    const auto number = [&] { return random.next() >> random.below(64); };  // of every magnitude
    context = {random.below(2) == 0 ? 0 : number() | 1, number() | 1, number() | 1,
               random.below(2) == 0 ? 0 : number(),
               random.below(4) == 0 ? Decision::debug : Decision::accept};
    kind = static_cast<Kind>(random.below(5));
    if (random.below(4) != 0) add_word(random, name, 120);
    if (random.below(4) != 0) add_word(random, local, 60);
    if (random.below(4) != 0) add_word(random, remote, 60);
    port = static_cast<std::uint16_t>(random.below(65'536));
    start_us = 1 + number() / 2;
    duration_us = 1 + number() / 2;
    draw_tags(random);
    for (note_count = 0; note_count < notes.size() && random.below(2) == 0; ++note_count) {
      notes[note_count].at_us = 1 + number() / 2;
      add_word(random, notes[note_count].text, 90);
    }
  }

  // The first tag as an open span keeps it, the others as the Kafka wrapper hands them over.
  std::span<const std::byte> encoded() const {
    SpanDraft draft{context.trace_hi, context.trace_lo, context.parent_id, context.span_id};
    draft.context = context;
    draft.record.kind = kind;
    draft.record.start_us = start_us;
    draft.record.duration_us = duration_us;
    if (!name.view().empty()) draft.named(name);
    for (std::size_t i = 0; i < note_count; ++i) draft.annotate(notes[i].at_us, notes[i].text);
    if (tag_count != 0) draft.tag(tags[0].key, tags[0].value);
    for (std::size_t i = 1; i < tag_count; ++i) draft.record.tags[i - 1] = {tags[i].key, tags[i].value};
    draft.endpoints({.service_name = local, .port = port}, {.service_name = remote});
    return draft.encoded();
  }

  // What nanopb has read must be what was drawn.
  void expect(const SpanView& span) const {
    TEST_ASSERT_EQUAL_UINT32(context.trace_hi != 0 ? 16 : 8, span.trace_id_bytes);
    TEST_ASSERT_EQUAL_HEX64(context.trace_hi, span.trace_hi);
    TEST_ASSERT_EQUAL_HEX64(context.trace_lo, span.trace_lo);
    TEST_ASSERT_EQUAL_HEX64(context.parent_id, span.parent_id);
    TEST_ASSERT_EQUAL_HEX64(context.span_id, span.id);
    TEST_ASSERT_EQUAL_INT(kind, span.kind);
    TEST_ASSERT_EQUAL_STRING(name.view(), span.name);
    TEST_ASSERT_EQUAL_UINT64(start_us, span.timestamp);
    TEST_ASSERT_EQUAL_UINT64(duration_us, span.duration);
    TEST_ASSERT_EQUAL_STRING(local.view(), span.local.service_name);
    TEST_ASSERT_EQUAL_INT(port, span.local.port);
    TEST_ASSERT_EQUAL_STRING(remote.view(), span.remote.service_name);
    TEST_ASSERT_EQUAL_INT(context.decision == Decision::debug, span.debug);
    TEST_ASSERT_FALSE(span.shared);
    std::size_t at = 0;
    span.each_tag([&](std::string_view key, std::string_view value) {
      TEST_ASSERT_TRUE(at < tag_count);
      TEST_ASSERT_EQUAL_STRING(tags[at].key.view(), key);
      TEST_ASSERT_EQUAL_STRING(tags[at].value.view(), value);
      ++at;
    });
    TEST_ASSERT_EQUAL_UINT32(tag_count, at);
    at = 0;
    span.each_annotation([&](std::uint64_t at_us, std::string_view text) {
      TEST_ASSERT_TRUE(at < note_count);
      TEST_ASSERT_EQUAL_UINT64(notes[at].at_us, at_us);
      TEST_ASSERT_EQUAL_STRING(notes[at].text.view(), text);
      ++at;
    });
    TEST_ASSERT_EQUAL_UINT32(note_count, at);
  }

 private:
  template <std::size_t size>
  static void add_word(Random& random, DrawnText<size>& out, std::size_t most) {
    for (std::size_t n = 1 + random.below(most); n != 0; --n) {
      const char letter = static_cast<char>('a' + random.below(26));
      out.add({&letter, 1});
    }
  }

  // A key's first letter keeps keys apart and in order.
  void draw_tags(Random& random) {
    static constexpr std::string_view characters[] = {"a",  "z",    "0", " ", "\"",        "\\",
                                                      "\n", "\x01", "ü", "€", "\U0001F680"};
    tag_count = random.below(tags.size() + 1);
    for (std::size_t i = 0; i < tag_count; ++i) {
      const char letter = static_cast<char>('a' + i * 6 + random.below(6));
      tags[i].key.add({&letter, 1});
      add_word(random, tags[i].key, 39);
      for (std::size_t n = random.below(60); n != 0; --n) {
        tags[i].value.add(characters[random.below(std::size(characters))]);
      }
    }
  }
};

}  // namespace edgespan::test
