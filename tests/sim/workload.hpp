// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/sim_clock.hpp>
#include <edgespan/sim_random.hpp>

#include <array>
#include <cstdint>
#include <edgespan/tracing.hpp>

#include "oracle.hpp"
#include "setup.hpp"

namespace edgespan::simtest {

// The application: begins and finishes spans of all kinds, some with texts that are not welcome, and forgets
// some of them.
class Workload {
 public:
  Workload(Tracing& tracing, Oracle& oracle, const sim::Clock& clock, const Setup& setup, sim::Random random);

  // One event: begins a span, or ends one and begins another in its place.
  void work();
  std::uint64_t made() const { return made_; }
  std::uint64_t leaked() const { return leaked_; }

 private:
  static constexpr std::uint32_t places_max = 20;
  struct Place {
    Span span;
    MadeSpan made;
  };

  void begin(Place& place);
  void finish(Place& place);
  void describe(Span& span, MadeSpan& made);
  void describe_oddly(Span& span);

  Tracing& tracing_;
  Oracle& oracle_;
  const sim::Clock& clock_;
  sim::Random random_;
  const std::uint32_t leak_rate_;
  const std::uint32_t odd_text_rate_;
  std::uint32_t places_;
  std::array<Place, places_max> open_{};
  std::uint64_t made_ = 0;
  std::uint64_t leaked_ = 0;
};

}  // namespace edgespan::simtest
