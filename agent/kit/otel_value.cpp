// SPDX-License-Identifier: Apache-2.0
#include "kit/otel_value.hpp"

#include <algorithm>
#include <array>
#include <edgespan/otel_fallback.hpp>

#include "core/assert.hpp"
#include "kit/text_piece.hpp"

namespace edgespan::settings_detail {
namespace {

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool same_word(std::string_view text, std::string_view word) noexcept {
  return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                    [](char a, char b) { return lower(a) == b; });
}

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (lower(c) >= 'a' && lower(c) <= 'f') return lower(c) - 'a' + 10;
  return -1;
}

// Takes the next piece of a list off its front, without the blanks around it.
std::string_view take_piece(std::string_view& list, char separator) noexcept {
  const std::size_t end = std::min(list.find(separator), list.size());
  const std::string_view piece{list.data(), end};
  list.remove_prefix(std::min(end + 1, list.size()));
  return trimmed(piece);
}

void put_percent_decoded(std::string_view text, TextLine& out) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    const bool escaped = text[i] == '%' && high >= 0 && low >= 0;
    const char c = escaped ? static_cast<char>(high * 16 + low) : text[i];
    out << std::string_view{&c, 1};
    i += escaped ? 2 : 0;
  }
}

void translate_text(std::string_view value, Lookup, const void*, TextLine& out) { out << value; }

// Of several pairs with this key the last one counts.
void translate_attributes(std::string_view value, Lookup, const void*, TextLine& out) {
  std::string_view name;
  while (!value.empty()) {
    std::string_view pair = take_piece(value, ',');
    if (pair.find('=') == std::string_view::npos) continue;
    if (take_piece(pair, '=') == "service.name") name = trimmed(pair);
  }
  put_percent_decoded(name, out);
}

void translate_sampler(std::string_view value, Lookup lookup, const void* ctx, TextLine& out) {
  std::string_view name = trimmed(value);
  constexpr std::string_view by_parent = "parentbased_";
  if (name.size() > by_parent.size() && same_word(head(name, by_parent.size()), by_parent)) {
    name.remove_prefix(by_parent.size());
  }
  if (same_word(name, "always_on")) out << "always";
  if (same_word(name, "always_off")) out << "never";
  if (!same_word(name, "traceidratio")) return;
  const char* const argument = lookup(ctx, "OTEL_TRACES_SAMPLER_ARG");
  out << (argument != nullptr ? trimmed(argument) : "1");
}

void translate_propagators(std::string_view value, Lookup, const void*, TextLine& out) {
  struct Name {
    std::string_view of_otel;
    std::string_view ours;
    bool written = false;
  };
  std::array<Name, 3> names{{{"tracecontext", "w3c"}, {"b3", "b3"}, {"b3multi", "b3_multi"}}};
  const char* comma = "";
  while (!value.empty()) {
    const std::string_view wanted = take_piece(value, ',');
    for (Name& name : names) {
      if (name.of_otel != wanted || name.written) continue;
      out << comma << name.ours;
      name.written = true;
      comma = ",";
    }
  }
}

void translate_disabled(std::string_view value, Lookup, const void*, TextLine& out) {
  if (same_word(trimmed(value), "true")) out << "off";
}

void translate_milliseconds(std::string_view value, Lookup, const void*, TextLine& out) {
  out << trimmed(value) << " ms";
}

// Empty if that variable is not there.
std::string_view text_of(std::string_view name, Lookup lookup, const void* ctx) noexcept {
  const char* const text = lookup(ctx, name);
  return text == nullptr ? std::string_view{} : trimmed(text);
}

// Whether those programs send by `exporter`; without a word of it they do.
bool exports_by(std::string_view exporter, Lookup lookup, const void* ctx) noexcept {
  std::string_view list = text_of("OTEL_TRACES_EXPORTER", lookup, ctx);
  if (list.empty()) return true;
  while (!list.empty()) {
    if (same_word(take_piece(list, ','), exporter)) return true;
  }
  return false;
}

void translate_exporter(std::string_view value, Lookup, const void*, TextLine& out) {
  if (same_word(trimmed(value), "none")) out << "none:";
}

void translate_zipkin(std::string_view value, Lookup lookup, const void* ctx, TextLine& out) {
  if (exports_by("zipkin", lookup, ctx)) out << value;
}

// An address whose scheme names http as otlp://, which has another port where none is given.
void put_otlp_url(std::string_view url, std::string_view path_behind, bool protocol_named, TextLine& out) {
  const std::size_t colon = std::min(url.find("://"), url.size());
  const bool secure = same_word(head(url, colon), "https");
  if (!secure && !same_word(head(url, colon), "http")) return;
  const std::string_view rest = tail(url, colon + 3);
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const std::string_view place = head(rest, slash);
  std::string_view path = tail(rest, slash);
  const std::size_t bracket = place.rfind(']');
  const std::size_t port = tail(place, bracket == std::string_view::npos ? 0 : bracket).find(':');
  if (!protocol_named && place.ends_with(":4317")) return;
  if (!path_behind.empty() && path.ends_with('/')) path.remove_suffix(1);
  out << (secure ? "otlps://" : "otlp://") << place;
  if (port == std::string_view::npos) out << (secure ? ":443" : ":80");
  out << path << path_behind << (path.empty() && path_behind.empty() ? "/" : "");
}

void translate_otlp(std::string_view value, std::string_view path_behind, Lookup lookup, const void* ctx,
                    TextLine& out) {
  std::string_view protocol = text_of("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", lookup, ctx);
  if (protocol.empty()) protocol = text_of("OTEL_EXPORTER_OTLP_PROTOCOL", lookup, ctx);
  const bool speaks_http = protocol.empty() || protocol == "http/protobuf";
  if (!speaks_http || !exports_by("otlp", lookup, ctx)) return;
  put_otlp_url(trimmed(value), path_behind, !protocol.empty(), out);
}

void translate_otlp_base(std::string_view value, Lookup lookup, const void* ctx, TextLine& out) {
  translate_otlp(value, "/v1/traces", lookup, ctx, out);
}

void translate_otlp_traces(std::string_view value, Lookup lookup, const void* ctx, TextLine& out) {
  translate_otlp(value, "", lookup, ctx, out);
}

using Translate = void (*)(std::string_view value, Lookup lookup, const void* ctx, TextLine& out);

// By the index of otel_fallbacks().
constexpr std::array<Translate, 18> translators{
    translate_disabled,     translate_attributes,  translate_text,     translate_zipkin,
    translate_otlp_base,    translate_otlp_traces, translate_exporter, translate_milliseconds,
    translate_milliseconds, translate_text,        translate_text,     translate_text,
    translate_text,         translate_text,        translate_text,     translate_sampler,
    translate_propagators,  translate_milliseconds};

}  // namespace

void put_otel_value(std::size_t index, std::string_view value, Lookup lookup, const void* ctx,
                    TextLine& out) noexcept {
  EDGESPAN_ASSERT(otel_fallbacks().size() == translators.size() && index < translators.size());
  translators[index](value, lookup, ctx, out);
}

}  // namespace edgespan::settings_detail
