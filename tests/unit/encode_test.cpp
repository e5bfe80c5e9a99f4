// SPDX-License-Identifier: Apache-2.0
#include "core/constants.hpp"
#include "core/encode_impl.hpp"
#include "support/test.hpp"

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace edgespan;
using core::SpanRecord;
using Buffer = std::vector<std::byte>;

std::string hex(std::span<const std::byte> bytes) {
  std::string out;
  for (const std::byte byte : bytes) {
    out += "0123456789abcdef"[static_cast<unsigned>(byte) >> 4];
    out += "0123456789abcdef"[static_cast<unsigned>(byte) & 15];
  }
  return out;
}

std::map<std::string, std::string> golden_spans() {
  std::ifstream file{std::string{EDGESPAN_TEST_DIR} + "/golden/zipkin.txt"};
  std::map<std::string, std::string> spans;
  for (std::string line; std::getline(file, line);) {
    std::string name, size, bytes;
    if (line.empty() || line[0] == '#' || !(std::istringstream{line} >> name >> size >> bytes)) continue;
    spans[name] = bytes;
  }
  return spans;
}

// A span in the making, with parts that own their bytes.
struct Draft {
  SpanRecord record;
  Buffer name, text;
  core::EncodedEndpoint local, remote;

  Draft(std::uint64_t hi, std::uint64_t lo, std::uint64_t parent, std::uint64_t id) {
    record.context = {hi, lo, id, parent, Decision::accept};
  }
  void named(std::string_view value) {
    name.resize(value.size() + 2);
    core::encode_impl::write_name(name.data(), value);
  }
  void tag(std::string_view key, std::string_view value) {
    const std::size_t at = text.size();
    text.resize(at + core::encode_impl::tag_size(key, value));
    core::encode_impl::write_tag(&text[at], key, value);
  }
  void annotate(std::uint64_t at_us, std::string_view value) {
    const std::size_t at = text.size();
    text.resize(at + core::encode_impl::annotation_size(value));
    core::encode_impl::write_annotation(&text[at], at_us, value);
    record.annotated = true;
  }
  void endpoints(const Endpoint& here, const Endpoint& there) {
    REQUIRE(core::encode_endpoint(here, core::EndpointField::local, local));
    REQUIRE(core::encode_endpoint(there, core::EndpointField::remote, remote));
  }
  Buffer encoded() {
    record.name = name;
    record.text = text;
    record.local = local.view();
    record.remote = remote.view();
    const core::EncodedSize size = core::encode_impl::encoded_size(record);
    Buffer out(size.total);
    core::encode_impl::encode(record, size, out.data());
    return out;
  }
};

constexpr Endpoint nobody{.service_name = ""};

Draft full_span(std::uint64_t trace_hi, bool local_name, bool remote_name) {
  Draft draft{trace_hi, 0x216a2aea45d08fc9, 0x6b221d5bc9e6496c, 0x5b4185666d50f68b};
  draft.record.kind = Kind::client;
  draft.named("get");
  draft.record.start_us = 1472470996199000;
  draft.record.duration_us = 207000;
  draft.endpoints({.service_name = local_name ? "Frontend" : "", .ipv4 = {127, 0, 0, 1}},
                  {.service_name = remote_name ? "backend" : "", .ipv4 = {192, 168, 99, 101}, .port = 9000});
  draft.annotate(1472470996238000, "foo");
  draft.annotate(1472470996403000, "bar");
  draft.tag("clnt/finagle.version", "6.45.0");
  draft.tag("http.path", "/api");
  return draft;
}

Draft root_span(bool with_duration) {
  Draft draft{0, 0xdc955a1d4768875d, 0, 0xdc955a1d4768875d};
  draft.record.kind = Kind::server;
  draft.named("get");
  draft.record.start_us = 1510256710021866;
  draft.record.duration_us = with_duration ? 1117 : 0;
  draft.endpoints({.service_name = "isao01", .ipv4 = {10, 23, 14, 72}}, nobody);
  draft.tag("http.path", "/rs/A");
  draft.tag("location", "T67792");
  draft.tag("other", "A");
  return draft;
}

TEST_CASE("spans are byte for byte what Zipkin's own encoder writes", "[encode]") {
  const std::map<std::string, std::string> golden = golden_spans();
  REQUIRE(golden.size() == 15);
  constexpr std::uint64_t hi = 0x7180c278b62e8f6a;
  CHECK(hex(full_span(hi, true, true).encoded()) == golden.at("SPAN"));
  CHECK(hex(full_span(0, true, true).encoded()) == golden.at("SPAN_64"));
  CHECK(hex(full_span(hi, false, true).encoded()) == golden.at("SPAN_NOLOCALNAME"));
  CHECK(hex(full_span(hi, true, false).encoded()) == golden.at("SPAN_NOREMOTENAME"));
  CHECK(hex(root_span(true).encoded()) == golden.at("ROOT_SERVER"));
  CHECK(hex(root_span(false).encoded()) == golden.at("ROOT_SERVER_INCOMPLETE"));

  Draft local{0, 0xdc955a1d4768875d, 0, 0xdc955a1d4768875d};
  local.named("encode");
  local.record.start_us = 1510256710021866;
  local.record.duration_us = 1117;
  local.endpoints({.service_name = "isao01", .ipv4 = {10, 23, 14, 72}}, nobody);
  CHECK(hex(local.encoded()) == golden.at("LOCAL"));
}

