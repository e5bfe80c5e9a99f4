// SPDX-License-Identifier: Apache-2.0
// Elements of a batch become an OTLP request: byte for byte the golden ones, and, for spans drawn at random,
// those of a plain encoder of this test's own, which protoc reads and writes again alike.
#include <edgespan/otlp_dialect.hpp>

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "otlp/otlp_span.hpp"
#include "support/otlp_golden.hpp"
#include "support/random_span.hpp"
#include "tests/support/test.hpp"

namespace {

using namespace edgespan;
using test::otlp_golden_bytes;
using test::SpanDraft;

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string translated(const std::string& portion, std::size_t room_bytes = 0) {
  if (room_bytes == 0) room_bytes = OtlpDialect::room_bytes(portion.size());
  const auto room = std::make_unique<std::byte[]>(room_bytes);
  OtlpDialect otlp({room.get(), room_bytes});
  return text_of(otlp.table().encode(otlp.table().ctx, std::as_bytes(std::span(portion))));
}

// The span of the golden requests, as the agent has it in its batch.
struct GoldenSpan : SpanDraft {
  explicit GoldenSpan(std::uint64_t hi = 0x463ac35c9f6413ad, std::uint64_t parent = 0xb7ad6b7169203331)
      : SpanDraft{hi, 0x48485a3953bb6124, parent, 0xa2fb4a1d1a96d312} {
    record.kind = Kind::producer;
    record.start_us = 1'732'899'600'000'000;
    record.duration_us = 136;
  }
  std::string bytes(std::string_view remote = "", std::string_view local = "truck-gateway") {
    endpoints({.service_name = local}, {.service_name = remote});
    return text_of(encoded());
  }
};

std::string zipkin_like(std::uint64_t hi = 0x463ac35c9f6413ad, std::uint64_t parent = 0xb7ad6b7169203331,
                        std::string_view remote = "kafka", std::string_view local = "truck-gateway") {
  GoldenSpan span{hi, parent};
  span.named("send");
  span.tag("kafka.topic", "truck.cargo");
  span.tag("kafka.key", "truck-9");
  return span.bytes(remote, local);
}

EDGESPAN_TEST(a_span_becomes_the_golden_request, "otlp") {
  TEST_ASSERT_TRUE(translated(zipkin_like()) == otlp_golden_bytes("producer-zipkin-like"));
  TEST_ASSERT_TRUE(translated(zipkin_like(0, 0, "")) == otlp_golden_bytes("producer-root-64"));
  TEST_ASSERT_EQUAL_STRING("", translated(""));
}

EDGESPAN_TEST(requests_of_two_batches_are_one_request, "otlp") {
  const std::string one = translated(zipkin_like());
  TEST_ASSERT_TRUE(one + one == otlp_golden_bytes("two-resource-spans"));
}

// Tags of the convention: a number, a partition that is a string, and flags.
EDGESPAN_TEST(a_span_of_the_convention_becomes_the_golden_request, "otlp") {
  GoldenSpan span;
  span.named("send truck.cargo");
  span.tag("messaging.system", "kafka");
  span.tag("messaging.operation.name", "send");
  span.tag("messaging.operation.type", "send");
  span.tag("messaging.destination.name", "truck.cargo");
  span.tag("messaging.destination.partition.id", "0");
  span.tag("messaging.kafka.message.key", "truck-9");
  span.tag("messaging.kafka.offset", "4711");
  TEST_ASSERT_TRUE(translated(span.bytes()) == otlp_golden_bytes("producer-convention"));
}

EDGESPAN_TEST(an_error_with_a_type_becomes_a_status_with_a_message, "otlp") {
  GoldenSpan span;
  span.named("send");
  span.tag("kafka.topic", "truck.cargo");
  span.tag("error", "Local: Message timed out");  // wherever it stands
  span.tag("kafka.key", "truck-9");
  span.tag("error.type", "_MSG_TIMED_OUT");
  TEST_ASSERT_TRUE(translated(span.bytes()) == otlp_golden_bytes("producer-error"));
}

EDGESPAN_TEST(an_error_type_alone_becomes_a_status_without_a_message, "otlp") {
  GoldenSpan span;
  span.tag("error.type", "timeout");
  TEST_ASSERT_TRUE(translated(span.bytes()).ends_with("timeout\x7a\x02\x18\x02"));
}

// As the zipkin receiver of a Collector translates it, so that a trace may go either way.
EDGESPAN_TEST(an_error_without_a_type_stays_an_attribute_beside_the_status, "otlp") {
  struct Case {
    const char* value;
    std::string attribute;
  };
  const Case cases[] = {{"timed out", std::string("\x4a\x14\x0a\x05"
                                                  "error\x12\x0b\x0a\x09"
                                                  "timed out",
                                                  22)},
                        {"", std::string("\x4a\x0b\x0a\x05"
                                         "error\x12\x02\x0a\x00",
                                         13)},
                        {"false", std::string("\x4a\x10\x0a\x05"
                                              "error\x12\x07\x0a\x05"
                                              "false",
                                              18)},
                        {"true", ""}};
  for (const Case& c : cases) {
    GoldenSpan span;
    span.tag("error", c.value);
    const std::string bytes = translated(span.bytes());
    TEST_ASSERT_TRUE(bytes.ends_with(c.attribute + "\x7a\x02\x18\x02"));
    TEST_ASSERT_EQUAL_INT(c.attribute.empty() ? 0 : 1, bytes.find("error") != bytes.npos);
  }
}

EDGESPAN_TEST(what_is_no_number_or_truth_stays_a_string, "otlp") {
  const auto attribute = [](const char* key, const char* value) {
    GoldenSpan span;
    span.tag(key, value);
    const std::string bytes = translated(span.bytes());
    return bytes.substr(bytes.rfind(key) + std::string_view(key).size());
  };
  TEST_ASSERT_TRUE(attribute("messaging.kafka.offset", "0") == std::string("\x12\x02\x18\x00", 4));
  TEST_ASSERT_TRUE(attribute("kafka.offset", "300") == "\x12\x03\x18\xac\x02");
  TEST_ASSERT_TRUE(attribute("server.port", "9092") == "\x12\x03\x18\x84\x47");
  TEST_ASSERT_TRUE(attribute("kafka.message.tombstone", "true") == "\x12\x02\x10\x01");
  TEST_ASSERT_TRUE(attribute("messaging.kafka.offset", "999999999999999999") ==
                   "\x12\x0a\x18\xff\xff\x8f\xbb\xba\xd6\xad\xf0\x0d");
  TEST_ASSERT_TRUE(attribute("messaging.kafka.message.tombstone", "true") == "\x12\x02\x10\x01");
  for (const char* text : {"", "01", "-1", "1 ", "x", "9999999999999999999", "/", ":"}) {
    TEST_CONTEXT(text);
    TEST_ASSERT_EQUAL_INT(0x0a, attribute("messaging.kafka.offset", text)[2]);
    TEST_ASSERT_EQUAL_INT(0x0a, attribute("kafka.message.tombstone", text)[2]);
  }
  TEST_ASSERT_EQUAL_INT(0x0a, attribute("messaging.destination.partition.id", "7")[2]);
}

// Who receives has its parent elsewhere; who sends or processes has it in its own process.
EDGESPAN_TEST(flags_tell_where_the_parent_is, "otlp") {
  const auto flags = [](const char* type, std::uint64_t parent) {
    GoldenSpan span{1, parent};
    span.tag("messaging.system", "kafka");
    span.tag("messaging.operation.type", type);
    return translated(span.bytes()).substr(translated(span.bytes()).size() - 6);
  };
  TEST_ASSERT_TRUE(flags("receive", 7) == std::string("\x85\x01\x01\x03\x00\x00", 6));
  TEST_ASSERT_TRUE(flags("receive", 0) == std::string("\x85\x01\x01\x01\x00\x00", 6));
  TEST_ASSERT_TRUE(flags("process", 7) == std::string("\x85\x01\x01\x01\x00\x00", 6));
}

EDGESPAN_TEST(a_span_of_nothing_but_ids_is_the_golden_one, "otlp") {
  SpanDraft draft{0x463ac35c9f6413ad, 0x48485a3953bb6124, 0, 0xa2fb4a1d1a96d312};
  draft.record.start_us = 0;
  draft.endpoints(test::nobody, test::nobody);
  const std::string bytes = translated(text_of(draft.encoded()));
  const std::string span =
      otlp_golden_bytes("minimal-span").substr(4);  // behind resource_spans and scope_spans
  TEST_ASSERT_TRUE(bytes.ends_with(span));
  TEST_ASSERT_TRUE(bytes == std::string("\x0a\x2c\x12\x2a\x0a\x0a\x0a\x08"
                                        "edgespan",
                                        16) +
                                span);
}

std::string varint(std::uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  return out + static_cast<char>(value);
}
std::string field(int number, const std::string& bytes) {
  return varint(static_cast<std::uint64_t>(number) * 8 + 2) + varint(bytes.size()) + bytes;
}
std::string fixed(int number, std::uint64_t value) {
  std::string out = varint(static_cast<std::uint64_t>(number) * 8 + 1);
  for (int i = 0; i < 8; ++i, value >>= 8) out += static_cast<char>(value);
  return out;
}
std::string id(std::uint64_t value) {
  std::string out;
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
  return out;
}
std::string attribute(std::string_view key, std::string_view value) {
  return field(9, field(1, std::string(key)) + field(2, field(1, std::string(value))));
}

std::string plain(const test::RandomSpan& want) {
  constexpr int kinds[] = {0, 3, 2, 4, 5};
  const Context& context = want.context;
  std::string span = field(1, id(context.trace_hi) + id(context.trace_lo)) + field(2, id(context.span_id));
  if (context.parent_id != 0) span += field(4, id(context.parent_id));
  if (!want.name.view().empty()) span += field(5, std::string(want.name.view()));
  if (want.kind != Kind::none)
    span += varint(6 * 8) + varint(static_cast<unsigned>(kinds[static_cast<int>(want.kind)]));
  span += fixed(7, want.start_us * 1000) + fixed(8, (want.start_us + want.duration_us) * 1000);
  std::string events;
  for (std::size_t i = 0; i < want.note_count; ++i) {
    events +=
        field(11, fixed(1, want.notes[i].at_us * 1000) + field(2, std::string(want.notes[i].text.view())));
  }
  span += events;
  for (std::size_t i = 0; i < want.tag_count; ++i)
    span += attribute(want.tags[i].key.view(), want.tags[i].value.view());
  if (!want.remote.view().empty()) span += attribute("service.peer.name", want.remote.view());
  if (want.port != 0)
    span += field(9, field(1, "net.host.port") + field(2, varint(3 * 8) + varint(want.port)));
  return field(2, span);
}

std::string plain_service(const std::string& service, const std::string& spans) {
  const std::string resource =
      service.empty() ? "" : field(1, field(1, field(1, "service.name") + field(2, field(1, service))));
  return field(1, resource + field(2, field(1, field(1, "edgespan")) + spans));
}

EDGESPAN_TEST(random_spans_are_what_a_plain_encoder_writes, "otlp") {
  test::Random random{20'261'130};
  for (int batch = 0; batch < 300; ++batch) {
    std::string portion, want, spans, service;
    bool open = false;
    for (std::uint64_t n = 1 + random.below(20); n != 0; --n) {
      const test::RandomSpan span{random};
      const std::string of{span.local.view()};
      if (open && of != service) {
        want += plain_service(service, spans);
        spans.clear();
      }
      open = true;
      service = of;
      spans += plain(span);
      portion += text_of(span.encoded());
    }
    want += plain_service(service, spans);
    TEST_ASSERT_TRUE(translated(portion) == want);
  }
}

// Most spans of a batch have the endpoints of the one before, which are then not read again.
EDGESPAN_TEST(endpoints_that_change_in_a_part_are_read_again, "otlp") {
  test::Random random{20'261'201};
  const std::string_view locals[] = {"", "gateway", "gateways", "a-gateway-with-a-long-name"};
  const std::string_view remotes[] = {"", "kafka", "kafkas", "a-broker-with-a-long-name"};
  for (int batch = 0; batch < 300; ++batch) {
    std::string portion, want, spans, service;
    for (int n = 0; n < 20; ++n) {
      test::RandomSpan span{random};
      span.local = span.remote = {};
      span.local.add(locals[random.below(random.below(2) == 0 ? 4 : 1)]);
      span.remote.add(remotes[random.below(4)]);
      span.port = static_cast<std::uint16_t>(random.below(2) * 9'411);
      const std::string of{span.local.view()};
      if (n != 0 && of != service) {
        want += plain_service(service, spans);
        spans.clear();
      }
      service = of;
      spans += plain(span);
      portion += text_of(span.encoded());
    }
    TEST_ASSERT_TRUE(translated(portion) == want + plain_service(service, spans));
  }
}

std::string read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

// protoc writes fields in the order of their numbers, so annotations, which stand ahead of tags in an
// element, are left out here.
EDGESPAN_TEST(protoc_writes_random_requests_again_alike, "otlp") {
  test::Random random{20'261'131};
  std::string portion;
  for (int i = 0; i < 2'000;) {
    test::RandomSpan span{random};
    span.note_count = 0;
    portion += text_of(span.encoded());
    ++i;
  }
  const std::string ours = translated(portion);
  char folder[] = "/tmp/edgespan-otlp-XXXXXX";
  TEST_ASSERT_NOT_NULL(mkdtemp(folder));
  const std::string at = folder;
  std::ofstream{at + "/ours", std::ios::binary} << ours;
  const std::string protoc =
      std::string{"'" EDGESPAN_PROTOC "' -I '"} + EDGESPAN_TEST_DIR + "/golden' otlp.proto ";
  const std::string again = protoc + "--decode=otlp.Request <'" + at + "/ours' >'" + at + "/text' && " +
                            protoc + "--encode=otlp.Request <'" + at + "/text' >'" + at + "/theirs'";
  TEST_ASSERT_EQUAL_INT(0, std::system(again.c_str()));
  const bool same = read_file(at + "/theirs") == ours;
  TEST_ASSERT_EQUAL_INT(0, std::system(("rm -r '" + at + "'").c_str()));
  TEST_ASSERT_TRUE(same);
}

EDGESPAN_TEST(addresses_are_written_as_text, "otlp") {
  struct Case {
    Endpoint remote;
    const char* text;
  };
  const auto v6 = [](std::initializer_list<unsigned> groups) {
    Endpoint endpoint;
    std::size_t at = 0;
    for (const unsigned group : groups) {
      endpoint.ipv6[at++] = static_cast<std::uint8_t>(group >> 8);
      endpoint.ipv6[at++] = static_cast<std::uint8_t>(group);
    }
    return endpoint;
  };
  const Case cases[] = {
      {{.ipv4 = {192, 168, 99, 101}}, "192.168.99.101"},
      {{.ipv4 = {1, 0, 10, 255}}, "1.0.10.255"},
      {{.ipv4 = {100, 99, 9, 200}}, "100.99.9.200"},
      {v6({0x2001, 0xdb8, 0, 0, 0, 0, 0, 0xc001}), "2001:db8::c001"},
      {v6({0, 0, 0, 0, 0, 0, 0, 1}), "::1"},
      {v6({0xfe80, 0, 0, 0, 0, 0, 0, 0}), "fe80::"},
      {v6({1, 0, 2, 0, 0, 3, 0, 4}), "1:0:2::3:0:4"},
      {v6({1, 0, 2, 0, 3, 0, 4, 0}), "1:0:2:0:3:0:4:0"},
      {v6({1, 2, 3, 4, 5, 6, 7, 0xabcd}), "1:2:3:4:5:6:7:abcd"},
      {v6({0, 0, 1, 0, 0, 0, 1, 0}), "0:0:1::1:0"},
  };
  for (const Case& c : cases) {
    TEST_CONTEXT(c.text);
    GoldenSpan span;
    Endpoint remote = c.remote;
    remote.port = 9092;
    span.endpoints({.service_name = "x"}, remote);
    const std::string bytes = translated(text_of(span.encoded()));
    const std::string want =
        attribute("network.peer.address", c.text) + "\x4a\x14\x0a\x0dnet.peer.port\x12\x03\x18\x84\x47";
    TEST_ASSERT_TRUE(bytes.ends_with(want));
  }
}

// The room bounds what is written, whatever is asked for; a byte behind it is never touched.
EDGESPAN_TEST(a_batch_that_may_not_fit_is_refused_and_nothing_is_written_beyond_the_room, "otlp") {
  const std::string portion = zipkin_like() + zipkin_like(1, 2, "kafka", "other") + zipkin_like(3, 4);
  const std::string whole = translated(portion);
  bool fitted = false;
  for (std::size_t room = 0; room <= OtlpDialect::room_bytes(portion.size()); ++room) {
    std::vector<std::byte> bytes(room + 1, std::byte{0x5A});
    OtlpDialect otlp({bytes.data(), room});
    const std::string got = text_of(otlp.table().encode(otlp.table().ctx, std::as_bytes(std::span(portion))));
    TEST_ASSERT_TRUE(bytes.back() == std::byte{0x5A});
    if (!got.empty()) TEST_ASSERT_TRUE(got == whole);
    TEST_ASSERT_TRUE(!fitted || !got.empty());
    fitted = !got.empty();
  }
  TEST_ASSERT_TRUE(fitted);
}

// The largest span that the agent makes finds room in what room_bytes() says for a batch of it.
EDGESPAN_TEST(spans_of_every_shape_stay_within_their_bound, "otlp") {
  for (std::size_t tags = 0; tags < 60; ++tags) {
    SpanDraft draft{1, 2, 3, 4};
    draft.record.start_us = draft.record.duration_us = UINT64_MAX / 2;
    for (std::size_t i = 0; i < tags; ++i) draft.tag("k", i % 2 == 0 ? "" : "v");
    if (tags % 3 == 0) draft.tag("error", std::string(300, 'e'));
    if (tags % 2 == 0) draft.tag("error.type", "t");
    Endpoint all{.service_name = "s", .port = 65535};
    all.ipv6.fill(0xff);
    draft.endpoints(all, all);
    const std::string portion = text_of(draft.encoded());
    const std::string got = translated(portion);
    TEST_ASSERT_FALSE(got.empty());
    TEST_ASSERT_LESS_OR_EQUAL(otlp_detail::span_bytes_most(portion.size()) + 120, got.size());
  }
}

// Elements are the agent's own; if memory was overwritten they are anything, and must do no further harm.
EDGESPAN_TEST(damaged_elements_give_a_request_or_none_and_no_harm, "otlp") {
  test::Random random{7};
  const std::string sound = zipkin_like() + zipkin_like(1, 2, "kafka", "other");
  for (int round = 0; round < 20'000; ++round) {
    std::string portion = sound.substr(0, 1 + random.below(sound.size()));
    for (std::uint64_t n = random.below(4); n != 0; --n) {
      portion[random.below(portion.size())] = static_cast<char>(random.next());
    }
    const std::string got = translated(portion);
    TEST_ASSERT_LESS_OR_EQUAL(OtlpDialect::room_bytes(portion.size()), got.size());
  }
  for (std::size_t cut = 1; cut < zipkin_like().size(); ++cut) {
    TEST_ASSERT_EQUAL_STRING("", translated(zipkin_like().substr(0, cut)));
  }
}

}  // namespace
