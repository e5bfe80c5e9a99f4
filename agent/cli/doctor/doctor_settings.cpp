// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/doctor_settings.hpp"

#include "cli/io/tool_errors.hpp"

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace edgespan::cli {
namespace {

constexpr const char* headers_option = "--http-headers";

// The whole place of a server counts, and no path: a collector takes spans at several.
bool same_server(const SpanUrl& one, const SpanUrl& other) {
  return one.kind == other.kind && one.host == other.host && one.port == other.port;
}

// Settings without a collector are for whichever is asked about.
bool made_for(const SpanUrl& target, const Settings& settings) {
  if (!settings.made(SettingId::url)) return true;
  SpanUrl made;
  return parse_span_url(settings.text(SettingId::url), made).empty() && same_server(made, target);
}

void take_headers(const Settings& settings, bool given, DoctorOptions& options) {
  std::array<char, Settings::origin_bytes_max> origin{};
  options.header_lines = settings.header_lines();
  options.headers_made_by = given ? headers_option : settings.origin(SettingId::http_headers, origin);
}

void take_files(const CLI::App& command, const Settings& settings, TlsFiles& files) {
  const auto take = [&](SettingId id, const char* option, std::string& out) {
    if (settings.made(id) && command.count(option) == 0) out = settings.text(id);
  };
  take(SettingId::tls_ca, "--ca", files.ca);
  take(SettingId::tls_certificate, "--cert", files.certificate);
  take(SettingId::tls_key, "--key", files.key);
}

}  // namespace

void take_collectors_settings(const CLI::App& command, Settings& settings, DoctorOptions& options) {
  SpanUrl target;
  const bool given = command.count(headers_option) != 0;
  const bool named = !names_program(options.sender.url) && parse_span_url(options.sender.url, target).empty();
  if (!named || !target.is_web()) {
    if (given) throw UsageError{std::string{headers_option} + " is for http, https, otlp and otlps alone"};
    return;
  }
  const std::string property = "http_headers=" + options.http_headers;
  const std::array<std::string_view, 1> properties{property};
  const SettingsStatus status =
      settings.load({.properties = std::span<const std::string_view>{properties}.first(given ? 1 : 0)});
  if (!status.ok()) throw UsageError{status.text()};
  const bool for_target = made_for(target, settings);
  if (given || for_target) take_headers(settings, given, options);
  if (for_target && target.kind == SpanUrl::Kind::https) take_files(command, settings, options.sender.tls);
}

}  // namespace edgespan::cli
