// SPDX-License-Identifier: Apache-2.0
// Which trace headers leave with a message. All that edgespan knows are read, whatever is written.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace edgespan {

// One way to write a context.
enum class TraceFormat : std::uint8_t {
  b3,             // b3: trace-span-decision, what Brave writes into records
  b3_parent,      // b3: trace-span-decision-parent
  b3_multi,       // X-B3-TraceId, X-B3-SpanId, X-B3-ParentSpanId, X-B3-Sampled or X-B3-Flags
  w3c,            // traceparent, and the tracestate that came with the trace
  w3c_continued,  // the same, but only for a trace that came in with a traceparent
};

// Formats in the order in which they are written. A name leaves once, so at most one of b3 and b3_parent is
// among them, and one of w3c and w3c_continued.
class Propagation {
 public:
  static constexpr std::size_t formats_max = 3;

  // `b3`, and `traceparent` beside it where the trace came in with one: a trace of OpenTelemetry stays one,
  // and no other message pays for a second header.
  constexpr Propagation() noexcept
      : formats_{TraceFormat::b3, TraceFormat::w3c_continued}, size_{2}, valid_{true} {}
  // A list that is not valid() if it is empty or would write a name twice.
  constexpr Propagation(std::initializer_list<TraceFormat> formats) noexcept
      : formats_{}, size_{0}, valid_{false} {
    for (const TraceFormat format : formats) {
      valid_ = size_ < formats_max && !writes_name_of(format);
      if (!valid_) return;
      formats_[size_++] = format;
    }
  }

  constexpr bool valid() const noexcept { return valid_; }
  constexpr const TraceFormat* begin() const noexcept { return formats_.data(); }
  constexpr const TraceFormat* end() const noexcept { return formats_.data() + size_; }
  constexpr bool has(TraceFormat wanted) const noexcept {
    for (const TraceFormat format : *this) {
      if (format == wanted) return true;
    }
    return false;
  }
  friend constexpr bool operator==(const Propagation&, const Propagation&) noexcept = default;

 private:
  static constexpr bool is_w3c(TraceFormat format) noexcept { return format >= TraceFormat::w3c; }
  static constexpr bool is_single(TraceFormat format) noexcept { return format <= TraceFormat::b3_parent; }
  constexpr bool writes_name_of(TraceFormat wanted) const noexcept {
    for (const TraceFormat format : *this) {
      if (format == wanted) return true;
      if (is_w3c(format) && is_w3c(wanted)) return true;
      if (is_single(format) && is_single(wanted)) return true;
    }
    return false;
  }

  std::array<TraceFormat, formats_max> formats_;
  std::uint8_t size_;
  bool valid_;
};

// Names of formats, separated by commas, spaces around them, as a setting has them: `b3, w3c`. Nothing for an
// unknown name and for a list that would not be valid().
std::optional<Propagation> parse_propagation(std::string_view text) noexcept;

}  // namespace edgespan
