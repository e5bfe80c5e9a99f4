// SPDX-License-Identifier: Apache-2.0
// The codecs: one value, and the headers of one record.
#include <edgespan/b3.hpp>
#include <edgespan/b3_headers.hpp>

#include "bench/floor_b3.hpp"
#include "bench/workload.hpp"
#include "cost/counted.hpp"
#include "cost/extracts.hpp"
#include "cost/subject.hpp"

#include <array>

namespace edgespan::cost {
namespace {

using namespace bench;
using floor::Header;
using Hex = floor::Vector;

std::string_view text_of(const std::array<char, b3_single_max>& text, std::size_t size) {
  return {text.data(), size};
}

void parse() {
  must(b3_parse(b3_value).context == context, "b3_parse");
  must(floor::parse<Hex>(b3_value).context == context, "the floor's parse");
  count(
      "b3_parse", edgespan_peer, rounds,
      [] {
        auto found = b3_parse(hidden(b3_value));
        keep(found);
      },
      nothing);
  count(
      "b3_parse", floor_peer, rounds,
      [] {
        auto found = floor::parse<Hex>(hidden(b3_value));
        keep(found);
      },
      nothing);
}

void write_as(std::string_view operation, B3Format format, std::string_view expected) {
  Context from = context;
  std::array<char, b3_single_max> text{};
  std::size_t size = 0;
  count(
      operation, edgespan_peer, rounds,
      [&] {
        keep(from);
        size = b3_format(from, format, text);
        keep(text);
      },
      nothing);
  must(text_of(text, size) == expected, "b3_format");
}

void write() {
  Context from = context;
  std::array<char, b3_single_max> text{};
  std::size_t size = 0;
  write_as("b3_write", B3Format::single, b3_value);
  count(
      "b3_write", floor_peer, rounds,
      [&] {
        keep(from);
        size = floor::write_long<Hex>(from, text.data());
        keep(text);
      },
      nothing);
  must(text_of(text, size) == b3_value, "the floor's write");

  write_as("b3_write_short", B3Format::single_no_parent, b3_value.substr(0, floor::short_bytes));
  count(
      "b3_write_short", floor_peer, rounds,
      [&] {
        keep(from);
        size = floor::write_no_parent<Hex>(from, text.data());
        keep(text);
      },
      nothing);
  must(text_of(text, size) == b3_value.substr(0, floor::short_bytes), "the floor's short write");
}

void write_set() {
  Context from = context;
  B3Buffer buffer;
  std::span<const B3Header> headers;
  count(
      "b3_write_set", edgespan_peer, rounds,
      [&] {
        keep(from);
        headers = b3_inject(from, B3Format::multi, buffer);
        keep(buffer);
      },
      nothing);
  must(headers.size() == 4 && headers[2].value == b3_value.substr(52), "b3_inject");
  floor::Set set;
  count(
      "b3_write_set", floor_peer, rounds,
      [&] {
        keep(from);
        floor::write_set<Hex>(from, set);
        keep(set);
      },
      nothing);
  must(set.headers[2].value == b3_value.substr(52), "the floor's set");
}

constexpr std::array<Header, 3> single{{{"content-type", "json"}, {"device", "pump-7"}, {"b3", b3_value}}};
constexpr std::array<Header, 6> multi{{{"content-type", "json"},
                                       {"device", "pump-7"},
                                       {"X-B3-TraceId", b3_value.substr(0, 32)},
                                       {"X-B3-SpanId", b3_value.substr(33, 16)},
                                       {"X-B3-ParentSpanId", b3_value.substr(52)},
                                       {"X-B3-Sampled", "1"}}};
constexpr std::array<Header, 2> none{{{"content-type", "json"}, {"device", "pump-7"}}};

}  // namespace

void count_codecs() {
  parse();
  write();
  write_set();
  count_extract<B3Headers, floor::extract>("extract_single", single);
  count_extract<B3Headers, floor::extract>("extract_multi", multi);
  count_extract<B3Headers, floor::extract>("extract_none", none);
}

}  // namespace edgespan::cost
