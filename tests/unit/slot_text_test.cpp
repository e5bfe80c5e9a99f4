// SPDX-License-Identifier: Apache-2.0
// The texts of an open span: what a slot takes, what it refuses, and how they move each other.
#include "core/slot_text.hpp"

#include <pb_encode.h>

#include <edgespan/span_slot.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "core/encoded_endpoint.hpp"
#include "support/test.hpp"
#include "zipkin.pb.h"

namespace {

using namespace edgespan;

constexpr std::size_t most = span_text_bytes + 1;
// So many letters that they fill a slot alone: apart from them an annotation takes 15 bytes, a tag with a key
// of one letter 9.
constexpr std::size_t annotation_most = span_text_bytes - 15, value_most = span_text_bytes - 9;

std::string_view letters(std::size_t size, char letter = 'v') {
  static std::array<char, most> text;
  text.fill(letter);
  return {text.data(), size};
}

// What a slot must hold, put together byte by byte by the wire format alone.
class Wire {
 public:
  Wire& byte(unsigned value) {
    bytes_[size_++] = static_cast<std::byte>(value);
    return *this;
  }
  Wire& length(std::size_t value) {
    if (value < 128) return byte(static_cast<unsigned>(value));
    return byte(static_cast<unsigned>(128 + value % 128)).byte(static_cast<unsigned>(value / 128));
  }
  Wire& text(unsigned key, std::string_view value) {
    byte(key).length(value.size());
    for (const char c : value) byte(static_cast<unsigned char>(c));
    return *this;
  }
  Wire& tag(std::string_view key, std::string_view value) {
    const std::size_t body = 2 + key.size() + (value.size() < 128 ? 2 : 3) + value.size();
    return byte(0x5A).length(body).text(0x0A, key).text(0x12, value);
  }
  Wire& annotation(unsigned char at_us, std::string_view value) {
    byte(0x52).length(9 + (value.size() < 128 ? 2 : 3) + value.size()).byte(0x09).byte(at_us);
    for (int i = 0; i < 7; ++i) byte(0);
    return text(0x12, value);
  }
  Wire& remote(std::string_view name) { return byte(0x4A).length(2 + name.size()).text(0x0A, name); }

  void expect_in(const SpanSlot& slot) const {
    TEST_ASSERT_EQUAL_UINT32(size_, detail::fields_bytes(slot));
    TEST_ASSERT_EQUAL_MEMORY(bytes_.data(), slot.text.data(), size_);
  }
  void expect_at_end_of(const SpanSlot& slot) const {
    TEST_ASSERT_EQUAL_UINT32(size_, slot.name_bytes);
    TEST_ASSERT_EQUAL_MEMORY(bytes_.data(), slot.text.data() + span_text_bytes - size_, size_);
  }

