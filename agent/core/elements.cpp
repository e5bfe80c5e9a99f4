// SPDX-License-Identifier: Apache-2.0
#include "core/elements.hpp"

#include <cstddef>

#include "core/assert.hpp"

namespace edgespan::detail {
namespace {

// The size of the element that `batch` begins with.
std::uint32_t element_bytes(Bytes batch) noexcept {
  std::uint32_t body = 0;
  std::size_t at = 1;  // behind the key
  for (std::uint32_t shift = 0;; shift += 7) {
    const auto digit = static_cast<std::uint32_t>(batch[at++]);
    body |= (digit & 0x7F) << shift;
    if (digit < 0x80) break;
    EDGESPAN_ASSERT(few_assertions || shift < 14);  // lengths below 2^21 take three bytes
  }
  const std::size_t bytes = at + body;
  EDGESPAN_ASSERT(bytes <= batch.size());
  return static_cast<std::uint32_t>(bytes);
}

// Up to `spans_max` elements from the start of `batch`, as elements_within() does.
Run elements_up_to(Bytes batch, std::uint32_t bytes_max, std::uint32_t spans_max) noexcept {
  Run run;
  while (run.bytes < batch.size() && run.spans != spans_max) {
    const std::uint32_t next = element_bytes(batch.subspan(run.bytes));
    if (run.spans != 0 && (run.bytes >= bytes_max || next > bytes_max - run.bytes)) break;
    run.bytes += next;
    ++run.spans;
  }
  EDGESPAN_ASSERT(few_assertions || run.bytes <= batch.size());
  return run;
}

}  // namespace

Run elements_within(Bytes batch, std::uint32_t bytes_max) noexcept {
  return elements_up_to(batch, bytes_max, UINT32_MAX);
}

Run first_half(Bytes batch) noexcept {
  const std::uint32_t spans = elements_within(batch, UINT32_MAX).spans;
  EDGESPAN_ASSERT(few_assertions || spans != 0);
  return elements_up_to(batch, UINT32_MAX, (spans + 1) / 2);
}

}  // namespace edgespan::detail
