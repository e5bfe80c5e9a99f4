// SPDX-License-Identifier: Apache-2.0
// The B3 codec, written once: b3.cpp exports it, tests evaluate it in the compiler and with every Hex type.
// Rules: Brave 6.3, observed; B3 spec. An id is lower-case hexadecimal, never trimmed.
#pragma once

#include <edgespan/b3.hpp>
#include <edgespan/context.hpp>

#include "core/assert.hpp"
#include "core/hex_fast.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace edgespan::b3_impl {

inline constexpr std::size_t id_digits = 16;      // a span id, a parent id, half of a long trace id
inline constexpr std::size_t decision_field = 2;  // with the separator before it, as the next
inline constexpr std::size_t parent_field = 1 + id_digits;

EDGESPAN_SHARED constexpr void empty(B3Extraction& found, B3Error error) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || error != B3Error::ok);
  found = {B3Extraction::Kind::empty, error, {}};
}

// The decision field of `b3`. False for every other character.
constexpr bool read_decision(char text, Decision& decision) noexcept {
  switch (text) {
    case '0':
      decision = Decision::deny;
      return true;
    case '1':
      decision = Decision::accept;
      return true;
    case 'd':
      decision = Decision::debug;
      return true;
    default:
      return false;
  }
}

constexpr char decision_char(Decision decision) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || decision != Decision::undecided);
  return decision == Decision::debug ? 'd' : decision == Decision::accept ? '1' : '0';
}

// ---- The single header, field by field.

// The fields of a value, one after the other.
struct Fields {
  std::string_view rest;
  std::string_view text{};  // of the present field
  bool last = false;        // no separator after it

  constexpr void take() noexcept {
    EDGESPAN_ASSERT(detail::few_assertions || !last);
    std::size_t size = 0;
    while (size < rest.size() && rest[size] != '-') ++size;
    text = rest.substr(0, size);
    last = size == rest.size();
    rest.remove_prefix(last ? size : size + 1);
  }
  // The present field as an id, which has no leading zeros to leave out.
  constexpr B3Error read(std::size_t most, std::uint64_t& high, std::uint64_t& low) const noexcept {
    if (text.empty()) return B3Error::bad_separator;
    if (text.size() != id_digits && text.size() != most) return B3Error::bad_length;
    return decode_digits(text, high, low) ? B3Error::ok : B3Error::bad_character;
  }
};

// Reads a value from left to right and names the first fault. `found` means nothing unless that is `ok`. Fast
// code has it inside explain() alone, where it is compiled for size.
EDGESPAN_INLINE constexpr B3Error read_fields(std::string_view value, B3Extraction& found) noexcept {
  if (value.empty()) return B3Error::bad_length;
  if (value.size() > b3_single_max) return B3Error::too_long;
  Context& context = found.context;
  found.error = B3Error::ok;
  if (value.size() == 1 && value[0] != '-') {
    found.kind = B3Extraction::Kind::flags;
    return read_decision(value[0], context.decision) ? B3Error::ok : B3Error::bad_decision;
  }
  found.kind = B3Extraction::Kind::ids;
  std::uint64_t none = 0;
  Fields field{value};
  field.take();
  B3Error error = field.read(2 * id_digits, context.trace_hi, context.trace_lo);
  if (error != B3Error::ok) return error;
  if ((context.trace_hi | context.trace_lo) == 0) return B3Error::zero_trace_id;
  if (field.last) return B3Error::bad_separator;

  field.take();
  error = field.read(id_digits, none, context.span_id);
  if (error != B3Error::ok) return error;
  if (context.span_id == 0) return B3Error::zero_span_id;
  if (field.last) return B3Error::ok;

  field.take();
  if (field.text.empty()) return B3Error::bad_separator;
  if (field.text.size() == 1 || !field.last) {
    if (field.text.size() != 1 || !read_decision(field.text[0], context.decision))
      return B3Error::bad_decision;
    if (field.last) return B3Error::ok;
    field.take();
  }
  error = field.read(id_digits, none, context.parent_id);
  return error == B3Error::ok && !field.last ? B3Error::bad_separator : error;
}

