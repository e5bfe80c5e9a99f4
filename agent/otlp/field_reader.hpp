// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace edgespan::otlp_detail {

using Bytes = std::span<const std::byte>;

// Reads fields of protobuf one after the other. Never beyond its bytes, whatever they are.
class FieldReader {
 public:
  explicit FieldReader(Bytes bytes) noexcept : rest_{bytes} {}

  // False at the end, and at bytes that are no field: there it stays, and is not at the end.
  bool next() noexcept;
  bool at_end() const noexcept { return rest_.empty(); }
  Bytes rest() const noexcept { return rest_; }

  // Of the field that next() found: its key byte (number and wire type; fields above 15 have none here), the
  // value of a varint or of a fixed 64, the bytes of everything else.
  std::uint8_t key() const noexcept { return key_; }
  std::uint64_t number() const noexcept { return number_; }
  Bytes bytes() const noexcept { return bytes_; }
  std::string_view text() const noexcept {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }

 private:
  bool take_field() noexcept;
  bool read_varint(std::uint64_t& value) noexcept;
  bool take(std::uint64_t size) noexcept;

  Bytes rest_;
  Bytes bytes_{};
  std::uint64_t number_ = 0;
  std::uint8_t key_ = 0;
};

}  // namespace edgespan::otlp_detail
