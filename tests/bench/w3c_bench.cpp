// SPDX-License-Identifier: Apache-2.0
// W3C trace context: one value; and both formats, out of the headers of a record and into a carrier.
#include <edgespan/inject.hpp>
#include <edgespan/trace_reader.hpp>
#include <edgespan/w3c.hpp>

#include "bench/floor_w3c.hpp"
#include "bench/measure.hpp"
#include "bench/workload.hpp"

#include <array>

namespace {

using namespace edgespan;
using namespace edgespan::bench;
using floor::Carrier;
using floor::Header;

constexpr std::array<Header, 3> parent_alone{
    {{"content-type", "json"}, {"device", "pump-7"}, {"traceparent", parent_value}}};
constexpr std::array<Header, 4> both{{{"content-type", "json"},
                                      {"device", "pump-7"},
                                      {"b3", b3_value.substr(0, floor::short_bytes)},
                                      {"traceparent", parent_value}}};

void parse(benchmark::State& state) {
  must(traceparent_parse(parent_value).context.span_id == context.span_id, "traceparent_parse");
  measure(state, [] {
    auto found = traceparent_parse(hidden(parent_value));
    benchmark::DoNotOptimize(found);
  });
}

void parse_floor(benchmark::State& state) {
  must(floor::parse_traceparent<floor::Vector>(parent_value).context.span_id == context.span_id,
       "the floor's parse");
  measure(state, [] {
    auto found = floor::parse_traceparent<floor::Vector>(hidden(parent_value));
    benchmark::DoNotOptimize(found);
  });
}

template <typename Write>
void write_by(benchmark::State& state, Write write) {
  Context from = context;
  std::array<char, traceparent_bytes> text{};
  measure(state, [&] {
    benchmark::DoNotOptimize(from);
    std::size_t size = write(from, text);
    benchmark::DoNotOptimize(size);
    benchmark::DoNotOptimize(text);
  });
  must(std::string_view(text.data(), text.size()) == parent_value, "the traceparent");
}

void write(benchmark::State& state) {
  write_by(state, [](const Context& from, auto& text) { return traceparent_format(from, text); });
}

void write_floor(benchmark::State& state) {
  write_by(state, [](const Context& from, auto& text) {
    return floor::write_traceparent<floor::Vector>(from, text.data());
  });
}

template <std::size_t Count>
Extraction ours(const Header* list) {
  TraceReader reader;
  for (std::size_t i = 0; i < Count; ++i) reader.add(list[i].name, list[i].value);
  return reader.extract();
}

template <std::size_t Count>
void extract(benchmark::State& state, const std::array<Header, Count>& headers) {
  measure(state, [&] {
    auto found = ours<Count>(hidden(headers.data()));
    benchmark::DoNotOptimize(found);
  });
}

template <std::size_t Count>
void extract_floor(benchmark::State& state, const std::array<Header, Count>& headers) {
  const Context expected = ours<Count>(headers.data()).context;
  const Context given = floor::extract_both(headers.data(), Count).context;
  must(given.trace_hi == expected.trace_hi && given.trace_lo == expected.trace_lo &&
           given.span_id == expected.span_id && given.decision == expected.decision,
       "the floor's extract");
  measure(state, [&] {
    auto found = floor::extract_both(hidden(headers.data()), hidden(Count));
    benchmark::DoNotOptimize(found);
  });
}

template <typename Inject>
void inject_by(benchmark::State& state, Inject inject) {
  Context from = context;
  Carrier carrier{};
  measure(state, [&] {
    benchmark::DoNotOptimize(from);
    carrier.size = 0;
    inject(from, carrier);
    benchmark::DoNotOptimize(carrier);
  });
  must(std::string_view(carrier.text.data(), carrier.size).substr(floor::short_bytes) == parent_value,
       "what was injected");
}

void inject_both(benchmark::State& state) {
  inject_by(state, [](const Context& from, Carrier& carrier) {
    inject(from, [&](std::string_view, std::string_view value) { return carrier.put(value); },
           {TraceFormat::b3, TraceFormat::w3c});
  });
}

void inject_floor(benchmark::State& state) {
  inject_by(state, [](const Context& from, Carrier& carrier) { floor::inject_both(from, carrier); });
}

BENCHMARK(parse)->Name("w3c_parse/edgespan");
BENCHMARK(parse_floor)->Name("w3c_parse/floor");
BENCHMARK(write)->Name("w3c_write/edgespan");
BENCHMARK(write_floor)->Name("w3c_write/floor");
BENCHMARK_CAPTURE(extract, w3c, parent_alone)->Name("extract_w3c/edgespan");
BENCHMARK_CAPTURE(extract_floor, w3c, parent_alone)->Name("extract_w3c/floor");
BENCHMARK_CAPTURE(extract, both, both)->Name("extract_both/edgespan");
BENCHMARK_CAPTURE(extract_floor, both, both)->Name("extract_both/floor");
BENCHMARK(inject_both)->Name("inject_both/edgespan");
BENCHMARK(inject_floor)->Name("inject_both/floor");

}  // namespace