// The leftmost fault of a value that parse() refused, `ok` for one that it accepts. Kept out of line so that
// parse() stays small where it is hot.
[[gnu::noinline, gnu::cold]] constexpr B3Error explain(std::string_view value) noexcept {
  B3Extraction unused;
  return read_fields(value, unused);
}

// ---- The single header, at once.

// The ids of a value whose trace id has `trace_digits` digits, 16 or 32. The value is long enough to hold
// them and the separator between them.
template <typename Hex>
EDGESPAN_INLINE constexpr bool parse_ids(const char* text, std::size_t trace_digits,
                                         Context& context) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || trace_digits == id_digits || trace_digits == 2 * id_digits);
  if (text[trace_digits] != '-') [[unlikely]]
    return false;
  if (trace_digits != id_digits && !Hex::decode16(text, context.trace_hi)) [[unlikely]]
    return false;
  if (!Hex::decode16(text + trace_digits - id_digits, context.trace_lo)) [[unlikely]]
    return false;
  return Hex::decode16(text + trace_digits + 1, context.span_id) && context.valid();
}

// The accepted forms differ in length alone, apart from the two lengths of a trace id: the digits are fetched
// from where they must stand, and every check is of a known place. The longest is the cap.
static_assert(2 * id_digits + 1 + id_digits + decision_field + parent_field == b3_single_max);
template <typename Hex>
constexpr bool parse_into(std::string_view value, B3Extraction& found) noexcept {
  const char* const text = value.data();
  const std::size_t size = value.size();
  Context& context = found.context;
  found.error = B3Error::ok;
  if (size == 1 && read_decision(text[0], context.decision)) {
    found.kind = B3Extraction::Kind::flags;
    return true;
  }
  const bool short_trace = size > id_digits && text[id_digits] == '-';
  const std::size_t trace_size = short_trace ? id_digits : 2 * id_digits;
  const std::size_t span_end = trace_size + 1 + id_digits;
  if (size < span_end) return false;

  found.kind = B3Extraction::Kind::ids;
  if (!parse_ids<Hex>(text, trace_size, context)) return false;

  std::size_t at = span_end;
  if (size - at == decision_field || size - at == decision_field + parent_field) {
    if (text[at] != '-' || !read_decision(text[at + 1], context.decision)) return false;
    at += decision_field;
  }
  if (at == size) return true;
  EDGESPAN_ASSERT(detail::few_assertions || at < size);
  if (size - at != parent_field || text[at] != '-') return false;
  return Hex::decode16(text + at + 1, context.parent_id);
}

// The quick way, and for what it refuses the one that can say why; or only the latter.
template <typename Hex>
constexpr B3Error read_value(std::string_view value, B3Extraction& found) noexcept {
  if constexpr (detail::small_code) {
    return read_fields(value, found);
  } else {
    return parse_into<Hex>(value, found) ? B3Error::ok : explain(value);
  }
}

// In place, as extract() below: a copy would read in wide pieces what was just written in narrow ones, and
// wait for that.
template <typename Hex>
constexpr B3Extraction parse(std::string_view value) noexcept {
  B3Extraction found;
  const B3Error error = read_value<Hex>(value, found);
  if (error != B3Error::ok) empty(found, error);
  return found;
}

// ---- The X-B3 set.

constexpr std::uint8_t key_bit(B3Key key) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || key < B3Key::none);
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(key));
}

// The trace headers of one message. What `present` does not name was never written and must not be read.
struct Values {
  const std::array<const char*, 6>& data;  // by B3Key
  const std::array<std::uint32_t, 6>& sizes;
  std::uint8_t present = 0;

