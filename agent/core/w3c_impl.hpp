// SPDX-License-Identifier: Apache-2.0
// The codec of W3C trace context, written once: w3c.cpp exports it, tests evaluate it in the compiler and
// with every Hex type. Rules: what the propagators of OpenTelemetry for Python and Java take, observed.
#pragma once

#include <edgespan/context.hpp>
#include <edgespan/w3c.hpp>

#include "core/assert.hpp"
#include "core/hex_fast.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace edgespan::w3c_impl {

// ---- traceparent. Every field has a place of its own.

inline constexpr std::size_t id_digits = 16;  // a span id, half of a trace id
inline constexpr std::size_t trace_at = 3;
inline constexpr std::size_t span_at = trace_at + 2 * id_digits + 1;
inline constexpr std::size_t flags_at = span_at + id_digits + 1;
static_assert(flags_at + 2 == traceparent_bytes);

inline constexpr unsigned flag_sampled = 1;
inline constexpr unsigned no_version = 0xff;

// A lower-case digit; 16 or more for every other character.
constexpr unsigned digit_of(char text) noexcept {
  const unsigned decimal = static_cast<unsigned char>(text) - unsigned{'0'};
  const unsigned letter = static_cast<unsigned char>(text) - unsigned{'a'};
  return decimal <= 9 ? decimal : letter <= 5 ? letter + 10 : 16;
}

// Two digits; more than 255 if one of them is none.
constexpr unsigned byte_at(const char* text) noexcept {
  const unsigned high = digit_of(text[0]);
  const unsigned low = digit_of(text[1]);
  return low < 16 ? high << 4 | low : 256;
}

// Names the first fault of a value, in the order in which the checks stand here. `context` is new; it means
// nothing unless the result is `ok`.
template <typename Hex>
constexpr W3cError read(std::string_view value, Context& context) noexcept {
  if (value.size() < traceparent_bytes) return W3cError::bad_length;
  const char* const text = value.data();
  if (text[trace_at - 1] != '-' || text[span_at - 1] != '-' || text[flags_at - 1] != '-') {
    return W3cError::bad_separator;
  }
  const unsigned version = byte_at(text);
  const unsigned flags = byte_at(text + flags_at);
  bool digits = version < 256 && flags < 256;
  digits &= Hex::decode16(text + trace_at, context.trace_hi);
  digits &= Hex::decode16(text + trace_at + id_digits, context.trace_lo);
  digits &= Hex::decode16(text + span_at, context.span_id);
  if (!digits) return W3cError::bad_character;
  if (version == no_version) return W3cError::bad_version;
  const bool goes_on = value.size() != traceparent_bytes;
  if (goes_on && (version == 0 || text[traceparent_bytes] != '-')) return W3cError::bad_length;
  if ((context.trace_hi | context.trace_lo) == 0) return W3cError::zero_trace_id;
  if (context.span_id == 0) return W3cError::zero_span_id;
  context.decision = (flags & flag_sampled) != 0 ? Decision::accept : Decision::deny;
  context.w3c = static_cast<std::uint8_t>(came_with_traceparent | (flags & random_trace_id));
  return W3cError::ok;
}

template <typename Hex>
constexpr W3cExtraction parse(std::string_view value) noexcept {
  W3cExtraction found;
  found.error = read<Hex>(value, found.context);
  if (found.error != W3cError::ok) found.context = {};
  return found;
}

template <typename Hex>
constexpr std::size_t format(const Context& context, std::span<char, traceparent_bytes> out) noexcept {
  if (!context.valid() || context.decision == Decision::undecided) return 0;
  char* const text = out.data();
  text[0] = text[1] = text[flags_at] = '0';
  text[trace_at - 1] = text[span_at - 1] = text[flags_at - 1] = '-';
  Hex::encode16(context.trace_hi, text + trace_at);
  Hex::encode16(context.trace_lo, text + trace_at + id_digits);
  Hex::encode16(context.span_id, text + span_at);
  const unsigned flags = (context.sampled() ? flag_sampled : 0U) | (context.w3c & random_trace_id);
  EDGESPAN_ASSERT(flags <= 3);  // Go refuses a header with any other flag
  text[flags_at + 1] = static_cast<char>('0' + flags);
  return traceparent_bytes;
}

// ---- tracestate: members `key=value`, separated by commas, with spaces or tabs around them.

inline constexpr std::size_t members_max = 32;
inline constexpr std::size_t key_max = 256;     // of a key without '@'
inline constexpr std::size_t tenant_max = 241;  // of what stands before '@'
inline constexpr std::size_t system_max = 14;   // of what stands behind it
inline constexpr std::size_t value_max = 256;

constexpr bool is_lower(char text) noexcept { return text >= 'a' && text <= 'z'; }
constexpr bool is_decimal(char text) noexcept { return text >= '0' && text <= '9'; }
constexpr bool is_blank(char text) noexcept { return text == ' ' || text == '\t'; }

// A part of a key: 1 to `max` characters. Only in front of '@' may it begin with a decimal.
constexpr bool is_key_part(std::string_view part, std::size_t max, bool may_begin_decimal) noexcept {
  if (part.empty() || part.size() > max) return false;
  if (!is_lower(part[0]) && !(may_begin_decimal && is_decimal(part[0]))) return false;
  for (const char c : part) {
    if (!is_lower(c) && !is_decimal(c) && c != '_' && c != '-' && c != '*' && c != '/') return false;
  }
  return true;
}

constexpr bool is_key(std::string_view key) noexcept {
  std::size_t at = 0;
  while (at < key.size() && key[at] != '@') ++at;
  if (at == key.size()) return is_key_part(key, key_max, false);
  // Not by substr(), which names a function that throws.
  return is_key_part({key.data(), at}, tenant_max, true) &&
         is_key_part({key.data() + at + 1, key.size() - at - 1}, system_max, false);
}

// Printable characters but ',' and '='. Its caller has trimmed it, so the last one is no space.
constexpr bool is_value(std::string_view value) noexcept {
  if (value.empty() || value.size() > value_max) return false;
  for (const char c : value) {
    if (c < ' ' || c > '~' || c == ',' || c == '=') return false;
  }
  return true;
}

// The members of a value, one after the other.
struct Members {
  std::string_view rest;
  std::string_view key{};  // of the present member
  bool sound = true;       // false: the present member cannot be

  // Goes to the next member that is not empty. False: there is none.
  constexpr bool take() noexcept {
    while (!rest.empty()) {
      std::size_t size = 0;
      while (size < rest.size() && rest[size] != ',') ++size;
      std::string_view member{rest.data(), size};
      rest.remove_prefix(size < rest.size() ? size + 1 : size);
      while (!member.empty() && is_blank(member.front())) member.remove_prefix(1);
      while (!member.empty() && is_blank(member.back())) member.remove_suffix(1);
      if (member.empty()) continue;
      std::size_t equals = 0;
      while (equals < member.size() && member[equals] != '=') ++equals;
      key = {member.data(), equals};
      sound = equals < member.size() && is_key(key) &&
              is_value({member.data() + equals + 1, member.size() - equals - 1});
      return true;
    }
    return false;
  }
};

// Nothing is kept of the keys: a later member is compared with those before it by a second walk, which ends
// after members_max of them.
constexpr bool state_valid(std::string_view value) noexcept {
  std::size_t count = 0;
  for (Members later{value}; later.take(); ++count) {
    if (!later.sound || count == members_max) return false;
    Members before{value};
    for (std::size_t i = 0; i < count; ++i) {
      if (before.take() && before.key == later.key) return false;
    }
  }
  return true;
}

}  // namespace edgespan::w3c_impl
