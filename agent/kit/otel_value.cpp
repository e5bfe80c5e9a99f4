// SPDX-License-Identifier: Apache-2.0
#include "kit/otel_value.hpp"

#include <algorithm>
#include <array>
#include <edgespan/otel_fallback.hpp>

#include "core/assert.hpp"
#include "kit/header_pairs.hpp"
#include "kit/text_piece.hpp"

namespace edgespan::settings_detail {
namespace {

void put_percent_decoded(std::string_view text, TextLine& out) noexcept {
  while (!text.empty()) {
    const char c = take_percent_decoded(text);
    out << std::string_view{&c, 1};
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

// A pair that does not fit is left out, the others count.
void translate_headers(std::string_view value, Lookup, const void*, TextLine& out) {
  const char* comma = "";
  while (!value.empty()) {
    const HeaderPair pair = take_header_pair(value);
    if (header_problem(pair) != nullptr) continue;
    out << comma << pair.name << "=" << pair.value;
    comma = ",";
  }
}

void translate_compression(std::string_view value, Lookup, const void*, TextLine& out) {
  if (same_word(trimmed(value), "gzip")) out << "on";
  if (same_word(trimmed(value), "none")) out << "off";
}

using Translate = void (*)(std::string_view value, Lookup lookup, const void* ctx, TextLine& out);

// By the index of otel_fallbacks().
constexpr std::array<Translate, 22> translators{
    translate_disabled,     translate_attributes,   translate_text,     translate_zipkin,
    translate_otlp_base,    translate_otlp_traces,  translate_exporter, translate_milliseconds,
    translate_milliseconds, translate_text,         translate_text,     translate_text,
    translate_text,         translate_text,         translate_text,     translate_sampler,
    translate_propagators,  translate_milliseconds, translate_headers,  translate_headers,
    translate_compression,  translate_compression};

}  // namespace

void put_otel_value(std::size_t index, std::string_view value, Lookup lookup, const void* ctx,
                    TextLine& out) noexcept {
  EDGESPAN_ASSERT(otel_fallbacks().size() == translators.size() && index < translators.size());
  translators[index](value, lookup, ctx, out);
}

}  // namespace edgespan::settings_detail