  constexpr bool has(B3Key key) const noexcept { return (present & key_bit(key)) != 0; }
  constexpr std::string_view get(B3Key key) const noexcept {
    EDGESPAN_ASSERT(has(key));
    const auto index = static_cast<std::size_t>(key);
    return {data[index], sizes[index]};
  }
};

// An X-B3 id has 2 to `max` digits, leading zeros may be missing. `high` takes what exceeds sixteen.
template <typename Hex>
EDGESPAN_INLINE constexpr B3Error read_id(std::string_view id, std::size_t max, std::uint64_t& high,
                                          std::uint64_t& low) noexcept {
  EDGESPAN_ASSERT(max == id_digits || max == 2 * id_digits);
  if (id.size() > max) return B3Error::too_long;
  if (id.size() < 2) return B3Error::bad_length;
  bool ok = true;
  if (!detail::small_code && (id.size() == id_digits || id.size() == 2 * id_digits)) {
    if (id.size() > id_digits) ok = Hex::decode16(id.data(), high);
    ok = ok && Hex::decode16(id.data() + id.size() - id_digits, low);
  } else {
    ok = decode_digits(id, high, low);
  }
  return ok ? B3Error::ok : B3Error::bad_character;
}

constexpr bool same_folded(std::string_view text, std::string_view lower) noexcept {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((text[i] | 0x20) != lower[i]) return false;  // exact: `lower` is letters only
  }
  return true;
}

constexpr bool read_sampled(std::string_view value, Decision& decision) noexcept {
  if (value.size() == 1) return value[0] != 'd' && read_decision(value[0], decision);
  const bool accept = same_folded(value, "true");
  decision = accept ? Decision::accept : Decision::deny;
  return accept || same_folded(value, "false");
}

template <typename Hex>
constexpr B3Error read_ids(const Values& values, Context& context) noexcept {
  std::uint64_t none = 0;
  const std::string_view trace_id = values.get(B3Key::trace_id);
  B3Error error = read_id<Hex>(trace_id, 2 * id_digits, context.trace_hi, context.trace_lo);
  if (error != B3Error::ok) return error;
  if ((context.trace_hi | context.trace_lo) == 0) return B3Error::zero_trace_id;
  if (!values.has(B3Key::span_id)) return B3Error::missing_span_id;
  error = read_id<Hex>(values.get(B3Key::span_id), id_digits, none, context.span_id);
  if (error != B3Error::ok) return error;
  if (context.span_id == 0) return B3Error::zero_span_id;
  if (!values.has(B3Key::parent_span_id)) return B3Error::ok;
  error = read_id<Hex>(values.get(B3Key::parent_span_id), id_digits, none, context.parent_id);
  if (error != B3Error::ok) return error;
  return context.parent_id == 0 ? B3Error::zero_parent_id : B3Error::ok;
}

// Nothing is kept of a set with a fault in it: a decision beside a broken id is not trusted either.
template <typename Hex>
constexpr B3Error extract_set(const Values& values, B3Extraction& found) noexcept {
  Decision& decision = found.context.decision;
  EDGESPAN_ASSERT(detail::few_assertions ||
                  decision == Decision::undecided);  // nothing is left of another reading
  if (values.has(B3Key::sampled) && !read_sampled(values.get(B3Key::sampled), decision)) {
    return B3Error::bad_decision;
  }
  if (values.has(B3Key::flags) && values.get(B3Key::flags) == "1") decision = Decision::debug;
  found.error = B3Error::ok;
  if (!values.has(B3Key::trace_id)) {
    found.kind = B3Extraction::Kind::flags;
    return decision == Decision::undecided ? B3Error::absent : B3Error::ok;
  }
  found.kind = B3Extraction::Kind::ids;
  return read_ids<Hex>(values, found.context);
}

