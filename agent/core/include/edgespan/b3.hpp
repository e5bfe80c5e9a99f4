// SPDX-License-Identifier: Apache-2.0
// B3 propagation: reading and writing the header values. No allocation, no terminator, no read past a value.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <edgespan/b3_error.hpp>
#include <edgespan/context.hpp>
#include <span>
#include <string_view>

namespace edgespan {

// Which headers a producer or a poll writes.
enum class B3Format : std::uint8_t {
  single,            // b3: trace-span-decision-parent
  single_no_parent,  // b3: trace-span-decision (default; what Brave writes on Kafka)
  multi,             // X-B3-TraceId, X-B3-SpanId, X-B3-ParentSpanId, X-B3-Sampled or X-B3-Flags
  both,              // single_no_parent and multi
};

// Longest value of a single header: 32 + 1 + 16 + 1 + 1 + 1 + 16.
inline constexpr std::size_t b3_single_max = 68;
inline constexpr std::size_t b3_headers_max = 5;  // most headers that one format writes (both: b3 + 4)

// The trace headers, in the spelling that is written. Reading accepts any case.
enum class B3Key : std::uint8_t { b3, trace_id, span_id, parent_span_id, sampled, flags, none };
inline constexpr std::array<std::string_view, 6> b3_key_names{
    "b3", "X-B3-TraceId", "X-B3-SpanId", "X-B3-ParentSpanId", "X-B3-Sampled", "X-B3-Flags"};

// Which trace header a name is, in any case of its letters; `none` for every other name. O(1) by length.
B3Key b3_key(std::string_view name) noexcept;

// What headers say. `ids`: context holds ids and decision. `flags`: only context.decision is meaningful.
// `empty`: nothing usable; start over.
struct B3Extraction {
  enum class Kind : std::uint8_t { empty, flags, ids };
  Kind kind = Kind::empty;
  B3Error error = B3Error::absent;  // ok unless kind is empty
  Context context{};
};

// Reads one value of the single `b3` header. Never reads outside `value`.
B3Extraction b3_parse(std::string_view value) noexcept;

// Collects trace headers of one message, in the order they stand, and then answers. The last header of a name
// wins; `b3` wins over the X-B3 set if it parses. The collected views must outlive extract().
class B3Headers {
 public:
  // Any name and value may be passed; others than trace headers are ignored (false). A null value counts as
  // absent: pass no such header.
  bool add(std::string_view name, std::string_view value) noexcept {
    return may_be_ours(name) && add_named(name, value);
  }
  void add(B3Key key, std::string_view value) noexcept;
  bool any() const noexcept { return present_ != 0; }
  B3Extraction extract() const noexcept {
    if (present_ == 0) return {};
    return extract_present();
  }

 private:
  // Enough to pass by most of an application's own headers without a call.
  static bool may_be_ours(std::string_view name) noexcept {
    if (name.size() == 2) return name[1] == '3';
    return name.size() >= 10 && (name[0] | 0x20) == 'x';
  }
  bool add_named(std::string_view name, std::string_view value) noexcept;
  B3Extraction extract_present() const noexcept;

  // Not initialised: most messages carry no trace header, and clearing these would cost more than the asking.
  std::array<const char*, 6> data_;  // by B3Key, where present_ has its bit
  std::array<std::size_t, 6> sizes_;
  std::uint8_t present_ = 0;
};

// Writes the single form of a valid context; returns the number of characters, at most b3_single_max. An
// undecided context has no decision field; `single` adds the parent id where there is one, every other format
// leaves it out.
std::size_t b3_format(const Context& context, B3Format format, std::span<char, b3_single_max> out) noexcept;

// One header to write: a view of a name with static storage and of a value inside the caller's buffer.
struct B3Header {
  std::string_view name;
  std::string_view value;
};
struct B3Buffer {
  std::array<char, b3_single_max + 32 + 16 + 16 + 1> text;
  std::array<B3Header, b3_headers_max> headers;
};
// All headers of `format` for a valid context, as views into `buffer`. At most b3_headers_max of them.
std::span<const B3Header> b3_inject(const Context& context, B3Format format, B3Buffer& buffer) noexcept;

}  // namespace edgespan
