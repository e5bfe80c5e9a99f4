// SPDX-License-Identifier: Apache-2.0
// What is measured: an agent on the board's clock, or on one that needs no device, without a reporter's
// thread.
#pragma once

#include <edgespan/port.h>

#include <edgespan/memory.hpp>
#include <edgespan/reporter.hpp>
#include <edgespan/tracing.hpp>

#include "bench/workload.hpp"
#include "core/batch.hpp"
#include "cost/counted.hpp"

#include <cstddef>

namespace edgespan::cost {

// The smallest boards run every operation in 16 KiB.
#ifdef EDGESPAN_NO_THREADS
inline constexpr Limits limits{.ring_bytes = 2'048, .batch_bytes = 1'024, .spans_open_max = 2};
inline constexpr std::uint32_t between_drains = 5;
inline constexpr Rounds rounds{.stretches = 4, .each = between_drains};
#else
inline constexpr Limits limits{.ring_bytes = 65'536, .batch_bytes = 65'536, .spans_open_max = 4};
inline constexpr std::uint32_t between_drains = 100;
inline constexpr Rounds rounds{.stretches = 2, .each = between_drains};
#endif

// A clock whose reads cost what those of the board's cost, and give the same numbers in every run.
const edgespan_clock& clock() noexcept;

// One at a time: all have the same memory.
struct Subject {
  explicit Subject(const TracingConfig& config = {.local = bench::local}) noexcept {
    must(tracing.init(memory, config, clock()) == Status::ok, "Tracing::init");
  }

  // All that is in the ring; returns the bytes of the last batch.
  std::size_t drain() noexcept {
    detail::TracingState& state = detail::state_of(tracing);
    detail::Taken taken;
    std::uint64_t since_us = 0;
    do {
      taken = detail::take_spans(state, memory.batch, since_us);
      state.ledger.sums.in_batch -= taken.spans;
      state.ledger.sums.delivered += taken.spans;
    } while (taken.full);
    return taken.bytes;
  }
  // Nothing of what was counted may have been a refusal.
  void check() noexcept {
    drain();
    const Books books = tracing.books();
    must(books.balanced() && books.finished == books.delivered && books.texts_cut == 0, "the agent's books");
  }

  static inline Memory<limits> memory;
  Tracing tracing;
};

}  // namespace edgespan::cost
