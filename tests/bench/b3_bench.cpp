// SPDX-License-Identifier: Apache-2.0
// The B3 codec: one value, and the headers of one record.
#include <edgespan/b3.hpp>

#include "bench/floor.hpp"
#include "bench/workload.hpp"
#include "core/b3_impl.hpp"

#include <array>

namespace {

using namespace edgespan;
using namespace edgespan::bench;

// What the compiler must not look through: every round is given its input anew.
template <typename T>
T hidden(T value) noexcept {
  benchmark::DoNotOptimize(value);
  return value;
}

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

template <typename Hex>
void parse_floor(benchmark::State& state) {
  floor::Ids ids{};
  must(floor::parse<Hex>(b3_value.data(), ids) && ids.parent_id == context.parent_id, "the floor's parse");
  measure(state, [&] {
    bool ok = floor::parse<Hex>(hidden(b3_value.data()), ids);
    benchmark::DoNotOptimize(ok);
    benchmark::DoNotOptimize(ids);
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

constexpr floor::Ids floor_ids{context.trace_hi, context.trace_lo, context.span_id, context.parent_id, '1'};

template <typename Hex>
void write_floor(benchmark::State& state) {
  floor::Ids from = floor_ids;
  std::array<char, b3_single_max> text{};
  measure(state, [&] {
    benchmark::DoNotOptimize(from);
    floor::write_with_parent<Hex>(from, text.data());
    benchmark::DoNotOptimize(text);
  });
  must(std::string_view(text.data(), text.size()) == b3_value, "the floor's write");
}

// The headers of a record, as a client hands them out.
struct Header {
  std::string_view name;
  std::string_view value;
};
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

// The name by its length and first letters, the value where it stands.
void extract_single_floor(benchmark::State& state) {
  floor::Ids ids{};
  measure(state, [&] {
    const Header* const list = hidden(single.data());
    bool ok = false;
    for (std::size_t i = 0; i < single.size(); ++i) {
      const Header& header = list[i];
      if (header.name.size() == 2 && header.name[0] == 'b' && header.name[1] == '3') {
        ok = floor::parse<floor::Vector>(header.value.data(), ids);
      }
    }
    benchmark::DoNotOptimize(ok);
    benchmark::DoNotOptimize(ids);
  });
}

void extract_multi_floor(benchmark::State& state) {
  using Hex = floor::Vector;
  floor::Ids ids{};
  measure(state, [&] {
    const Header* const list = hidden(multi.data());
    std::uint64_t bad = 0;
    for (std::size_t i = 0; i < multi.size(); ++i) {
      const Header& header = list[i];
      const char* const name = header.name.data();
      const char* const value = header.value.data();
      if (std::memcmp(name, "X-B3-", 5) != 0) continue;
      if (header.name.size() == 12 && std::memcmp(name + 5, "TraceId", 7) == 0) {
        ids.trace_hi = Hex::decode16(value, bad);
        ids.trace_lo = Hex::decode16(value + 16, bad);
      } else if (header.name.size() == 12 && std::memcmp(name + 5, "Sampled", 7) == 0) {
        ids.decision = *value;
      } else if (header.name.size() == 11 && std::memcmp(name + 5, "SpanId", 6) == 0) {
        ids.span_id = Hex::decode16(value, bad);
      } else if (header.name.size() == 17 && std::memcmp(name + 5, "ParentSpanId", 12) == 0) {
        ids.parent_id = Hex::decode16(value, bad);
      }
    }
    benchmark::DoNotOptimize(bad);
    benchmark::DoNotOptimize(ids);
  });
}

void extract_none_floor(benchmark::State& state) {
  measure(state, [&] {
    const Header* const list = hidden(none.data());
    bool any = false;
    for (std::size_t i = 0; i < none.size(); ++i) {
      const std::string_view name = list[i].name;
      any |= name.size() == 2 ? name[0] == 'b' : name.size() >= 10 && name[0] == 'X';
    }
    benchmark::DoNotOptimize(any);
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
BENCHMARK(extract_single_floor)->Name("extract_single/floor");
BENCHMARK_CAPTURE(extract, multi, multi)->Name("extract_multi/edgespan");
BENCHMARK(extract_multi_floor)->Name("extract_multi/floor");
BENCHMARK_CAPTURE(extract, none, none)->Name("extract_none/edgespan");
BENCHMARK(extract_none_floor)->Name("extract_none/floor");

}  // namespace

BENCHMARK_MAIN();
