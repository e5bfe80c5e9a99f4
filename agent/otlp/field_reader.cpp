// SPDX-License-Identifier: Apache-2.0
#include "otlp/field_reader.hpp"

#include "core/assert.hpp"

namespace edgespan::otlp_detail {

bool FieldReader::read_varint(std::uint64_t& value) noexcept {
  value = 0;
  std::size_t used = 0;
  for (unsigned shift = 0; shift < 64 && used < rest_.size(); shift += 7) {
    const auto digit = static_cast<std::uint64_t>(rest_[used++]);
    value |= (digit & 0x7F) << shift;
    if (digit >= 0x80) continue;
    EDGESPAN_ASSERT(used != 0 && used <= 10);  // what the shift allows
    rest_ = rest_.subspan(used);
    return true;
  }
  return false;
}

bool FieldReader::take(std::uint64_t size) noexcept {
  if (size > rest_.size()) return false;
  bytes_ = rest_.first(static_cast<std::size_t>(size));
  rest_ = rest_.subspan(static_cast<std::size_t>(size));
  EDGESPAN_ASSERT(bytes_.data() + bytes_.size() == rest_.data());
  return true;
}

bool FieldReader::next() noexcept {
  const Bytes before = rest_;
  if (take_field()) return true;
  rest_ = before;
  return false;
}

bool FieldReader::take_field() noexcept {
  if (rest_.empty()) return false;
  key_ = static_cast<std::uint8_t>(rest_.front());
  if (key_ >= 0x80 || key_ < 0x08) return false;
  rest_ = rest_.subspan(1);
  switch (key_ & 7) {
    case 0:
      return read_varint(number_);
    case 1:
      if (!take(8)) return false;
      number_ = 0;
      for (std::size_t i = 8; i-- != 0;) number_ = number_ << 8 | static_cast<std::uint8_t>(bytes_[i]);
      return true;
    case 2: {
      std::uint64_t size = 0;
      return read_varint(size) && take(size);
    }
    default:
      return false;
  }
}

}  // namespace edgespan::otlp_detail
