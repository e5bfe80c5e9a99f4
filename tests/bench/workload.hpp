// SPDX-License-Identifier: Apache-2.0
// The workload that every peer repeats; rows.ini describes it.
#pragma once

#include <edgespan/context.hpp>
#include <edgespan/posix_port.hpp>
#include <edgespan/tracing.hpp>

#include <benchmark/benchmark.h>

#include "bench/allocations.hpp"
#include "core/batch.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace edgespan::bench {

inline constexpr std::string_view b3_value =
    "463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-1-0020000000000001";
inline constexpr Context context{0x463ac35c9f6413ad, 0x48485a3953bb6124, 0xa2fb4a1d1a96d312,
                                 0x0020000000000001, Decision::accept};
inline constexpr std::string_view topic = "readings";
inline constexpr std::string_view key = "sensor-042";
inline constexpr std::size_t value_bytes = 100;
inline const Endpoint local{.service_name = "svc", .ipv4 = {10, 1, 2, 3}, .port = 8080};

// A program whose set-up fails has nothing to measure.
inline void must(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "edgespan_bench: %s failed\n", what);
  std::abort();
}

// What the compiler must not look through: every round is given its input anew.
template <typename T>
T hidden(T value) noexcept {
  asm volatile("" : "+r"(value) : : "memory");
  return value;
}
inline std::string_view hidden(std::string_view text) noexcept {
  return {hidden(text.data()), hidden(text.size())};
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

// The span of the workload, from its start until it lies in the ring.
inline void one_span(Tracing& tracing) {
  Span span = tracing.child(context);
  span.name("send").kind(Kind::producer).remote_service_name("kafka");
  span.tag("kafka.key", key).tag("kafka.topic", topic);
}

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
