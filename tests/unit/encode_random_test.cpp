// SPDX-License-Identifier: Apache-2.0
// Spans drawn at random, judged by two decoders that are not ours: nanopb must read what was meant, and
// protoc, which reads and writes a batch again, must come to the same bytes.
#include "core/constants.hpp"
#include "core/encode_impl.hpp"
#include "support/decoded_span.hpp"
#include "support/test.hpp"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace edgespan;

struct Wanted {
  Context context;
  Kind kind = Kind::none;
  std::string name, local, remote;
  std::uint16_t port = 0;
  std::uint64_t start_us = 0, duration_us = 0;
  std::map<std::string, std::string> tags;  // in the order of their keys, as protobuf writes a map
  std::vector<std::pair<std::uint64_t, std::string>> annotations;
};

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : chance_{seed} {}
  std::uint64_t number() { return chance_() >> (chance_() % 64); }  // of every magnitude
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(chance_() % bound); }
  std::string text(std::size_t most) {
    static const std::vector<std::string> characters{"a",  "z",    "0", " ", "\"",        "\\",
                                                     "\n", "\x01", "ü", "€", "\U0001F680"};
    std::string out;
    for (std::uint64_t n = below(most); n != 0; --n) out += characters[below(characters.size())];
    return out;
  }
  std::string word(std::size_t most) {
    std::string out(1 + below(most), 'a');
    for (char& c : out) c = static_cast<char>('a' + below(26));
    return out;
  }
  Wanted span() {
    Wanted want;
    want.context = {below(2) == 0 ? 0 : number() | 1, number() | 1, number() | 1,
                    below(2) == 0 ? 0 : number(), below(4) == 0 ? Decision::debug : Decision::accept};
    want.kind = static_cast<Kind>(below(5));
    if (below(4) != 0) want.name = word(120);
    if (below(4) != 0) want.local = word(60);
    if (below(4) != 0) want.remote = word(60);
    want.port = static_cast<std::uint16_t>(below(65'536));
    want.start_us = 1 + number() / 2;
    want.duration_us = 1 + number() / 2;
    for (std::uint64_t n = below(5); n != 0; --n) want.tags[word(40)] = text(60);
    for (std::uint64_t n = below(3); n != 0; --n) want.annotations.emplace_back(1 + number() / 2, word(90));
    return want;
  }

 private:
  std::mt19937_64 chance_;
};

std::vector<std::byte> encoded(const Wanted& want) {
  core::SpanRecord record;
  record.context = want.context;
  record.kind = want.kind;
  record.start_us = want.start_us;
  record.duration_us = want.duration_us;
  std::vector<std::byte> name(want.name.empty() ? 0 : want.name.size() + 2), text;
  if (!name.empty()) core::encode_impl::write_name(name.data(), want.name);
  const auto append = [&](std::size_t size) {
    text.resize(text.size() + size);
    return &text[text.size() - size];
  };
  for (const auto& [at_us, value] : want.annotations) {
    core::encode_impl::write_annotation(append(core::encode_impl::annotation_size(value)), at_us, value);
  }
  // Half the tags as an open span keeps them, half as the Kafka wrapper hands them over.
  std::size_t views = 0;
  for (const auto& [key, value] : want.tags) {
    if (views == 0 && want.tags.size() > 1 && &key == &want.tags.begin()->first) {
      core::encode_impl::write_tag(append(core::encode_impl::tag_size(key, value)), key, value);
    } else {
      record.tags.at(views++) = {key, value};
    }
  }
  core::EncodedEndpoint local, remote;
  REQUIRE(core::encode_endpoint({.service_name = want.local, .port = want.port}, core::EndpointField::local,
                                local));
  REQUIRE(core::encode_endpoint({.service_name = want.remote}, core::EndpointField::remote, remote));
  record.name = name;
  record.text = text;
  record.local = local.view();
  record.remote = remote.view();
  const core::EncodedSize size = core::encode_impl::encoded_size(record);
  std::vector<std::byte> out(size.total);
  core::encode_impl::encode(record, size, out.data());
  return out;
}

std::string hex_id(std::uint64_t id) {
  std::string out(16, '0');
  for (std::size_t i = 0; i < 16; ++i) out[15 - i] = "0123456789abcdef"[id >> (4 * i) & 15];
  return out;
}

void check_decoded(const Wanted& want, const test::DecodedSpan& span) {
  const Context& context = want.context;
  REQUIRE(span.trace_id ==
          (context.trace_hi != 0 ? hex_id(context.trace_hi) : "") + hex_id(context.trace_lo));
  REQUIRE(span.parent_id == (context.parent_id != 0 ? hex_id(context.parent_id) : ""));
  REQUIRE(span.id == hex_id(context.span_id));
  REQUIRE(span.kind == want.kind);
  REQUIRE(span.name == want.name);
  REQUIRE(span.timestamp == want.start_us);
  REQUIRE(span.duration == want.duration_us);
  REQUIRE(span.local.service_name == want.local);
  REQUIRE(span.local.port == want.port);
  REQUIRE(span.remote.service_name == want.remote);
  REQUIRE(span.tags == want.tags);
  REQUIRE(span.tags_written == want.tags.size());
  REQUIRE(span.annotations == want.annotations);
  REQUIRE(span.debug == (context.decision == Decision::debug));
  REQUIRE_FALSE(span.shared);
}

std::string read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

TEST_CASE("nanopb reads from random spans what was meant, protoc writes them again alike", "[encode]") {
  Draw draw{20'261'124};
  std::vector<std::byte> batch;
  std::vector<Wanted> wanted;
  for (int i = 0; i < 2'000; ++i) {
    wanted.push_back(draw.span());
    const std::vector<std::byte> bytes = encoded(wanted.back());
    batch.insert(batch.end(), bytes.begin(), bytes.end());
  }
  const std::vector<test::DecodedSpan> decoded = test::decode_spans(batch);
  REQUIRE(decoded.size() == wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) check_decoded(wanted[i], decoded[i]);

  char folder[] = "/tmp/edgespan-encode-XXXXXX";
  REQUIRE(mkdtemp(folder) != nullptr);
  const std::string at = folder;
  std::ofstream{at + "/ours", std::ios::binary}.write(reinterpret_cast<const char*>(batch.data()),
                                                      static_cast<std::streamsize>(batch.size()));
  const std::string protoc =
      std::string{"'" EDGESPAN_PROTOC "' -I '"} + EDGESPAN_TEST_DIR + "/../agent/core' zipkin.proto ";
  const std::string type = "=zipkin.proto3.ListOfSpans ";
  const std::string again = protoc + "--decode" + type + "<'" + at + "/ours' >'" + at + "/text' && " +
                            protoc + "--encode" + type + "<'" + at + "/text' >'" + at + "/theirs'";
  REQUIRE(std::system(again.c_str()) == 0);
  const bool same = read_file(at + "/theirs") == read_file(at + "/ours");
  REQUIRE(std::system(("rm -r '" + at + "'").c_str()) == 0);
  REQUIRE(same);
}

}  // namespace
