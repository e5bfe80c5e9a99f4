// SPDX-License-Identifier: Apache-2.0
#include "workload.hpp"

#include <cstddef>
#include <new>
#include <string_view>
#include <utility>

namespace edgespan::simtest {
namespace {

constexpr std::string_view names[] = {"send", "poll", "process", "Read Sensor", "geschätzt", ""};
constexpr std::string_view topics[] = {"truck.cargo", "readings", "a", "fleet-position-updates-of-the-north"};
constexpr Kind kinds[] = {Kind::none, Kind::client, Kind::server, Kind::producer, Kind::consumer};

// What an application may pass by mistake: bytes that are no UTF-8, and far too many of them.
constexpr std::string_view odd_texts[] = {
    "\xFF\xFE", "\xC3", "\xED\xA0\x80", "tab\tand\nnewline",
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"};

// As a thread does that ends without unwinding: the object is gone, finish() is never called.
void forget(Span&& span) {
  alignas(Span) static std::byte lost[sizeof(Span)];
  new (lost) Span(std::move(span));
}

}  // namespace

Workload::Workload(Tracing& tracing, Oracle& oracle, const sim::Clock& clock, const Setup& setup,
                   sim::Random random)
    : tracing_(tracing),
      oracle_(oracle),
      clock_(clock),
      random_(random),
      leak_rate_(setup.leak_rate),
      odd_text_rate_(setup.odd_text_rate),
      places_(1 + random_.below(places_max)) {}

void Workload::work() {
  Place& place = open_[random_.below(places_)];
  if (place.made.id != 0) finish(place);
  begin(place);
}

void Workload::begin(Place& place) {
  const std::string_view name = random_.pick(names);
  const Place& other = open_[random_.below(places_)];
  Span span;
  if (other.made.id == 0) {
    span = tracing_.span(name);
  } else if ((other.made.id & 1) == 0) {
    span = tracing_.child(other.span.context()).name(name);
  } else {
    const Scope scope{tracing_, other.span.context()};
    span = tracing_.span(name);
  }
  place.made = {};
  if (!span.context().valid()) return;  // tracing is off, or has no ids yet
  ++made_;
  const Context& context = span.context();
  place.made.id = context.span_id;
  place.made.trace_hi = context.trace_hi;
  place.made.trace_lo = context.trace_lo;
  place.made.parent_id = context.parent_id;
  place.made.start_us = clock_.now_us();
  place.made.name = name;
  place.made.recorded = span.recording();
  describe(span, place.made);
  oracle_.begun(place.made);
  if (place.made.recorded && random_.hits(leak_rate_)) {
    place.made = {};
    ++leaked_;
    forget(std::move(span));
  } else {
    place.span = std::move(span);
  }
}

void Workload::describe(Span& span, MadeSpan& made) {
  const Kind kind = random_.pick(kinds);
  made.kind = static_cast<std::uint8_t>(kind);
  made.topic = random_.pick(topics);
  span.kind(kind).tag("kafka.topic", made.topic);
  if (random_.below(8) == 0) {
    made.annotated_us = made.start_us;
    span.annotate("wire.sent").remote_service_name("kafka");
  }
  if (random_.below(16) == 0) {
    made.error = "_TIMED_OUT";
    span.error(made.error);
  }
  made.odd = random_.hits(odd_text_rate_);
  if (made.odd) describe_oddly(span);
}

void Workload::describe_oddly(Span& span) {
  for (std::uint32_t n = 1 + random_.below(4); n != 0; --n) {
    const std::string_view text = random_.pick(odd_texts);
    switch (random_.below(5)) {
      case 0:
        span.name(text);
        break;
      case 1:
        span.tag(text, "x");
        break;
      case 2:
        span.tag("key", text);
        break;
      case 3:
        span.annotate(text);
        break;
      default:
        span.error(text);
        break;
    }
  }
}

// A span that the agent has ended by its deadline is the agent's matter by now.
void Workload::finish(Place& place) {
  if (!place.made.recorded || place.span.recording()) oracle_.finishing(place.made, clock_.now_us());
  place.span.finish();
}

}  // namespace edgespan::simtest
