// SPDX-License-Identifier: Apache-2.0
// Uses what the public headers of core define in line, with a core that was compiled otherwise. Exit status
// 0: all as expected; else the number of the step that was not.
#include <edgespan/b3.hpp>
#include <edgespan/b3_headers.hpp>
#include <edgespan/tracing.hpp>

#include "support/manual_clock.hpp"

#include <array>

namespace {

using namespace edgespan;

constinit Memory<tiny_limits> memory{};

int failed_step() {
  test::ManualClock clock;
  Tracing tracing;
  const TracingConfig config{.local = {.service_name = "application"}, .sampler = Sampler::rate_limit(10)};
  if (tracing.init(memory, config, clock.table()) != Status::ok) return 1;
  Span span = tracing.span("work").tag("key", "value").kind(Kind::server);
  if (!span.recording() || !span.context().valid() || !span.context().sampled()) return 2;
  {
    const Scope scope{tracing, span.context()};
    if (!(current() == span.context())) return 3;
  }
  std::array<char, b3_single_max> text{};
  const std::size_t size = b3_format(span.context(), B3Format::single, text);
  B3Headers headers;
  if (!headers.add("B3", {text.data(), size})) return 4;
  const B3Extraction found = headers.extract();
  if (found.kind != B3Extraction::Kind::ids || !(found.context == span.context())) return 5;
  span.finish();
  const Books books = tracing.books();
  return books.balanced() && books.finished == 1 && books.faults == 0 ? 0 : 6;
}

}  // namespace

int main() { return failed_step(); }