// Adds the set to what `b3` gave, which was nothing. If the set gives nothing either, a broken `b3` is the
// reason that is named.
template <typename Hex>
constexpr void complete(const Values& values, B3Extraction& found) noexcept {
  EDGESPAN_ASSERT(found.kind == B3Extraction::Kind::empty && found.error != B3Error::ok);
  const B3Error error = found.error;
  const B3Error set_error = extract_set<Hex>(values, found);
  if (set_error != B3Error::ok) empty(found, values.has(B3Key::b3) ? error : set_error);
}

// ---- Writing. An invalid context writes nothing, since every reader would refuse what it gives.

template <typename Hex>
constexpr std::size_t write_trace_id(const Context& context, char* text) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || context.valid());
  std::size_t size = 0;
  if (context.trace_hi != 0) {
    Hex::encode16(context.trace_hi, text);
    size = id_digits;
  }
  Hex::encode16(context.trace_lo, text + size);
  return size + id_digits;
}

template <typename Hex>
EDGESPAN_INLINE constexpr std::size_t format(const Context& context, B3Format form,
                                             std::span<char, b3_single_max> out) noexcept {
  if (!context.valid()) return 0;
  char* text = out.data();
  text += write_trace_id<Hex>(context, text);
  *text++ = '-';
  Hex::encode16(context.span_id, text);
  text += id_digits;
  if (context.decision != Decision::undecided) {
    *text++ = '-';
    *text++ = decision_char(context.decision);
  }
  if (form == B3Format::single && context.parent_id != 0) {
    *text++ = '-';
    Hex::encode16(context.parent_id, text);
    text += id_digits;
  }
  EDGESPAN_ASSERT(detail::few_assertions || text <= out.data() + out.size());
  return static_cast<std::size_t>(text - out.data());
}

// Lays headers out one after the other in a B3Buffer.
struct HeaderList {
  B3Buffer& buffer;
  std::size_t used = 0;
  std::size_t count = 0;

  constexpr char* place() noexcept {
    EDGESPAN_ASSERT(detail::few_assertions || used < buffer.text.size());
    return buffer.text.data() + used;
  }
  // Names the `size` characters that were written at place().
  constexpr void append(B3Key key, std::size_t size) noexcept {
    EDGESPAN_ASSERT(detail::few_assertions || (key < B3Key::none && size != 0));
    EDGESPAN_ASSERT(count < b3_headers_max && used + size <= buffer.text.size());
    buffer.headers[count++] = {b3_key_names[static_cast<std::size_t>(key)], {place(), size}};
    used += size;
  }
};

template <typename Hex, typename List>
constexpr void inject_set(const Context& context, List& list) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || context.valid());
  list.append(B3Key::trace_id, write_trace_id<Hex>(context, list.place()));
  Hex::encode16(context.span_id, list.place());
  list.append(B3Key::span_id, id_digits);
  if (context.parent_id != 0) {
    Hex::encode16(context.parent_id, list.place());
    list.append(B3Key::parent_span_id, id_digits);
  }
  if (context.decision == Decision::undecided) return;
  const bool debug = context.decision == Decision::debug;  // debug implies sampled: Flags alone is written
  *list.place() = debug ? '1' : decision_char(context.decision);
  list.append(debug ? B3Key::flags : B3Key::sampled, 1);
}

template <typename Hex>
constexpr std::span<const B3Header> inject(const Context& context, B3Format form, B3Buffer& buffer) noexcept {
  HeaderList list{buffer};
  if (!context.valid()) return {};
  if (form != B3Format::multi) {
    EDGESPAN_ASSERT(detail::few_assertions || list.used + b3_single_max <= buffer.text.size());
    const std::span<char, b3_single_max> out(list.place(), b3_single_max);
    list.append(B3Key::b3, format<Hex>(context, form, out));
  }
  if (form == B3Format::multi || form == B3Format::both) inject_set<Hex>(context, list);
  EDGESPAN_ASSERT(detail::few_assertions || (list.count != 0 && list.count <= b3_headers_max));
  return {buffer.headers.data(), list.count};
}

}  // namespace edgespan::b3_impl
