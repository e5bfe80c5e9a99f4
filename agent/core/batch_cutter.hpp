// SPDX-License-Identifier: Apache-2.0
// Chooses which elements of a batch are offered at a time.
#pragma once

#include <cstdint>

#include "core/elements.hpp"

namespace edgespan::detail {

// Knows the batch by its sizes; the bytes themselves stay with the caller. The batch grows while it is
// collected. Then portions of it are chosen from front to back; mostly the first one is all of it. Each is
// offered until it is settled, or cut because the collector found it too large or malformed.
//
// Too large: half of the size that was refused bounds every portion for a day. A proxy whose disk is full
// refuses every size for a while; it must not make each later request carry a single span.
//
// Malformed: a collector refuses a whole batch for one bad span, so that span is searched for by halves. The
// first half either arrives, so that the bad span lies behind it, or is malformed itself. That takes one
// offer a halving, one for the bad span and one for the spans behind it. A batch in which it was found is not
// searched again. Where a search found none, all parts of what was malformed have arrived: the collector cuts
// what is too large and then cannot read it, so what is behind may be searched as well. A search begins only
// if the collector has accepted something since the last one began: a collector that accepts nothing costs
// one offer a batch.
//
// One thread at a time.
class BatchCutter {
 public:
  // A run of whole elements: `begin` and `end` count bytes of the batch.
  struct Portion {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::uint32_t spans = 0;

    constexpr std::uint32_t bytes() const noexcept { return end - begin; }
  };

  // Adds `spans` elements of `bytes` bytes behind the others. No portion may have been chosen.
  void add(std::uint32_t bytes, std::uint32_t spans) noexcept;

  std::uint32_t bytes() const noexcept { return bytes_; }  // of the whole batch, settled portions included
  std::uint32_t spans() const noexcept { return spans_; }  // not settled yet
  bool empty() const noexcept { return spans_ == 0; }

  // Chooses the portion to offer next. `batch` is the batch, not empty; nothing may be chosen yet.
  void choose(Bytes batch, std::uint64_t now_us) noexcept;
  bool chosen() const noexcept { return portion_.spans != 0; }
  const Portion& portion() const noexcept { return portion_; }

  // The collector found the chosen portion too large, or malformed. True: a smaller one is to be chosen.
  // False: the portion is to be settled as it is.
  bool cut_too_large(std::uint64_t now_us) noexcept;
  bool cut_malformed() noexcept;

  // Ends the chosen portion, which the collector has accepted or not. Returns it. After the last portion the
  // batch is empty and may grow again.
  Portion settle(bool accepted) noexcept;

  // Makes one portion of all that is not settled, for an end without an offer.
  void choose_rest() noexcept;

 private:
  // Of this batch: where the search for its bad span stands.
  enum class Search : std::uint8_t { not_begun, under_way, over };

  std::uint32_t bytes_ = 0;
  std::uint32_t spans_ = 0;
  Portion portion_{};
  Search search_ = Search::not_begun;
  bool accepted_since_search_ = true;  // the collector has accepted a portion since the last search began
  std::uint32_t suspect_end_ = 0;      // under way: the bad span lies before this byte of the batch
  std::uint32_t portion_bytes_max_ = UINT32_MAX;
  std::uint64_t bounded_us_ = 0;  // when that bound was learnt
};

}  // namespace edgespan::detail