 private:
  std::array<std::byte, span_text_bytes> bytes_{};
  std::size_t size_ = 0;
};

struct Slot : SpanSlot {
  Slot() : SpanSlot{} { text.fill(std::byte{0xEE}); }
};

EDGESPAN_TEST(texts_stand_in_the_order_of_the_wire_format_however_they_came, "slot_text") {
  Slot slot;
  TEST_ASSERT_TRUE(detail::set_tag(slot, "a", "1"));
  TEST_ASSERT_TRUE(detail::append_tag(slot, "b", "2"));
  TEST_ASSERT_TRUE(detail::add_annotation(slot, 7, "half"));
  TEST_ASSERT_TRUE(detail::set_name(slot, "GeT"));
  TEST_ASSERT_TRUE(detail::set_remote(slot, {.name = "Store"}));
  TEST_ASSERT_TRUE(detail::add_annotation(slot, 9, "way"));
  Wire{}.remote("store").annotation(7, "half").annotation(9, "way").tag("a", "1").tag("b", "2").expect_in(
      slot);
  Wire{}.text(0x2A, "get").expect_at_end_of(slot);
  detail::clear_texts(slot);
  Wire{}.expect_in(slot);
  Wire{}.expect_at_end_of(slot);
}

EDGESPAN_TEST(a_tag_is_replaced_where_it_stands_whatever_its_length, "slot_text") {
  for (std::size_t before = 0; before <= 250; ++before) {
    for (const std::size_t after : {std::size_t{0}, std::size_t{1}, std::size_t{123}, std::size_t{124},
                                    std::size_t{127}, std::size_t{128}, std::size_t{250}}) {
      Slot slot;
      (void)detail::add_annotation(slot, 1, "x");
      (void)detail::set_tag(slot, "first", letters(before));
      (void)detail::set_tag(slot, "secon", letters(before == 0 ? 0 : 1));
      (void)detail::set_tag(slot, "last", "z");
      const bool fits = detail::set_tag(slot, "first", letters(after, 'w'));
      TEST_ASSERT_TRUE(fits);
      TEST_ASSERT_TRUE(detail::set_tag(slot, "secon", "2"));
      TEST_ASSERT_TRUE(detail::set_tag(slot, "last", ""));
      Wire{}
          .annotation(1, "x")
          .tag("first", letters(after, 'w'))
          .tag("secon", "2")
          .tag("last", "")
          .expect_in(slot);
    }
  }
}

EDGESPAN_TEST(names_have_at_most_127_bytes_of_utf8, "slot_text") {
  Slot slot;
  TEST_ASSERT_TRUE(detail::set_name(slot, letters(127)));
  Wire{}.text(0x2A, letters(127)).expect_at_end_of(slot);
  TEST_ASSERT_FALSE(detail::set_name(slot, letters(128)));
  TEST_ASSERT_FALSE(detail::set_name(slot, "\xC3"));
  Wire{}.text(0x2A, letters(127)).expect_at_end_of(slot);
  TEST_ASSERT_TRUE(detail::set_name(slot, "k\xC3\xBChl"));
  Wire{}.text(0x2A, "k\xC3\xBChl").expect_at_end_of(slot);
  TEST_ASSERT_TRUE(detail::set_name(slot, ""));
  Wire{}.expect_at_end_of(slot);
}

EDGESPAN_TEST(tags_have_keys_of_1_to_127_bytes_and_text_alone, "slot_text") {
  Slot slot;
  TEST_ASSERT_FALSE(detail::set_tag(slot, "", "v"));
  TEST_ASSERT_FALSE(detail::set_tag(slot, letters(128), "v"));
  TEST_ASSERT_FALSE(detail::set_tag(slot, "k\xFF", "v"));
  TEST_ASSERT_FALSE(detail::set_tag(slot, "k", "v\xFF"));
  TEST_ASSERT_FALSE(detail::add_annotation(slot, 1, ""));
  TEST_ASSERT_FALSE(detail::add_annotation(slot, 1, "\xED\xA0\x80"));
  Wire{}.expect_in(slot);
  TEST_ASSERT_TRUE(detail::set_tag(slot, letters(127), "v"));
  Wire{}.tag(letters(127), "v").expect_in(slot);
}

EDGESPAN_TEST(a_peer_has_at_most_63_bytes_of_utf8_without_nul, "slot_text") {
  Slot slot;
  TEST_ASSERT_TRUE(detail::set_remote(slot, {.name = letters(63)}));
  Wire{}.remote(letters(63)).expect_in(slot);
  for (const std::string_view bad : {letters(64), std::string_view{"a\xFF"}, std::string_view{"a\0b", 3}}) {
    TEST_ASSERT_FALSE(detail::set_remote(slot, {.name = bad}));
  }
  Wire{}.remote(letters(63)).expect_in(slot);
  TEST_ASSERT_TRUE(detail::set_remote(slot, {.name = "Peer"}));
  Wire{}.remote("peer").expect_in(slot);
  TEST_ASSERT_TRUE(detail::set_remote(slot, {}));
  Wire{}.expect_in(slot);
  TEST_ASSERT_TRUE(detail::set_remote(slot, {.name = "p", .port = 9}));
  Wire{}.byte(0x4A).length(5).text(0x0A, "p").byte(0x20).byte(9).expect_in(slot);
  TEST_ASSERT_TRUE(detail::set_remote(slot, {}));
  Wire{}.expect_in(slot);
}

EDGESPAN_TEST(a_slot_is_filled_to_its_last_byte_and_no_further, "slot_text") {
  Slot tag;
  TEST_ASSERT_FALSE(detail::set_tag(tag, "k", letters(span_text_bytes + 1)));
  TEST_ASSERT_FALSE(detail::set_tag(tag, "k", letters(value_most + 1)));
  TEST_ASSERT_FALSE(detail::append_tag(tag, "k", letters(value_most + 1)));
  TEST_ASSERT_TRUE(detail::append_tag(tag, "k", letters(value_most)));
  Wire{}.tag("k", letters(value_most)).expect_in(tag);
  TEST_ASSERT_FALSE(detail::set_name(tag, "n"));
  TEST_ASSERT_FALSE(detail::set_remote(tag, {.name = "r"}));
  TEST_ASSERT_FALSE(detail::set_remote(tag, {.port = 1}));
  TEST_ASSERT_TRUE(detail::set_name(tag, ""));
  TEST_ASSERT_TRUE(detail::set_tag(tag, "k", letters(value_most, 'w')));
  Wire{}.tag("k", letters(value_most, 'w')).expect_in(tag);

  Slot annotation;
  TEST_ASSERT_FALSE(detail::add_annotation(annotation, 1, letters(annotation_most + 1)));
  TEST_ASSERT_TRUE(detail::add_annotation(annotation, 1, letters(annotation_most)));
  Wire{}.annotation(1, letters(annotation_most)).expect_in(annotation);
}

EDGESPAN_TEST(the_name_and_the_fields_share_what_a_slot_has, "slot_text") {
  Slot slot;
  TEST_ASSERT_TRUE(detail::set_tag(slot, "k", letters(value_most - 3)));
  TEST_ASSERT_FALSE(detail::set_name(slot, "no"));
  TEST_ASSERT_TRUE(detail::set_name(slot, "n"));
  TEST_ASSERT_FALSE(detail::set_tag(slot, "k", letters(value_most - 2)));
  TEST_ASSERT_TRUE(detail::set_tag(slot, "k", letters(value_most - 3, 'w')));
  Wire{}.tag("k", letters(value_most - 3, 'w')).expect_in(slot);
  Wire{}.text(0x2A, "n").expect_at_end_of(slot);
}

// What nanopb makes of an endpoint whose name is in small letters, behind its key and length.
std::size_t encode_by_nanopb(const Endpoint& endpoint, std::span<std::byte, 96> out) {
  zipkin_proto3_Endpoint message{};
  std::copy(endpoint.service_name.begin(), endpoint.service_name.end(), message.service_name);
  const auto set = [](const auto& address, auto& field) {
    if (address == std::remove_cvref_t<decltype(address)>{}) return;
    field.size = static_cast<pb_size_t>(address.size());
    std::copy(address.begin(), address.end(), field.bytes);
  };
  set(endpoint.ipv4, message.ipv4);
  set(endpoint.ipv6, message.ipv6);
  message.port = endpoint.port;
  auto* const bytes = reinterpret_cast<pb_byte_t*>(out.data());
  pb_ostream_t stream = pb_ostream_from_buffer(bytes + 2, out.size() - 2);
  TEST_ASSERT_TRUE(pb_encode(&stream, zipkin_proto3_Endpoint_fields, &message));
  bytes[0] = 0x4A;
  bytes[1] = static_cast<pb_byte_t>(stream.bytes_written);
  return stream.bytes_written == 0 ? 0 : stream.bytes_written + 2;
}

EDGESPAN_TEST(a_name_alone_is_written_as_an_endpoint_is, "slot_text") {
  for (std::size_t size = 0; size <= 64; ++size) {
    for (const char letter : {'P', '\xE4', '\0'}) {
      std::array<char, 64> bytes{};
      bytes.fill('P');
      if (size != 0) bytes[size / 2] = letter;
      const std::string_view name{bytes.data(), size};
      Slot slot, other;
      const bool first =
          detail::set_remote_name(slot, "before") && detail::set_remote(other, {.name = "before"});
      TEST_ASSERT_TRUE(first);
      const bool done = detail::set_remote(other, {.name = name});
      TEST_ASSERT_TRUE(detail::set_remote_name(slot, name) == done);
      TEST_ASSERT_EQUAL_UINT32(other.remote_bytes, slot.remote_bytes);
      TEST_ASSERT_EQUAL_MEMORY(other.text.data(), slot.text.data(), slot.text.size());
    }
  }
}

EDGESPAN_TEST(an_endpoint_has_the_bytes_that_nanopb_gives_it, "slot_text") {
  constexpr std::array<std::uint8_t, 4> none4{}, ipv4{10, 1, 2, 3};
  constexpr std::array<std::uint8_t, 16> none6{},
      ipv6{0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  for (const std::string_view name : {std::string_view{}, std::string_view{"peer"}, letters(63, 'p')}) {
    for (const auto& v4 : {none4, ipv4}) {
      for (const auto& v6 : {none6, ipv6}) {
        for (const unsigned port : {0U, 1U, 0x7FU, 0x80U, 0x3FFFU, 0x4000U, 0xFFFFU}) {
          const Endpoint endpoint{name, v4, v6, static_cast<std::uint16_t>(port)};
          std::array<std::byte, 96> expected;
          const std::size_t size = encode_by_nanopb(endpoint, expected);
          Slot slot;
          TEST_ASSERT_TRUE(detail::set_remote(slot, detail::view_of(endpoint)));
          TEST_ASSERT_EQUAL_UINT32(size, detail::fields_bytes(slot));
          TEST_ASSERT_EQUAL_MEMORY(expected.data(), slot.text.data(), size);
          detail::EncodedEndpoint encoded;
          TEST_ASSERT_TRUE(detail::encode_endpoint(endpoint, detail::EndpointField::remote, encoded));
          TEST_ASSERT_EQUAL_UINT32(size, encoded.size);
          TEST_ASSERT_EQUAL_MEMORY(expected.data(), encoded.bytes.data(), size);
        }
      }
    }
  }
}

}  // namespace
