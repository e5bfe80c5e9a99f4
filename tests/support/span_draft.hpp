// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/encode_impl.hpp"
#include "core/encoded_endpoint.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "support/test.hpp"

namespace edgespan::test {

inline constexpr Endpoint nobody{.service_name = ""};

// A span for the encoder, and the parts that it is made of. Allocates nothing. All drafts encode into the
// same memory, so one is encoded at a time.
class SpanDraft {
 public:
  static constexpr std::size_t text_max = 1'536;  // more than any span has
  Context context;
  detail::SpanFields record{context};
  detail::EncodedSize size;  // of what encoded() returned last

  SpanDraft(std::uint64_t hi, std::uint64_t lo, std::uint64_t parent, std::uint64_t id)
      : context{hi, lo, id, parent, Decision::accept} {}
  SpanDraft(const SpanDraft&) = delete;
  SpanDraft& operator=(const SpanDraft&) = delete;

  void named(std::string_view value) {
    name_bytes_ = value.size() + 2;
    detail::encode_impl::write_name(name_.data(), value);
  }
  void tag(std::string_view key, std::string_view value) {
    detail::encode_impl::write_tag(more_text(detail::encode_impl::tag_size(key, value)), key, value);
  }
  void annotate(std::uint64_t at_us, std::string_view value) {
    detail::encode_impl::write_annotation(more_text(detail::encode_impl::annotation_size(value)), at_us,
                                          value);
    record.annotated = true;
  }
  void endpoints(const Endpoint& here, const Endpoint& there) {
    TEST_ASSERT_TRUE(detail::encode_endpoint(here, detail::EndpointField::local, local_));
    TEST_ASSERT_TRUE(detail::encode_endpoint(there, detail::EndpointField::remote, remote_));
  }
  // Sets a text of so many zeros, as tags and annotations would fill it.
  void fill_text(std::size_t bytes) { (void)more_text(bytes); }
  void clear_text() { text_bytes_ = 0; }

  // Encodes the span. The bytes are valid until the next call, of any draft.
  std::span<std::byte> encoded() {
    record.name = std::span{name_}.first(name_bytes_);
    record.text = std::span{text_}.first(text_bytes_);
    record.local = local_.view();
    record.remote = remote_.view();
    size = detail::encode_impl::encoded_size(record);
    TEST_ASSERT_LESS_OR_EQUAL_UINT32(out_.size(), size.total);
    detail::encode_impl::encode(record, size, out_.data());
    return std::span{out_}.first(size.total);
  }

 private:
  std::byte* more_text(std::size_t bytes) {
    TEST_ASSERT_TRUE(bytes <= text_.size() - text_bytes_);
    text_bytes_ += bytes;
    return text_.data() + text_bytes_ - bytes;
  }

  std::array<std::byte, 2 + 127> name_;
  std::array<std::byte, text_max> text_{};
  detail::EncodedEndpoint local_, remote_;
  std::size_t name_bytes_ = 0;
  std::size_t text_bytes_ = 0;
  static inline std::array<std::byte, 2'304> out_;
};

}  // namespace edgespan::test
