// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/probe_span.hpp"

#include "cli/io/tool_errors.hpp"

#include <edgespan/memory.hpp>
#include <edgespan/reporter.hpp>
#include <edgespan/span.hpp>
#include <edgespan/tracing.hpp>

#include <memory>

namespace edgespan::cli {
namespace {

constexpr std::uint32_t flush_ms = 100;  // nothing is waited for but a date

SendResult keep(void* self, std::span<const std::byte> batch, std::uint64_t) noexcept {
  static_cast<ProbeSpan*>(self)->bytes.assign(batch.begin(), batch.end());
  SendResult result;
  result.outcome = Outcome::delivered;
  return result;
}

}  // namespace

ProbeSpan make_probe_span(const edgespan_clock& clock) {
  ProbeSpan made;
  const auto memory = std::make_unique<Memory<tiny_limits>>();
  Tracing tracing;
  Reporter reporter;
  const bool started =
      tracing.init(*memory, {.local = {.service_name = "edgespan-doctor"}}, clock) == Status::ok &&
      reporter.init(tracing, {&made, keep, [](void*) {}}) == Status::ok;
  if (!started) throw RunError{"the agent for a span of the doctor's own does not start"};
  Span span = tracing.span("doctor");
  made.trace_id = log_ids(span.context()).trace_id();
  span.finish();
  // Without a date it stays where it is, which its emptiness tells.
  static_cast<void>(reporter.flush(flush_ms));
  return made;
}

}  // namespace edgespan::cli
