// SPDX-License-Identifier: Apache-2.0
// Uses what the public headers of core define in line, with a core that was compiled otherwise. Exit status
// 0: all as expected; else the number of the step that was not.
#include <edgespan/b3.hpp>
#include <edgespan/b3_headers.hpp>
#include <edgespan/reporter.hpp>
#include <edgespan/tracing.hpp>

#include "support/manual_clock.hpp"
#include "support/span_view.hpp"

#include <array>
#include <cstdio>
#include <span>
#include <string_view>

namespace {

using namespace edgespan;

constinit Memory<tiny_limits> memory{};

// What leaves the agent: the only span, as it stands on the wire.
struct Kept {
  test::SpanView span;  // views of the memory's batch
  int spans = 0;
};
SendResult keep(void* self, std::span<const std::byte> batch, std::uint64_t) {
  auto& kept = *static_cast<Kept*>(self);
  for (test::SpanView next; next.take_from(batch); ++kept.spans) kept.span = next;
  SendResult result;
  result.outcome = Outcome::delivered;
  return result;
}

// The ids as a header writes them, by the C library.
std::array<char, 64> plain_text(const Context& context) {
  std::array<char, 64> text{};
  std::snprintf(
      text.data(), text.size(), "%016llx%016llx-%016llx-1", static_cast<unsigned long long>(context.trace_hi),
      static_cast<unsigned long long>(context.trace_lo), static_cast<unsigned long long>(context.span_id));
  return text;
}

int failed_step() {
  test::ManualClock clock;
  clock.set_wall(1'790'000'000'000'000);
  Tracing tracing;
  const TracingConfig config{.local = {.service_name = "application"}, .sampler = Sampler::rate_limit(10)};
  if (tracing.init(memory, config, clock.table()) != Status::ok) return 1;
  Span span = tracing.span("work").tag("key", "value").kind(Kind::server);
  if (!span.recording() || !span.context().valid() || !span.context().sampled()) return 2;
  {
    const Scope scope{tracing, span.context()};
    if (!(current() == span.context())) return 3;
  }
  const Context context = span.context();
  std::array<char, b3_single_max> text{};
  const std::string_view written{text.data(), b3_format(context, B3Format::single, text)};
  if (written != plain_text(context).data()) return 4;
  B3Headers headers;
  if (!headers.add("B3", written)) return 5;
  const B3Extraction found = headers.extract();
  Context carried = context;
  carried.w3c = 0;  // b3 says nothing of it
  if (found.kind != B3Extraction::Kind::ids || !(found.context == carried)) return 6;
  span.finish();
  Kept kept;
  Reporter reporter;
  if (reporter.init(tracing, {&kept, keep, [](void*) {}}) != Status::ok) return 7;
  if (reporter.flush(1'000) != Status::ok || kept.spans != 1) return 8;
  const test::SpanView& seen = kept.span;
  if (seen.trace_hi != context.trace_hi || seen.trace_lo != context.trace_lo || seen.id != context.span_id)
    return 9;
  if (seen.name != "work" || seen.kind != Kind::server || seen.tag("key") != "value") return 10;
  const Books books = tracing.books();
  return books.balanced() && books.delivered == 1 && books.faults == 0 ? 0 : 11;
}

}  // namespace

int main() { return failed_step(); }
