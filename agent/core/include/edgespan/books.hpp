// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace edgespan {

// Why a finished, sampled span did not reach a collector.
enum class DropReason : std::uint8_t {
  ring_full,  // no room left for it, or the oldest made room for a newer one
  no_slot,    // spans_open_max spans were open when it was started
  too_large,  // no batch can hold it, or the collector finds it too large by itself
  malformed,  // this and the next two: the outcome of its last offer, as in sender.hpp
  unauthorized,
  refused,
  rejected,  // the collector accepted its batch, and left it out (OTLP's partial success)
  shutdown,  // still held when the agent was stopped
};
inline constexpr std::size_t drop_reasons = static_cast<std::size_t>(DropReason::shutdown) + 1;
std::string_view drop_reason_name(DropReason reason) noexcept;

// What happened to every span, as one snapshot. Spans that are not sampled are no spans here.
// finished == delivered + dropped + in_ring + in_batch, always.
struct Books {
  std::uint64_t finished = 0;
  std::uint64_t delivered = 0;
  std::array<std::uint64_t, drop_reasons> dropped{};
  std::uint64_t in_ring = 0;
  std::uint64_t in_batch = 0;

  // Events beside the sum.
  std::uint64_t batches = 0;          // delivered
  std::uint64_t bytes_delivered = 0;  // of span data in them
  std::uint64_t bytes_sent = 0;       // given to connections: heads and repeated bytes too, TLS and TCP not
  std::uint64_t retries = 0;          // offers that failed and were, or will be, repeated
  std::uint64_t resent = 0;           // batches sent again after some of their bytes were: may arrive twice
  std::uint64_t cuts = 0;             // batches cut in two: too large, or one of their spans is bad
  std::uint32_t suspect = 0;          // of the retries: answers that were none of the collector's
  std::uint32_t expired = 0;          // spans ended by their deadline or by the stop (error=abandoned)
  // Produced messages without a slot: their span ended at once. If such a message fails, a second part of the
  // span tells, which is one more in `finished`.
  std::uint32_t inflight_full = 0;
  std::uint32_t texts_cut = 0;       // texts, keys and topics left out or cut: too long, or not UTF-8
  std::uint32_t scopes_refused = 0;  // scopes beyond scope_depth_max, or closed out of turn
  std::uint32_t headers_failed = 0;  // records that went on without their trace header
  std::uint32_t roots_unshared = 0;  // records with a root of their own, poll_topics_max being reached
  std::uint32_t sends_refused = 0;   // messages that a client did not accept, in calls that are traced
  // Those of them that have no span of their own: one span stands for several and tells their number.
  std::uint32_t refusals_folded = 0;
  // Records that went on without the `tracestate` that they had: too long, not valid, or not of their trace.
  std::uint32_t tracestates_dropped = 0;
  // Spans whose threads were stopped while they wrote them into the ring: they leave when the thread goes on.
  std::uint32_t claims_passed_over = 0;
  std::uint32_t faults = 0;  // contradictions inside the agent: the first one switches it off

  std::uint64_t dropped_total() const noexcept;
  bool balanced() const noexcept { return finished == delivered + dropped_total() + in_ring + in_batch; }
};

}  // namespace edgespan
