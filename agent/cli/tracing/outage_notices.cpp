// SPDX-License-Identifier: Apache-2.0
#include "cli/tracing/outage_notices.hpp"

#include "cli/text/escape.hpp"

namespace edgespan::cli {
namespace {

constexpr std::uint64_t look_every_us = 1'000'000;
constexpr std::uint64_t say_every_us = 60'000'000;

}  // namespace

void OutageNotices::look(std::uint64_t now_us) {
  if (looked_us_ != 0 && now_us - looked_us_ < look_every_us) return;
  looked_us_ = now_us;
  const Books books = agent_.tracing().books();
  const std::uint64_t dropped = books.dropped_total();
  const std::uint64_t waiting = books.in_ring + books.in_batch;
  const bool amiss = dropped != dropped_ || (waiting != 0 && agent_.failing());
  if (!amiss || (said_us_ != 0 && now_us - said_us_ < say_every_us)) return;
  said_us_ = now_us;
  dropped_ = dropped;
  err_ << "edgespan: " << counted(waiting, "span waits", "spans wait") << ", "
       << counted(dropped, "was dropped", "were dropped");
  const std::string why = agent_.complaint();
  if (!why.empty()) err_ << "; " << why;
  err_ << std::endl;
}

}  // namespace edgespan::cli
