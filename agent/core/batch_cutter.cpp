// SPDX-License-Identifier: Apache-2.0
#include "core/batch_cutter.hpp"

#include "core/assert.hpp"
#include "core/elapsed.hpp"

namespace edgespan::detail {
namespace {

constexpr std::uint64_t bound_lasts_us = 24ULL * 3'600 * 1'000'000;

}  // namespace

void BatchCutter::add(std::uint32_t bytes, std::uint32_t spans) noexcept {
  EDGESPAN_ASSERT(!chosen() && portion_.begin == 0);
  bytes_ += bytes;
  spans_ += spans;
}

void BatchCutter::choose(Bytes batch, std::uint64_t now_us) noexcept {
  EDGESPAN_ASSERT(!empty() && !chosen() && batch.size() == bytes_);
  if (left_us(now_us, bounded_us_, bound_lasts_us) == 0) portion_bytes_max_ = UINT32_MAX;
  if (search_ == Search::under_way && suspect_end_ <= portion_.begin) search_ = Search::not_begun;
  const bool searching = search_ == Search::under_way;
  const Bytes rest = batch.first(searching ? suspect_end_ : bytes_).subspan(portion_.begin);
  Run run = elements_within(rest, portion_bytes_max_);
  if (searching) {
    const Run half = first_half(rest);
    if (half.bytes < run.bytes) run = half;
  }
  portion_.end = portion_.begin + run.bytes;
  portion_.spans = run.spans;
  EDGESPAN_ASSERT(run.spans != 0 && run.spans <= spans_ && portion_.end <= bytes_);
}

bool BatchCutter::cut_too_large(std::uint64_t now_us) noexcept {
  EDGESPAN_ASSERT(chosen());
  if (portion_.spans == 1) return false;
  portion_bytes_max_ = portion_.bytes() / 2;
  bounded_us_ = now_us;
  portion_.spans = 0;
  return true;
}

bool BatchCutter::cut_malformed() noexcept {
  EDGESPAN_ASSERT(chosen());
  if (portion_.spans == 1) {
    if (search_ == Search::under_way) search_ = Search::over;  // this is the bad span
    return false;
  }
  if (search_ == Search::over || (search_ == Search::not_begun && !accepted_since_search_)) return false;
  if (search_ == Search::not_begun) accepted_since_search_ = false;
  search_ = Search::under_way;
  suspect_end_ = portion_.end;
  portion_.spans = 0;
  return true;
}

BatchCutter::Portion BatchCutter::settle(bool accepted) noexcept {
  EDGESPAN_ASSERT(chosen() && portion_.spans <= spans_ && portion_.begin < portion_.end &&
                  portion_.end <= bytes_);
  const Portion settled = portion_;
  if (accepted) accepted_since_search_ = true;
  spans_ -= settled.spans;
  portion_ = {.begin = settled.end};
  if (spans_ == 0) {
    EDGESPAN_ASSERT(settled.end == bytes_);
    portion_ = {};
    bytes_ = 0;
    search_ = Search::not_begun;
  }
  return settled;
}

void BatchCutter::choose_rest() noexcept {
  EDGESPAN_ASSERT(!empty());
  portion_.end = bytes_;
  portion_.spans = spans_;
  EDGESPAN_ASSERT(few_assertions || portion_.begin < portion_.end);
}

}  // namespace edgespan::detail
