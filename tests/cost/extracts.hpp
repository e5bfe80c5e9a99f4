// SPDX-License-Identifier: Apache-2.0
// A trace read out of a record's headers: by a reader of the agent, and by its floor.
#pragma once

#include <edgespan/b3.hpp>

#include "bench/floor_b3.hpp"
#include "cost/counted.hpp"
#include "cost/subject.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace edgespan::cost {

template <typename Reader, auto floor_extract, std::size_t Count>
void count_extract(std::string_view operation, const std::array<bench::floor::Header, Count>& headers) {
  using bench::hidden;
  using bench::floor::Header;
  decltype(Reader{}.extract()) ours;
  count(
      operation, edgespan_peer, rounds,
      [&] {
        const Header* const list = hidden(headers.data());
        Reader found;
        for (std::size_t i = 0; i < Count; ++i) found.add(list[i].name, list[i].value);
        ours = found.extract();
        keep(ours);
      },
      nothing);
  B3Extraction theirs;
  count(
      operation, floor_peer, rounds,
      [&] {
        theirs = floor_extract(hidden(headers.data()), hidden(Count));
        keep(theirs);
      },
      nothing);
  ours.context.w3c = theirs.context.w3c;  // the floor does not keep what W3C's flags say beside the decision
  must(ours.kind == theirs.kind && ours.context == theirs.context, "the floor's extract");
}

}  // namespace edgespan::cost
