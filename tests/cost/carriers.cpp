// SPDX-License-Identifier: Apache-2.0
// W3C trace context: one value; and both formats, out of the headers of a record and into a carrier.
#include <edgespan/inject.hpp>
#include <edgespan/trace_reader.hpp>
#include <edgespan/w3c.hpp>

#include "bench/floor_w3c.hpp"
#include "bench/workload.hpp"
#include "cost/counted.hpp"
#include "cost/extracts.hpp"
#include "cost/subject.hpp"

#include <array>

namespace edgespan::cost {
namespace {

using namespace bench;
using floor::Carrier;
using floor::Header;
using Hex = floor::Vector;

void parse_traceparent() {
  W3cExtraction ours;
  count(
      "w3c_parse", edgespan_peer, rounds,
      [&] {
        ours = traceparent_parse(hidden(parent_value));
        keep(ours);
      },
      nothing);
  W3cExtraction theirs;
  count(
      "w3c_parse", floor_peer, rounds,
      [&] {
        theirs = floor::parse_traceparent<Hex>(hidden(parent_value));
        keep(theirs);
      },
      nothing);
  must(ours.error == W3cError::ok && theirs.error == W3cError::ok &&
           ours.context.span_id == context.span_id && ours.context.trace_lo == theirs.context.trace_lo &&
           ours.context.span_id == theirs.context.span_id,
       "a traceparent");
}

void write_traceparent() {
  Context from = context;
  std::array<char, traceparent_bytes> text{};
  std::size_t size = 0;
  count(
      "w3c_write", edgespan_peer, rounds,
      [&] {
        keep(from);
        size = traceparent_format(from, text);
        keep(text);
      },
      nothing);
  must(size == text.size() && std::string_view(text.data(), 52) == parent_value.substr(0, 52),
       "traceparent_format");
  count(
      "w3c_write", floor_peer, rounds,
      [&] {
        keep(from);
        size = floor::write_traceparent<Hex>(from, text.data());
        keep(text);
      },
      nothing);
  must(std::string_view(text.data(), size) == parent_value, "the floor's traceparent");
}

constexpr std::array<Header, 3> parent_alone{
    {{"content-type", "json"}, {"device", "pump-7"}, {"traceparent", parent_value}}};
constexpr std::array<Header, 4> both{{{"content-type", "json"},
                                      {"device", "pump-7"},
                                      {"b3", b3_value.substr(0, floor::short_bytes)},
                                      {"traceparent", parent_value}}};

void inject_both() {
  Context from = context;
  Carrier carrier{};
  const auto counted = [&](std::string_view peer, auto work) {
    count(
        "inject_both", peer, rounds,
        [&] {
          keep(from);
          carrier.size = 0;
          work();
          keep(carrier);
        },
        nothing);
    must(std::string_view(carrier.text.data(), carrier.size).substr(floor::short_bytes) == parent_value,
         "what was injected");
  };
  counted(edgespan_peer, [&] {
    inject(from, [&](std::string_view, std::string_view value) { return carrier.put(value); },
           {TraceFormat::b3, TraceFormat::w3c});
  });
  counted(floor_peer, [&] { floor::inject_both(from, carrier); });
}

}  // namespace

void count_carriers() {
  parse_traceparent();
  write_traceparent();
  count_extract<TraceReader, floor::extract_both>("extract_w3c", parent_alone);
  count_extract<TraceReader, floor::extract_both>("extract_both", both);
  inject_both();
}

}  // namespace edgespan::cost
