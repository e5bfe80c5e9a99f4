// SPDX-License-Identifier: Apache-2.0
#include "cli/tracing/outage_notices.hpp"

#include "cli/text/quantities.hpp"

namespace edgespan::cli {
namespace {

constexpr std::uint64_t check_every_us = 1'000'000;
constexpr std::uint64_t print_every_us = 60'000'000;

}  // namespace

void OutageNotices::print_if_due(std::uint64_t now_us) {
  if (checked_us_ != 0 && now_us - checked_us_ < check_every_us) return;
  checked_us_ = now_us;
  const Books books = agent_.tracing().books();
  const std::uint64_t dropped = books.dropped_total();
  const std::uint64_t waiting = books.in_ring + books.in_batch;
  const bool outage = dropped != dropped_ || (waiting != 0 && agent_.last_offer_failed());
  if (!outage || (printed_us_ != 0 && now_us - printed_us_ < print_every_us)) return;
  printed_us_ = now_us;
  dropped_ = dropped;
  err_ << "edgespan: " << counted(waiting, "span waits", "spans wait") << ", "
       << counted(dropped, "was dropped", "were dropped");
  const std::string problem = agent_.delivery_problem();
  if (!problem.empty()) err_ << "; " << problem;
  err_ << std::endl;
}

}  // namespace edgespan::cli
