// SPDX-License-Identifier: Apache-2.0
// The reader of single fields, and the room of a request at its limits.
#include "otlp/field_reader.hpp"

#include <edgespan/otlp_dialect.hpp>

#include <memory>
#include <string>
#include <type_traits>

#include "support/random_span.hpp"
#include "tests/support/test.hpp"

namespace {

using namespace edgespan;
using otlp_detail::FieldReader;

static_assert(!std::is_copy_constructible_v<OtlpDialect>);  // the table points to it
static_assert(!std::is_copy_assignable_v<OtlpDialect>);

// The contract of a program that makes the room itself: twice the batch, and what stands around its spans.
static_assert(OtlpDialect::room_bytes(16'384) == 33'792);
static_assert(OtlpDialect::room_bytes(0) == 1'024);

FieldReader reader(std::string_view bytes) { return FieldReader{std::as_bytes(std::span(bytes))}; }

EDGESPAN_TEST(fields_of_each_known_type_are_read_and_others_end_the_reading, "otlp") {
  FieldReader number = reader({"\x08\x96\x01", 3});
  TEST_ASSERT_TRUE(number.next());
  TEST_ASSERT_EQUAL_UINT32(0x08, number.key());
  TEST_ASSERT_EQUAL_UINT64(150, number.number());
  TEST_ASSERT_TRUE(number.at_end());

  FieldReader fixed = reader({"\x09\x01\x02\0\0\0\0\0\x80", 9});
  TEST_ASSERT_TRUE(fixed.next());
  TEST_ASSERT_EQUAL_HEX64(0x8000000000000201, fixed.number());

  FieldReader text = reader({"\x0a\x02hi!", 5});
  TEST_ASSERT_TRUE(text.next());
  TEST_ASSERT_EQUAL_STRING("hi", text.text());
  TEST_ASSERT_FALSE(text.at_end());
  TEST_ASSERT_EQUAL_UINT32(1, text.rest().size());

  // No number, a number above 15, and the types that no field of ours has.
  for (const int key : {0x00, 0x07, 0x80, 0xFF, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F}) {
    const std::string bytes(16, static_cast<char>(key));
    FieldReader field = reader(bytes);
    TEST_CONTEXT("key " << key);
    TEST_ASSERT_FALSE(field.next());
  }
}

EDGESPAN_TEST(a_field_that_is_cut_is_none, "otlp") {
  for (const std::string_view cut : {std::string_view{"\x08", 1},
                                     {"\x08\x80", 2},
                                     {"\x09\x01\x02\x03\x04\x05\x06\x07", 8},
                                     {"\x0a", 1},
                                     {"\x0a\x02h", 3},
                                     {"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12}}) {
    FieldReader field = reader(cut);
    TEST_ASSERT_FALSE(field.next());
  }
}

// What stands in front of the spans is longest for the longest name and the most spans.
EDGESPAN_TEST(the_longest_name_of_a_service_finds_its_room, "otlp") {
  const std::string name(63, 's');
  for (std::size_t tags = 0; tags <= 200; tags += 50) {
    test::SpanDraft draft{1, 2, 3, 4};
    for (std::size_t i = 0; i < tags; ++i) draft.tag("k", "");
    Endpoint here{.service_name = name, .port = 65535};
    here.ipv6.fill(0xff);
    draft.endpoints(here, here);
    const auto element = draft.encoded();
    const std::size_t bytes = OtlpDialect::room_bytes(element.size());
    const auto room = std::make_unique<std::byte[]>(bytes);
    OtlpDialect otlp({room.get(), bytes});
    const auto request = otlp.table().encode(otlp.table().ctx, element);
    const std::string_view text{reinterpret_cast<const char*>(request.data()), request.size()};
    TEST_ASSERT_TRUE(text.find("service.name\x12\x41\x0a\x3f" + name) != text.npos);
    TEST_ASSERT_TRUE(text.find("service.peer.name\x12\x41\x0a\x3f" + name) != text.npos);
  }
}

}  // namespace
