// SPDX-License-Identifier: Apache-2.0
// How a benchmark measures: its agent, and rounds on the clock with work off the clock between them.
#pragma once

#include <edgespan/posix_port.hpp>
#include <edgespan/tracing.hpp>

#include <benchmark/benchmark.h>

#include "bench/allocations.hpp"
#include "bench/workload.hpp"
#include "core/batch.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace edgespan::bench {

// A program whose set-up fails has nothing to measure.
inline void must(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "edgespan_bench: %s failed\n", what);
  std::abort();
}

// A traced program without a reporter: what is recorded is taken out by drain().
template <Limits L = Limits{.ring_bytes = 65'536}>
struct Agent {
  explicit Agent(const TracingConfig& config = {.local = local}) {
    must(tracing.init(*memory, config, port.clock()) == Status::ok, "Tracing::init");
  }

  // All that is in the ring; returns the bytes of the last batch.
  std::size_t drain() {
    detail::TracingState& state = detail::state_of(tracing);
    detail::Taken taken;
    std::uint64_t since_us = 0;
    do {
      taken = detail::take_spans(state, memory->batch, since_us);
      state.ledger.sums.in_batch -= taken.spans;
      state.ledger.sums.delivered += taken.spans;
    } while (taken.full);
    return taken.bytes;
  }
  // Nothing of what was measured may have been a refusal.
  void check() {
    drain();
    const Books books = tracing.books();
    must(books.balanced() && books.finished == books.delivered && books.texts_cut == 0, "the agent's books");
  }

  posix::Port port;
  std::unique_ptr<Memory<L>> memory = std::make_unique<Memory<L>>();
  Tracing tracing;
};

// Measures `work`, which does `size` rounds in one call, and runs `between`, off the clock, after each.
template <typename Work, typename Between>
void measure_batches(benchmark::State& state, std::uint32_t size, Work work, Between between) {
  Allocations allocations;
  while (state.KeepRunningBatch(size)) {
    work();
    state.PauseTiming();
    allocations.pause();
    between();
    allocations.resume();
    state.ResumeTiming();
  }
  allocations.report(state);
}

// Measures one round a call, with `between` after every `size` rounds.
template <typename Work, typename Between>
void measure(benchmark::State& state, std::uint32_t size, Work work, Between between) {
  const auto rounds = [&] {
    for (std::uint32_t i = 0; i < size; ++i) work();
  };
  measure_batches(state, size, rounds, between);
}

template <typename Work>
void measure(benchmark::State& state, Work work) {
  Allocations allocations;
  for (auto _ : state) work();
  allocations.report(state);
}

}  // namespace edgespan::bench
