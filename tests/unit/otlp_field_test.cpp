// SPDX-License-Identifier: Apache-2.0
// The reader of single fields, what an element may have in each of them, and the room of a request at its
// limits.
#include "otlp/field_reader.hpp"
#include "otlp/span_element.hpp"

#include <edgespan/otlp_dialect.hpp>

#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <type_traits>

#include "otlp/span_element.hpp"
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
  for (int key = 0; key < 256; ++key) {
    const std::string bytes = static_cast<char>(key) + std::string(8, '\0');
    FieldReader field = reader(bytes);
    TEST_CONTEXT("key " << key);
    TEST_ASSERT_EQUAL_INT(key >= 0x08 && key < 0x80 && (key & 7) <= 2, field.next());
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
    TEST_ASSERT_FALSE(field.at_end());
    TEST_ASSERT_EQUAL_UINT64(cut.size(), field.rest().size());
  }
}

otlp_detail::ElementWalk walk(std::string_view bytes) {
  return otlp_detail::ElementWalk{std::as_bytes(std::span(bytes))};
}

EDGESPAN_TEST(an_element_is_walked_field_by_field, "otlp") {
  struct Number {
    std::string_view bytes;
    std::uint64_t value;
    bool sound;
  };
  for (const Number& row : {Number{{"\x28\x00", 2}, 0, true}, Number{{"\x28\x7f", 2}, 127, true},
                            Number{{"\x28\x80\x01", 3}, 128, true},
                            Number{{"\x28\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11}, UINT64_MAX, true},
                            Number{{"\x28\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12}, 0, false},
                            Number{{"\x28", 1}, 0, false}, Number{{"\x28\x80", 2}, 0, false},
                            Number{{"\x30\x05", 2}, 0, true}, Number{{}, 0, true}}) {
    TEST_CONTEXT(row.bytes.size());
    std::uint64_t value = 0;
    otlp_detail::ElementWalk at = walk(row.bytes);
    TEST_ASSERT_EQUAL_INT(row.sound, at.number(0x28, value));
    if (row.sound) TEST_ASSERT_EQUAL_HEX64(row.value, value);
    const bool absent = row.bytes.empty() || row.bytes[0] != 0x28;
    if (row.sound) TEST_ASSERT_EQUAL_UINT64(absent ? row.bytes.size() : 0, at.rest().size());
  }
  for (std::size_t left = 0; left < 12; ++left) {
    std::uint64_t value = 7;
    const std::string bytes = std::string("\x41\x01\x02\x03\x04\x05\x06\x07\x88tail").substr(0, left);
    otlp_detail::ElementWalk at = walk(bytes);
    TEST_ASSERT_EQUAL_INT(left == 0 || left >= 9, at.fixed64(0x41, value));
    TEST_ASSERT_EQUAL_HEX64((left >= 9 ? 0x8807060504030201 : 7), value);
    if (left >= 9) TEST_ASSERT_EQUAL_UINT64(left - 9, at.rest().size());
  }
  for (const std::size_t size : {0U, 1U, 8U, 126U, 127U, 128U, 129U, 255U}) {
    const std::string bytes =
        "\x2a" + std::string(1, static_cast<char>(size)) + std::string(size, 'b') + "next";
    otlp_detail::ElementWalk at = walk(bytes);
    const std::span<const std::byte> found = at.bytes(0x2a);
    TEST_ASSERT_EQUAL_INT(size < 128, found.data() != nullptr);
    if (size < 128) TEST_ASSERT_EQUAL_UINT64(size, found.size());
    TEST_ASSERT_EQUAL_UINT64((size < 128 ? 4 : bytes.size()), at.rest().size());
    TEST_ASSERT_TRUE(walk(bytes).bytes(0x2b).data() == nullptr);
    TEST_ASSERT_EQUAL_INT(size == 8, walk(bytes).field<8>(0x2a) != nullptr);
    if (size > 0 && size < 128)
      TEST_ASSERT_TRUE(walk(bytes.substr(0, size + 1)).bytes(0x2a).data() == nullptr);
  }
}

EDGESPAN_TEST(a_run_is_passed_over_where_it_stands_whole_and_no_field_of_a_key_is_behind_it, "otlp") {
  for (std::size_t size = 1; size < 40; ++size) {
    const std::string run(size, 'r');
    const auto known = std::as_bytes(std::span(run));
    for (const char* const behind : {"", "x", "K"}) {
      const std::string bytes = run + behind;
      otlp_detail::ElementWalk at = walk(bytes);
      const bool passes = *behind != 'K';
      TEST_ASSERT_EQUAL_INT(passes, at.skip(known, 'K'));
      TEST_ASSERT_EQUAL_UINT64(passes ? std::strlen(behind) : bytes.size(), at.rest().size());
    }
    TEST_ASSERT_FALSE(walk(run.substr(1)).skip(known, 'K'));
    for (std::size_t i = 0; i < size; ++i) {
      std::string other = run;
      other[i] = 's';
      TEST_ASSERT_FALSE(walk(other).skip(known, 'K'));
    }
  }
}

// The fields of an element in their order; each may be put in another way.
struct Body {
  std::string trace_id = "\x0a\x10" + std::string(16, 't');
  std::string parent_id = "\x12\x08" + std::string(8, 'p');
  std::string id = "\x1a\x08" + std::string(8, 'i');
  std::string kind = "\x20\x02";
  std::string name = "\x2a\x04name";
  std::string start = std::string("\x31\x05\0\0\0\0\0\0\0", 9);
  std::string duration = "\x38\x07";
  std::string local = "\x42\x02\x0a";
  std::string remote = "";
  std::string rest = "\x5a\x01x";

  otlp_detail::SpanElement read(bool sound) const {
    const std::string bytes = all();
    otlp_detail::SpanElement span;
    TEST_ASSERT_EQUAL_INT(sound, otlp_detail::read_span(std::as_bytes(std::span(bytes)), {}, span));
    return span;  // for its numbers: what it views is gone
  }
  std::string all() const {
    return trace_id + parent_id + id + kind + name + start + duration + local + remote + rest;
  }
};

EDGESPAN_TEST(an_element_has_ids_of_their_length_and_whole_fields, "otlp") {
  Body whole;
  whole.local = std::string("\x42\x02\x0a\0", 4);
  whole.remote = std::string("\x4a\0", 2);
  const otlp_detail::SpanElement span = whole.read(true);
  TEST_ASSERT_EQUAL_UINT64(16, span.trace_id.size());
  TEST_ASSERT_TRUE(span.parent_id != nullptr && span.id != nullptr);
  TEST_ASSERT_EQUAL_UINT32(2, span.kind);
  TEST_ASSERT_EQUAL_UINT64(4, span.name.size());
  TEST_ASSERT_EQUAL_UINT64(5, span.start_us);
  TEST_ASSERT_EQUAL_UINT64(7, span.duration_us);
  TEST_ASSERT_EQUAL_UINT64(whole.local.size() + whole.remote.size(), span.endpoints.size());
  TEST_ASSERT_EQUAL_UINT64(whole.rest.size(), span.texts.size());

  for (std::size_t size = 0; size <= 20; ++size) {
    Body body = whole;
    body.trace_id = "\x0a" + std::string(1, static_cast<char>(size)) + std::string(size, 't');
    (void)body.read(size == 8 || size == 16);
    body = whole;
    body.parent_id = "\x12" + std::string(1, static_cast<char>(size)) + std::string(size, 'p');
    (void)body.read(size == 8);
    body = whole;
    body.id = "\x1a" + std::string(1, static_cast<char>(size)) + std::string(size, 'i');
    (void)body.read(size == 8);
  }
  for (char kind = 0; kind < 8; ++kind) {
    Body body = whole;
    body.kind = std::string("\x20") + kind;
    TEST_ASSERT_EQUAL_UINT32((kind < 5 ? static_cast<unsigned>(kind) : 0), body.read(true).kind);
  }
  Body least;
  least.parent_id = least.kind = least.name = least.start = least.duration = least.local = least.rest = "";
  const otlp_detail::SpanElement bare = least.read(true);
  TEST_ASSERT_TRUE(bare.parent_id == nullptr && bare.name.empty() && bare.endpoints.empty() &&
                   bare.texts.empty());
  TEST_ASSERT_TRUE(bare.kind == 0 && bare.start_us == 0 && bare.duration_us == 0);
  least.id = "";
  (void)least.read(false);
  for (std::string Body::*part : {&Body::kind, &Body::name, &Body::start, &Body::duration, &Body::remote}) {
    Body body = whole;
    body.rest = "";
    (part == &Body::remote ? body.remote : (body.remote = "", body.*part)).pop_back();
    if (part == &Body::kind) body.name = body.start = body.duration = body.local = "";
    if (part == &Body::name) body.start = body.duration = body.local = "";
    if (part == &Body::start) body.duration = body.local = "";
    if (part == &Body::duration) body.local = "";
    (void)body.read(false);
  }
}

EDGESPAN_TEST(an_endpoint_has_an_address_of_its_length_and_a_port, "otlp") {
  const auto reads = [](const std::string& endpoint, const std::string& behind = "") {
    const std::string bytes = "\x4a" + std::string(1, static_cast<char>(endpoint.size())) + endpoint + behind;
    otlp_detail::ElementEndpoint local, remote;
    const bool sound = otlp_detail::read_endpoints(std::as_bytes(std::span(bytes)), local, remote);
    TEST_ASSERT_TRUE(local.service_name.empty() && local.address.empty() && local.port == 0);
    return sound;
  };
  for (std::size_t size = 0; size <= 20; ++size) {
    for (const char key : {'\x12', '\x1a'}) {
      const std::string address = key + std::string(1, static_cast<char>(size)) + std::string(size, 'a');
      TEST_ASSERT_EQUAL_INT(size == 0 || size == 4 || size == 16, reads(address));
    }
  }
  TEST_ASSERT_TRUE(reads("\x20\xff\xff\x03"));   // 65,535
  TEST_ASSERT_FALSE(reads("\x20\x80\x80\x04"));  // one more
  TEST_ASSERT_TRUE(reads("\x0a\x01s\x20\x01"));
  TEST_ASSERT_TRUE(reads("\x28\x01"));  // a field that the agent does not know
  TEST_ASSERT_FALSE(reads("\x0a\x02s"));
  TEST_ASSERT_FALSE(reads("\x0a\x01s", "\x0b"));
}

EDGESPAN_TEST(a_tag_that_is_cut_at_any_byte_makes_no_request, "otlp") {
  test::SpanDraft draft{1, 2, 3, 4};
  draft.endpoints({.service_name = "s"}, test::nobody);
  draft.tag("key", "value");
  const auto element = draft.encoded();
  const std::string whole{reinterpret_cast<const char*>(element.data()), element.size()};
  const std::size_t tag_bytes = 2 + 2 + 3 + 2 + 5;
  TEST_ASSERT_EQUAL_UINT32(0x5A, static_cast<unsigned char>(whole[whole.size() - tag_bytes]));
  for (std::size_t cut = 0; cut <= tag_bytes; ++cut) {
    std::string portion = whole.substr(0, whole.size() - cut);
    portion[1] =
        static_cast<char>(portion[1] - static_cast<char>(cut));  // the element says how long it is now
    std::array<std::byte, 2'048> room;
    OtlpDialect otlp(room);
    const auto request = otlp.table().encode(otlp.table().ctx, std::as_bytes(std::span(portion)));
    TEST_CONTEXT("cut = " << cut);
    TEST_ASSERT_EQUAL_INT(cut == 0 || cut == tag_bytes, !request.empty());
  }
}

// Endpoints are compared with those of the span before, and with nothing that stands beside them: here the
// tag of the second span says again, at the place that would be read, how the first one's name ends.
EDGESPAN_TEST(services_that_differ_in_a_byte_are_told_apart_whatever_stands_behind_them, "otlp") {
  for (std::size_t length = 1; length <= 40; ++length) {
    for (const std::size_t differs_at : {std::size_t{0}, length / 2, length - 1}) {
      std::string first(length, 's'), second = first;
      second[differs_at] = 't';
      std::string request;
      std::array<std::byte, 4'096> room;
      OtlpDialect otlp(room);
      std::string portion;
      for (const std::string& name : {first, second, first}) {
        test::SpanDraft draft{1, 2, 3, 4};
        draft.tag("k", std::string(9, '.') +
                           (name == first ? second : first).substr(length < 16 ? 0 : length - 16));
        draft.endpoints({.service_name = name}, test::nobody);
        const auto element = draft.encoded();
        portion.append(reinterpret_cast<const char*>(element.data()), element.size());
      }
      const auto bytes = otlp.table().encode(otlp.table().ctx, std::as_bytes(std::span(portion)));
      request.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      const std::string size_of{static_cast<char>(length)};
      const auto service = [&](const std::string& name, std::size_t from) {
        return request.find(
            "service.name\x12" + std::string(1, static_cast<char>(length + 2)) + "\x0a" + size_of + name,
            from);
      };
      const std::size_t one = service(first, 0);
      const std::size_t two = service(second, one);
      TEST_ASSERT_TRUE(one != request.npos && two != request.npos && service(first, two) != request.npos);
    }
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
