// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "otlp/field_reader.hpp"

namespace edgespan::otlp_detail {

// What an element (core/encode.hpp) says ahead of its annotations and tags. Views into the element.
struct SpanElement {
  Bytes trace_id{};   // 8 or 16 bytes
  Bytes parent_id{};  // 8 bytes, or none
  Bytes id{};         // 8 bytes
  std::uint64_t kind = 0;
  std::string_view name{};
  std::uint64_t start_us = 0;
  std::uint64_t duration_us = 0;
  Bytes local{};
  Bytes remote{};
  Bytes texts{};  // annotations and tags, and what stands behind them
};

// Keys of the fields in `texts`.
inline constexpr std::uint8_t key_annotation = 0x52;
inline constexpr std::uint8_t key_tag = 0x5A;

// Reads the body of an element. False: it is none that the agent writes.
bool read_span(Bytes body, SpanElement& out) noexcept;

// A service with its address, as an element has it.
struct ElementEndpoint {
  std::string_view service_name{};
  Bytes address{};  // 4 or 16 bytes, or none
  std::uint64_t port = 0;
};

// False: `bytes` are no endpoint. None at all are an endpoint of nothing.
bool read_endpoint(Bytes bytes, ElementEndpoint& out) noexcept;

}  // namespace edgespan::otlp_detail
