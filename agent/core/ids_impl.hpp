// SPDX-License-Identifier: Apache-2.0
// How ids are drawn, in line with what begins a span.
#pragma once

#include "core/code.hpp"
#include "core/ids.hpp"
#include "core/thread_state.hpp"
#include "core/xoshiro.hpp"

namespace edgespan::detail {

// Every seeding draws a number of its own, so that no two threads, and no two seedings of one, go the same
// way.
[[gnu::cold]] inline void seed_thread(TracingState& state, ThreadState& thread) noexcept {
  const std::uint64_t number = state.threads_seeded.fetch_add(1, std::memory_order_relaxed) + 1ULL;
  for (std::size_t i = 0; i < 4; ++i) thread.generator[i] = xoshiro_mix(state.seed[i] ^ (number * 4 + i));
  EDGESPAN_ASSERT(few_assertions || (thread.generator[0] | thread.generator[1] | thread.generator[2] |
                                     thread.generator[3]) != 0);  // zeros alone would give zeros for ever
  thread.seeded_for = state.epoch;
}

[[gnu::always_inline]] inline std::uint64_t draw_of(ThreadState& thread) noexcept {
  std::uint64_t id = 0;
  do {
    id = xoshiro_next(thread.generator);
  } while (id == 0);
  return id;
}

// This thread, with a generator that is seeded.
EDGESPAN_INLINE ThreadState& seeded_thread(TracingState& state) noexcept {
  EDGESPAN_ASSERT(few_assertions || state.epoch != 0);
  ThreadState& thread = thread_state();
  if (thread.seeded_for != state.epoch) [[unlikely]]
    seed_thread(state, thread);
  return thread;
}

EDGESPAN_INLINE std::uint64_t draw(TracingState& state) noexcept { return draw_of(seeded_thread(state)); }

EDGESPAN_INLINE void decide(TracingState& state, Context& context, const Sampler* rule) noexcept {
  if (context.decision != Decision::undecided) return;
  const Sampler& sampler = rule != nullptr ? *rule : state.sampler;
  const bool keep = (!small_code && sampler.keeps_all()) ||
                    sampler.keep(context.trace_lo, sampler.needs_clock() ? state.now_us() : 0);
  context.decision = keep ? Decision::accept : Decision::deny;
}

EDGESPAN_INLINE Context make_root(TracingState& state, Decision decision, const Sampler* sampler) noexcept {
  ThreadState& thread = seeded_thread(state);
  Context context{0, 0, draw_of(thread), 0, decision, random_trace_id};
  context.trace_lo = context.span_id;
  if (state.trace_id_128) context.trace_hi = small_code ? draw(state) : draw_of(thread);
  decide(state, context, sampler);
  EDGESPAN_ASSERT(few_assertions || (context.valid() && context.decision != Decision::undecided));
  return context;
}

EDGESPAN_INLINE Context make_child(TracingState& state, const Context& parent,
                                   const Sampler* sampler) noexcept {
  EDGESPAN_ASSERT(parent.valid());
  Context context{parent.trace_hi, parent.trace_lo, draw(state), parent.span_id, parent.decision, parent.w3c};
  decide(state, context, sampler);
  EDGESPAN_ASSERT(few_assertions || context.decision != Decision::undecided);
  return context;
}

}  // namespace edgespan::detail
