// SPDX-License-Identifier: Apache-2.0
// What the tags of a span say beside their being attributes.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/assert.hpp"
#include "otlp/field_reader.hpp"

namespace edgespan::otlp_detail {

struct TagMeaning {
  std::string_view error{};
  bool has_error = false;
  bool has_error_type = false;
  bool of_convention = false;  // OpenTelemetry's for messaging
  bool receives = false;

  // Whether the span has a status or flags.
  bool any() const noexcept { return has_error || has_error_type || of_convention; }
};

// Whether a tag may say more than that it is an attribute. Brave's own keys do not, and most spans have no
// others.
constexpr bool may_have_meaning(std::string_view key) noexcept {
  EDGESPAN_ASSERT(!key.empty());
  switch (key.front()) {
    case 'k':  // kafka.offset, kafka.message.tombstone
      return key.size() > 6 && (key[6] == 'o' || key[6] == 'm');
    case 'e':
    case 'm':
    case 's':
      return true;
    default:
      return false;
  }
}

// Writes what a field of SpanElement::texts becomes at `out`, which has the room, and notes what it means.
// Returns what lies behind it; null: it is no field that the agent writes. A tag `error` is noted alone.
std::byte* put_text_field(std::byte* out, const FieldReader& field, TagMeaning& meaning) noexcept;

// Writes the status and the flags, if the span has them. They come last of a span.
std::byte* put_status_and_flags(std::byte* out, const TagMeaning& meaning, bool has_parent) noexcept;

}  // namespace edgespan::otlp_detail
