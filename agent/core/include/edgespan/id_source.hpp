// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <edgespan/context.hpp>

namespace edgespan {

// Makes the contexts of a device that only marks its messages and records no spans: it needs no Tracing and
// no memory but this object. One thread at a time. Ids are no secrets; they must not repeat.
class IdSource {
 public:
  // `seed`: 32 bytes of entropy, other ones after each start of the device. Zeros alone are no seed: then
  // valid() is false, and every context that is made here is not valid() either.
  explicit IdSource(const std::array<std::uint64_t, 4>& seed) noexcept;

  bool valid() const noexcept { return valid_; }

  // The context of a new trace, with a trace id of 128 bits.
  Context root(Decision decision = Decision::accept) noexcept;
  // The context of a step within the trace of `parent`; a new trace if that is not valid(), with the decision
  // that it may hold. An undecided parent is accepted.
  Context child(const Context& parent) noexcept;

 private:
  std::uint64_t next() noexcept;

  std::array<std::uint64_t, 4> state_;
  bool valid_;
};

}  // namespace edgespan
