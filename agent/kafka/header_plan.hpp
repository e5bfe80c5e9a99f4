// SPDX-License-Identifier: Apache-2.0
// What a Propagation comes to for one record, worked out once: most records leave with `b3` alone, and that
// is to cost no look at a list of formats.
#pragma once

#include <cstddef>
#include <cstdint>
#include <edgespan/b3.hpp>
#include <edgespan/context.hpp>
#include <edgespan/propagation.hpp>

#include "core/assert.hpp"

namespace edgespan::kafka_detail {

class HeaderPlan {
 public:
  explicit constexpr HeaderPlan(const Propagation& formats = {}, std::uint16_t tracestate_max = 512) noexcept
      : formats_{formats},
        tracestate_max_{tracestate_max},
        has_b3_{formats.has(TraceFormat::b3) || formats.has(TraceFormat::b3_parent)},
        b3_{formats.has(TraceFormat::b3_parent) ? B3Format::single : B3Format::single_no_parent} {
    EDGESPAN_ASSERT(formats.valid());
    const bool always = !has_b3_ || formats.has(TraceFormat::b3_multi) || formats.has(TraceFormat::w3c);
    if (always) others_always_ = came_with_traceparent;
    if (always || formats.has(TraceFormat::w3c_continued)) others_ = came_with_traceparent;
  }

  constexpr const Propagation& formats() const noexcept { return formats_; }
  constexpr std::size_t tracestate_max() const noexcept { return tracestate_max_; }
  constexpr bool has_b3() const noexcept { return has_b3_; }
  constexpr B3Format b3() const noexcept { return b3_; }

  // Whether `b3` is the only header that is written for this context.
  constexpr bool only_b3(const Context& context) const noexcept {
    return ((context.w3c | others_always_) & others_) == 0;
  }
  constexpr bool writes_traceparent(const Context& context) const noexcept {
    return formats_.has(TraceFormat::w3c) ||
           ((context.w3c & came_with_traceparent) != 0 && formats_.has(TraceFormat::w3c_continued));
  }
  // Whether `b3` and behind it `traceparent` are written for this context, and no other header.
  constexpr bool writes_pair(const Context& context) const noexcept {
    const bool two = formats_.end() - formats_.begin() == 2;
    return two && *formats_.begin() <= TraceFormat::b3_parent && writes_traceparent(context);
  }
  // How many headers are written at most.
  constexpr std::size_t headers_max(const Context& context) const noexcept {
    if (only_b3(context)) return 1;
    return formats_.has(TraceFormat::b3_multi) ? b3_headers_max + 1 : 2;
  }

 private:
  Propagation formats_;
  std::uint16_t tracestate_max_;
  bool has_b3_;
  B3Format b3_;
  std::uint8_t others_always_ =
      0;                     // came_with_traceparent: other headers than `b3` are written for any context
  std::uint8_t others_ = 0;  // likewise: for those that have it; 0: for none
};

}  // namespace edgespan::kafka_detail
