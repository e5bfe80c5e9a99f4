// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/assert.hpp"
#include "core/encode_impl.hpp"
#include "otlp/field_reader.hpp"

namespace edgespan::otlp_detail {

// Walks through fields whose order is known, and never beyond their end. A field that is not the next one is
// absent.
class ElementWalk {
 public:
  explicit ElementWalk(Bytes bytes) noexcept : at_{bytes.data()}, end_{at_ + bytes.size()} {}

  bool is_next(std::uint8_t key) const noexcept {
    return at_ != end_ && static_cast<std::uint8_t>(*at_) == key;
  }
  const std::byte* at() const noexcept { return at_; }
  Bytes rest() const noexcept { return {at_, end_}; }

  // The bytes of a field, whose length takes one byte. No data: it is absent, or longer than what is left.
  Bytes bytes(std::uint8_t key) noexcept {
    if (left() < 2 || static_cast<std::uint8_t>(*at_) != key) return {};
    const auto size = static_cast<std::size_t>(at_[1]);
    if (size >= 0x80 || size > left() - 2) return {};
    const std::byte* const begin = at_ + 2;
    at_ = begin + size;
    EDGESPAN_ASSERT(at_ <= end_);
    return {begin, size};
  }
  const std::byte* id(std::uint8_t key) noexcept {
    const Bytes found = bytes(key);
    return found.size() == 8 ? found.data() : nullptr;
  }
  // False: the field is there and is no whole number.
  bool number(std::uint8_t key, std::uint64_t& out) noexcept {
    if (!is_next(key)) return true;
    ++at_;
    for (unsigned shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const auto digit = static_cast<std::uint64_t>(*at_++);
      out |= (digit & 0x7F) << shift;
      if (digit < 0x80) return true;
    }
    return false;
  }
  bool fixed64(std::uint8_t key, std::uint64_t& out) noexcept {
    if (!is_next(key)) return true;
    if (left() < 9) return false;
    out = detail::encode_impl::get_le64(at_ + 1);
    at_ += 9;
    return true;
  }

 private:
  std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }

  const std::byte* at_;
  const std::byte* end_;
};

}  // namespace edgespan::otlp_detail
