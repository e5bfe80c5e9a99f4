// SPDX-License-Identifier: Apache-2.0
#include "kafka/tag_run.hpp"

#include <cstring>

#include "core/assert.hpp"
#include "core/encode_impl.hpp"
#include "core/utf8.hpp"

namespace edgespan::kafka_detail {

// Opens a tag with a value of so many bytes: returns where the value is to be written; null: nowhere. It
// copies by a call: the encoder's own way is quicker, and takes more of the stack. In line with its callers,
// for the same reason.
[[gnu::always_inline]] inline std::byte* TagRun::open(Name name, std::size_t value_bytes) noexcept {
  using namespace detail::encode_impl;
  const std::string_view key = otel.*name;
  const std::size_t body = 2 + key.size() + 1 + detail::varint_size(value_bytes) + value_bytes;
  const std::size_t size = 1 + detail::varint_size(body) + body;
  if (size + kept_ > left_) {
    cut_ = true;
    return nullptr;
  }
  left_ -= static_cast<std::uint32_t>(size);
  if (out_ == nullptr) return nullptr;
  std::byte* out = put_varint(put(out_, detail::encode_impl::key_tag), body);
  out = put(put(out, 0x0A), static_cast<std::uint8_t>(key.size()));
  std::memcpy(out, key.data(), key.size());
  out = put_varint(put(out + key.size(), 0x12), value_bytes);
  out_ += size;
  return out;
}

void TagRun::add(Name name, std::string_view value) noexcept {
  std::byte* const out = open(name, value.size());
  if (out != nullptr && !value.empty()) std::memcpy(out, value.data(), value.size());
}

void TagRun::add(Name name, std::uint64_t value) noexcept {
  std::size_t digits = 1;
  for (std::uint64_t rest = value / 10; rest != 0; rest /= 10) ++digits;
  std::byte* const out = open(name, digits);
  if (out == nullptr) return;
  for (; digits-- != 0; value /= 10) out[digits] = static_cast<std::byte>('0' + value % 10);
}

void TagRun::add_cut(Name name, std::string_view value) noexcept {
  const std::size_t frame = (otel.*name).size() + 8;  // a tag's keys, and its lengths at their longest
  const std::string_view told = detail::cut_utf8(value, left_ > kept_ + frame ? left_ - kept_ - frame : 0);
  cut_ = cut_ || told.size() != value.size();
  add(name, told);
}

}  // namespace edgespan::kafka_detail
