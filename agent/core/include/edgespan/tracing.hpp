// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <edgespan/b3.hpp>
#include <edgespan/books.hpp>
#include <edgespan/context.hpp>
#include <edgespan/endpoint.hpp>
#include <edgespan/log_ids.hpp>
#include <edgespan/memory.hpp>
#include <edgespan/sampler.hpp>
#include <edgespan/scope.hpp>
#include <edgespan/span.hpp>
#include <edgespan/status.hpp>
#include <span>
#include <string_view>

namespace edgespan {

namespace detail {
struct Access;
}

struct TracingConfig {
  Endpoint local{};                     // copied
  bool trace_id_128 = true;             // of new traces; ids that come in are kept as they are
  Sampler sampler = Sampler::always();  // copied
  // 1 or more: an open span older than this is ended with error=abandoned.
  std::uint32_t span_deadline_s = 600;
  bool drop_oldest = false;  // a full ring makes room for new spans by dropping the oldest
};

// The tracer: makes contexts and spans, and keeps the finished ones, encoded, until a Reporter takes them.
// Pinned: it is neither copied nor moved, and outlives every Span, Scope and Reporter of it. All calls but
// init: any thread, never block, never allocate.
class Tracing {
 public:
  Tracing() noexcept;
  ~Tracing();
  Tracing(const Tracing&) = delete;
  Tracing& operator=(const Tracing&) = delete;

  // Copies everything but the arrays of `memory`, which may hold anything before, and what `clock.ctx` points
  // to: both outlive this object. Status::already_started for a second call. Status::too_small for a memory
  // of which shortfall() has something to say; misaligned for an array that begins where its type may not
  // lie; small code judges the ring alone.
  Status init(const TracingMemory& memory, const TracingConfig& config, const edgespan_clock& clock) noexcept;

  // A span of the application's own: a child of this thread's scope, or the root of a new trace.
  Span span(std::string_view name) noexcept;
  // A span that continues `parent`; if that is not valid(), as span(), with the decision that `parent` may
  // hold.
  Span child(const Context& parent) noexcept;

  // Off: no span is recorded, nothing is injected, nothing is cleared; spans that are open are finished as
  // usual. Starts on.
  void enable(bool on) noexcept;
  bool enabled() const noexcept;

  // Whether this is the copy in a child of fork(). It is off for good, has no books, and touches nothing of
  // the parent's; another Tracing, or the same agent started anew, may trace in the child.
  bool forked() const noexcept;

  // One consistent snapshot. Waits, if at all, for a copy of one batch on another thread.
  Books books() noexcept;

 private:
  friend struct detail::Access;
  alignas(64) std::array<std::byte, 1'536> state_;
};

}  // namespace edgespan