// The golden cases without a start time: our spans always have one, so it is taken out before the comparison. The other
// five cases need the `shared` flag, which messaging never sets, or tag a span with a text of no time.
std::string without_timestamp(const Draft& source) {
  Draft draft = source;
  Buffer bytes = draft.encoded();
  const core::EncodedSize size = core::encode_impl::encoded_size(draft.record);
  bytes.erase(bytes.begin() + size.timestamp_at - 1, bytes.begin() + size.timestamp_at + 8);
  bytes[1] = static_cast<std::byte>(static_cast<unsigned>(bytes[1]) - 9);
  return hex(bytes);
}

TEST_CASE("spans without a start time agree in all other bytes", "[encode]") {
  const std::map<std::string, std::string> golden = golden_spans();
  CHECK(without_timestamp({0x7180c278b62e8f6a, 0x216a2aea45d08fc9, 0, 0x5b4185666d50f68b}) == golden.at("MIN"));

  Draft error{0, 0xdc955a1d4768875d, 0, 0xdc955a1d4768875d};
  error.record.kind = Kind::client;
  error.endpoints({.service_name = "isao01"}, nobody);
  error.tag("error", "");
  CHECK(without_timestamp(error) == golden.at("ERROR"));

  Draft database{0, 1, 0, 2};
  database.endpoints(nobody, {.service_name = "db",
                              .ipv6 = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xc0, 0x01},
                              .port = 3036});
  CHECK(without_timestamp(database) == golden.at("DB_EP"));

  Draft debug{0, 1, 0, 2};
  debug.record.context.decision = Decision::debug;
  CHECK(without_timestamp(debug) == golden.at("DEBUG"));
}

TEST_CASE("the largest span fits the bound that memory is planned with", "[encode]") {
  Draft draft{~0ULL, ~0ULL, ~0ULL, ~0ULL};
  draft.record.context.decision = Decision::debug;
  draft.record.kind = Kind::consumer;
  draft.record.start_us = draft.record.duration_us = ~0ULL;
  draft.text.resize(span_text_bytes);  // name, remote endpoint, annotations and tags share this room
  Endpoint here{.service_name = "", .ipv4 = {1, 2, 3, 4}, .port = 65535};
  here.ipv6.fill(9);
  const std::string name(core::service_name_max, 'n');
  here.service_name = name;
  draft.endpoints(here, nobody);
  CHECK(draft.encoded().size() <= span_bytes_max);

  // A send span of the wrapper: texts of librdkafka's message instead of a slot's, a service name as its peer.
  draft.text.clear();
  draft.endpoints(here, {.service_name = name});
  draft.named("send");
  const std::string key(64, 'k'), topic(249, 't'), error(40, 'e');
  draft.record.tags = {{{"kafka.key", key}, {"kafka.topic", topic}, {"error", error}}};
  CHECK(draft.encoded().size() <= span_bytes_max);
  CHECK(draft.encoded().size() > span_bytes_max - 8);
}

TEST_CASE("the place of the start time is told, and rebasing moves every time and nothing else", "[encode]") {
  Draft draft = full_span(0x7180c278b62e8f6a, true, true);
  draft.record.start_us -= 1'000'000;
  draft.text.clear();
  draft.annotate(1472470996238000 - 1'000'000, "foo");
  draft.annotate(1472470996403000 - 1'000'000, "bar");
  draft.tag("clnt/finagle.version", "6.45.0");
  draft.tag("http.path", "/api");
  Buffer bytes = draft.encoded();
  core::rebase(bytes, core::encode_impl::encoded_size(draft.record).timestamp_at, true, 1'000'000);
  CHECK(hex(bytes) == golden_spans().at("SPAN"));
}

TEST_CASE("an endpoint of nothing takes no bytes, a mapped address is sent as IPv4", "[encode]") {
  core::EncodedEndpoint out;
  REQUIRE(core::encode_endpoint(nobody, core::EndpointField::local, out));
  CHECK(out.size == 0);
  Endpoint mapped{.service_name = ""};
  mapped.ipv6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 1, 2, 3, 4};
  REQUIRE(core::encode_endpoint(mapped, core::EndpointField::local, out));
  CHECK(hex(out.view()) == "4206120401020304");
  CHECK_FALSE(core::encode_endpoint({.service_name = "\xFF"}, core::EndpointField::local, out));
  const std::string long_name(64, 'x');
  CHECK_FALSE(core::encode_endpoint({.service_name = long_name}, core::EndpointField::local, out));
}

}  // namespace
