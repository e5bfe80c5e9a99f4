// SPDX-License-Identifier: Apache-2.0
// Random ids: a xoshiro256** generator a thread, seeded from the port's entropy. Ids are no secrets; they
// must not repeat.
#include "core/ids_impl.hpp"

namespace edgespan::detail {

void seed(TracingState& state) noexcept {
  EDGESPAN_ASSERT(few_assertions || state.epoch != 0);
  if (state.seeded.load(std::memory_order_relaxed)) return;
  std::array<std::uint64_t, 4> bytes{};
  if (!state.clock.entropy(state.clock.ctx, bytes.data(), sizeof bytes)) return;
  state.seed = bytes;
  state.seeded.store(true, std::memory_order_release);
}

std::uint64_t random_id(TracingState& state) noexcept { return draw(state); }

Context new_root(TracingState& state, Decision decision, const Sampler* sampler) noexcept {
  return make_root(state, decision, sampler);
}

Context new_child(TracingState& state, const Context& parent, const Sampler* sampler) noexcept {
  return make_child(state, parent, sampler);
}

}  // namespace edgespan::detail
