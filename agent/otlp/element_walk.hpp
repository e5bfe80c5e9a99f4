// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

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
  // A field of exactly so many bytes; null: it is not there.
  template <std::size_t Size>
  const std::byte* field(std::uint8_t key) noexcept {
    if (left() < 2 + Size || static_cast<std::uint8_t>(at_[0]) != key) return nullptr;
    if (static_cast<std::uint8_t>(at_[1]) != Size) return nullptr;
    const std::byte* const begin = at_ + 2;
    at_ = begin + Size;
    return begin;
  }
  // True: the bytes of `run` stood here, without the field `key` behind them, and the walk is beyond them.
  // False: it has not moved.
  bool skip(Bytes run, std::uint8_t key) noexcept {
    EDGESPAN_ASSERT(!run.empty());
    if (run.size() > left() || !same(at_, run.data(), run.size())) return false;
    const std::byte* const behind = at_ + run.size();
    if (behind != end_ && static_cast<std::uint8_t>(*behind) == key) return false;
    at_ = behind;
    return true;
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
  // Two looks at a register's worth that overlap, where that is quicker than a call.
  static bool same(const std::byte* a, const std::byte* b, std::size_t size) noexcept {
    if (size < 16 || size > 32) return std::memcmp(a, b, size) == 0;
    return std::memcmp(a, b, 16) == 0 && std::memcmp(a + size - 16, b + size - 16, 16) == 0;
  }
  std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }

  const std::byte* at_;
  const std::byte* end_;
};

}  // namespace edgespan::otlp_detail
