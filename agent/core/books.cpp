// SPDX-License-Identifier: Apache-2.0
#include <edgespan/books.hpp>

namespace edgespan {

std::string_view drop_reason_name(DropReason reason) noexcept {
  switch (reason) {
    case DropReason::ring_full:
      return "ring_full";
    case DropReason::no_slot:
      return "no_slot";
    case DropReason::too_large:
      return "too_large";
    case DropReason::malformed:
      return "malformed";
    case DropReason::unauthorized:
      return "unauthorized";
    case DropReason::refused:
      return "refused";
    case DropReason::rejected:
      return "rejected";
    case DropReason::shutdown:
      return "shutdown";
  }
  return "unknown";
}

std::uint64_t Books::dropped_total() const noexcept {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : dropped) sum += count;
  return sum;
}

}  // namespace edgespan
