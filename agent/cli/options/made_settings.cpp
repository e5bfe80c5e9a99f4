// SPDX-License-Identifier: Apache-2.0
#include "cli/options/made_settings.hpp"

#include "cli/io/tool_errors.hpp"
#include "cli/sending/span_url.hpp"

#include <string>

namespace edgespan::cli {

namespace {

// Of files that a URL has no use for only the command line's own are refused.
template <typename Counts>
void take_tls_files(const Counts& counts, const Settings& settings, SenderOptions& options) {
  SpanUrl target;
  if (!parse_span_url(options.url, target).empty() || target.kind != SpanUrl::Kind::https) return;
  using enum SettingId;
  if (counts(tls_ca, "--ca")) options.tls.ca = settings.text(tls_ca);
  if (counts(tls_certificate, "--cert")) options.tls.certificate = settings.text(tls_certificate);
  if (counts(tls_key, "--key")) options.tls.key = settings.text(tls_key);
}

}  // namespace

void take_made_settings(const CLI::App& command, Settings& settings, TracingOptions& options) {
  using enum SettingId;
  const SettingsStatus status = settings.load();
  if (!status.ok()) throw UsageError{status.text()};
  const auto counts = [&](SettingId id, const char* option) {
    return settings.made(id) && command.count(option) == 0;
  };
  if (counts(service_name, "--service")) options.service = settings.text(service_name);
  if (counts(remote_service_name, "--remote-service")) {
    options.remote_service = settings.text(remote_service_name);
  }
  if (counts(url, "--zipkin")) options.sender.url = settings.text(url);
  take_tls_files(counts, settings, options.sender);
  if (counts(trace_id_bits, "--id-bits")) options.id_bits = settings.text(trace_id_bits) == "64" ? 64 : 128;
  if (counts(propagation, "--propagation") && command.count("--b3") == 0) {
    options.propagation = settings.formats(propagation);
  }
  if (counts(shared_root, "--no-shared-root")) options.shared_root = settings.flag(shared_root);
  if (counts(enabled, "--off")) options.off = !settings.flag(enabled);
  options.settings = &settings;
}

}  // namespace edgespan::cli
