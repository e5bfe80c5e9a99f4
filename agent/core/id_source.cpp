// SPDX-License-Identifier: Apache-2.0
#include <edgespan/id_source.hpp>

#include "core/assert.hpp"
#include "core/xoshiro.hpp"

namespace edgespan {

IdSource::IdSource(const std::array<std::uint64_t, 4>& seed) noexcept
    : valid_{(seed[0] | seed[1] | seed[2] | seed[3]) != 0} {
  // Every word of the seed reaches every word of the state: the first id hangs on one of them alone.
  std::uint64_t all = 0;
  for (const std::uint64_t word : seed) all = detail::xoshiro_mix(all ^ word);
  for (std::size_t i = 0; i < seed.size(); ++i) state_[i] = detail::xoshiro_mix(seed[i] ^ (all + i));
}

std::uint64_t IdSource::next() noexcept {
  EDGESPAN_ASSERT(valid_);
  std::uint64_t id = 0;
  do {
    id = detail::xoshiro_next(state_);
  } while (id == 0);
  return id;
}

Context IdSource::root(Decision decision) noexcept {
  if (!valid_) return {};
  const Decision made = decision == Decision::undecided ? Decision::accept : decision;
  Context context{next(), 0, next(), 0, made, random_trace_id};
  context.trace_lo = context.span_id;
  return context;
}

Context IdSource::child(const Context& parent) noexcept {
  if (!valid_) return {};
  if (!parent.valid()) return root(parent.decision);
  const Decision made = parent.decision == Decision::undecided ? Decision::accept : parent.decision;
  return {parent.trace_hi, parent.trace_lo, next(), parent.span_id, made, parent.w3c};
}

}  // namespace edgespan
