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
  single_no_parent,  // b3: trace-span-decision (default; what Brave writes into records)
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
