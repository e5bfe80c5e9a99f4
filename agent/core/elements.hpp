// SPDX-License-Identifier: Apache-2.0
// A batch is a plain concatenation of elements (key, length, body; one a span), so it can be cut between any
// two of them, and each part is a batch again. Batches here are the agent's own bytes.
#pragma once

#include <cstdint>

#include "core/encode.hpp"

namespace edgespan::detail {

struct Run {
  std::uint32_t bytes = 0;
  std::uint32_t spans = 0;
};

// As many elements from the start of `batch` (not empty) as fit into `bytes_max`; one at the least.
Run elements_within(Bytes batch, std::uint32_t bytes_max) noexcept;

// The first half of the elements of `batch`; the larger one if their number is odd.
Run first_half(Bytes batch) noexcept;

}  // namespace edgespan::detail
