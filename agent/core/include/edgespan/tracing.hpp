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
#include <edgespan/limits.hpp>
#include <edgespan/sampler.hpp>
#include <edgespan/span.hpp>
#include <edgespan/status.hpp>
#include <new>
#include <span>
#include <string_view>

namespace edgespan {

namespace detail {
struct TracingState;
}

// Who recorded a span, or who its peer is. The service name is 1 to 63 bytes of UTF-8; ASCII letters become
// lower-case. An address of zeros and a port of 0 are left out.
struct Endpoint {
  std::string_view service_name = "unknown";
  std::array<std::uint8_t, 4> ipv4{};
  std::array<std::uint8_t, 16> ipv6{};
  std::uint16_t port = 0;
};

struct TracingConfig {
  Endpoint local{};                  // copied
  bool trace_id_128 = true;          // of new traces; ids that come in are kept as they are
  const Sampler* sampler = nullptr;  // kept; null: always
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
  ~Tracing() = default;
  Tracing(const Tracing&) = delete;
  Tracing& operator=(const Tracing&) = delete;

  // Keeps `memory` and `clock` (and the sampler); copies the rest. The memory may hold anything before.
  // Status::too_small for a memory of which shortfall() has something to say.
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

  // One consistent snapshot. Waits, if at all, for a copy of one batch on another thread.
  Books books() noexcept;

  // What the agent's other parts stand on; not for applications.
  detail::TracingState& state() noexcept {
    return *reinterpret_cast<detail::TracingState*>(std::launder(state_.data()));  // clang: of a whole type
  }
  // A span with a context of its own making, started at `start_us` of the monotonic clock, or now if that is
  // 0.
  Span open(const Context& context, std::uint64_t start_us) noexcept;

 private:
  alignas(64) std::array<std::byte, 1'536> state_;
};

}  // namespace edgespan
