// SPDX-License-Identifier: Apache-2.0
// Batches for a collector that takes trace ids of 16 bytes alone, as those do that read Zipkin's protobuf
// with zipkin-go: 8 bytes of zeros go ahead of a shorter id, which is the same id. Zipkin itself has both,
// and gets the shorter one.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace edgespan::http_detail {

// How many bytes a portion of a batch has with wide ids; as many as without if it has no other ones.
std::size_t wide_bytes(std::span<const std::byte> portion) noexcept;

// How an element with a short id begins once that is wide.
using WideHead = std::array<std::byte, 14>;

// The bytes of the wide portion from `at` on, as many as lie in one piece: in `portion`, or in `head`, where
// they are written. Empty behind the last one. A look at every element in front of `at`.
std::span<const std::byte> wide_piece(std::span<const std::byte> portion, std::size_t at,
                                      WideHead& head) noexcept;

}  // namespace edgespan::http_detail
