// SPDX-License-Identifier: Apache-2.0
// The B3 codec: one value, and the headers of one record.
#include <edgespan/b3.hpp>
#include <edgespan/b3_headers.hpp>

#include "bench/floor_b3.hpp"
#include "bench/measure.hpp"
#include "core/b3_impl.hpp"

#include <array>
#include <string>
#include <utility>

namespace {

using namespace edgespan;
using namespace edgespan::bench;

void parse(benchmark::State& state) {
  must(b3_parse(b3_value).context == context, "b3_parse");
  measure(state, [] {
    auto found = b3_parse({hidden(b3_value.data()), hidden(b3_value.size())});
    benchmark::DoNotOptimize(found);
  });
}

void parse_portable(benchmark::State& state) {
  measure(state, [] {
    auto found = b3_impl::parse<b3_impl::HexPortable>({hidden(b3_value.data()), hidden(b3_value.size())});
    benchmark::DoNotOptimize(found);
  });
}

// The floor leaves out other forms, but no check: with any one character changed it says what the agent says.
template <typename Hex>
void must_agree() {
  std::string text{b3_value};
  for (char& place : text) {
    for (const char other : {'0', '1', 'd', 'g', 'A', '-', '\0'}) {
      const char before = std::exchange(place, other);
      const B3Extraction ours = b3_parse(text);
      const B3Extraction found = floor::parse<Hex>(text);
      must(found.kind == ours.kind && found.context == ours.context, "the floor's parse");
      place = before;
    }
  }
  text.replace(33, 16, 16, '0');
  must(floor::parse<Hex>(text).kind == B3Extraction::Kind::empty, "the floor's look at a span id of zero");
}

template <typename Hex>
void parse_floor(benchmark::State& state) {
  must_agree<Hex>();
  measure(state, [] {
    auto found = floor::parse<Hex>({hidden(b3_value.data()), hidden(b3_value.size())});
    benchmark::DoNotOptimize(found);
  });
}

void write(benchmark::State& state) {
  Context from = context;
  std::array<char, b3_single_max> text{};
  measure(state, [&] {
    benchmark::DoNotOptimize(from);
    std::size_t size = b3_format(from, B3Format::single, text);
    benchmark::DoNotOptimize(size);
    benchmark::DoNotOptimize(text);
  });
  must(std::string_view(text.data(), text.size()) == b3_value, "b3_format");
}

void write_portable(benchmark::State& state) {
  Context from = context;
  std::array<char, b3_single_max> text{};
  measure(state, [&] {
    benchmark::DoNotOptimize(from);
    std::size_t size = b3_impl::format<b3_impl::HexPortable>(from, B3Format::single, text);
    benchmark::DoNotOptimize(size);
    benchmark::DoNotOptimize(text);
  });
}

template <typename Hex>
void write_floor(benchmark::State& state) {
  Context from = context;
  std::array<char, b3_single_max> text{};
  measure(state, [&] {
    benchmark::DoNotOptimize(from);
    std::size_t size = floor::write_long<Hex>(from, text.data());
    benchmark::DoNotOptimize(size);
    benchmark::DoNotOptimize(text);
  });
  must(std::string_view(text.data(), text.size()) == b3_value, "the floor's write");
}

using floor::Header;
constexpr std::array<Header, 3> single{{{"content-type", "json"}, {"device", "pump-7"}, {"b3", b3_value}}};
constexpr std::array<Header, 6> multi{{{"content-type", "json"},
                                       {"device", "pump-7"},
                                       {"X-B3-TraceId", b3_value.substr(0, 32)},
                                       {"X-B3-SpanId", b3_value.substr(33, 16)},
                                       {"X-B3-ParentSpanId", b3_value.substr(52)},
                                       {"X-B3-Sampled", "1"}}};
constexpr std::array<Header, 2> none{{{"content-type", "json"}, {"device", "pump-7"}}};

template <std::size_t Count>
void extract(benchmark::State& state, const std::array<Header, Count>& headers) {
  measure(state, [&] {
    const Header* const list = hidden(headers.data());
    B3Headers found;
    for (std::size_t i = 0; i < Count; ++i) found.add(list[i].name, list[i].value);
    B3Extraction extraction = found.extract();
    benchmark::DoNotOptimize(extraction);
  });
}

template <std::size_t Count>
void extract_floor(benchmark::State& state, const std::array<Header, Count>& headers) {
  B3Headers ours;
  for (const Header& header : headers) ours.add(header.name, header.value);
  const B3Extraction expected = ours.extract();
  const B3Extraction given = floor::extract(headers.data(), Count);
  must(given.kind == expected.kind && given.context == expected.context, "the floor's extract");
  measure(state, [&] {
    auto found = floor::extract(hidden(headers.data()), hidden(Count));
    benchmark::DoNotOptimize(found);
  });
}

BENCHMARK(parse)->Name("b3_parse/edgespan");
BENCHMARK(parse_portable)->Name("b3_parse/portable");
BENCHMARK(parse_floor<floor::Vector>)->Name("b3_parse/floor");
BENCHMARK(parse_floor<floor::Swar>)->Name("b3_parse/floor_portable");
BENCHMARK(write)->Name("b3_write/edgespan");
BENCHMARK(write_portable)->Name("b3_write/portable");
BENCHMARK(write_floor<floor::Vector>)->Name("b3_write/floor");
BENCHMARK(write_floor<floor::Swar>)->Name("b3_write/floor_portable");
BENCHMARK_CAPTURE(extract, single, single)->Name("extract_single/edgespan");
BENCHMARK_CAPTURE(extract_floor, single, single)->Name("extract_single/floor");
BENCHMARK_CAPTURE(extract, multi, multi)->Name("extract_multi/edgespan");
BENCHMARK_CAPTURE(extract_floor, multi, multi)->Name("extract_multi/floor");
BENCHMARK_CAPTURE(extract, none, none)->Name("extract_none/edgespan");
BENCHMARK_CAPTURE(extract_floor, none, none)->Name("extract_none/floor");

}  // namespace

BENCHMARK_MAIN();
