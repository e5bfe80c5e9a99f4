// SPDX-License-Identifier: Apache-2.0
#include <edgespan/settings.hpp>

#include <algorithm>
#include <edgespan/collector_url.hpp>
#include <edgespan/otel_fallback.hpp>
#include <edgespan/otel_semantics.hpp>

#include "core/assert.hpp"
#include "kit/header_pairs.hpp"
#include "kit/setting_names.hpp"
#include "kit/setting_value.hpp"
#include "kit/settings_loader.hpp"

namespace edgespan {
namespace {

using namespace settings_detail;

template <typename Enum>
Enum choice(SettingId id, std::string_view text) noexcept {
  return static_cast<Enum>(choice_of(setting(id), text));
}

// The choices of the table stand in the order of the types that they are.
static_assert(static_cast<int>(RatioRule::magnitude) == 0 && static_cast<int>(RatioRule::unsigned_id) == 1);
static_assert(static_cast<int>(Semantics::brave) == 0 && static_cast<int>(Semantics::otel) == 1);
static_assert(static_cast<int>(TagProcessor::always) == 0 && static_cast<int>(TagProcessor::when_root) == 1);

static_assert(static_cast<int>(posix::ClockKind::exact) == 0 &&
              static_cast<int>(posix::ClockKind::tick) == 1);

}  // namespace

Settings::Settings(SettingUser user) noexcept : user_{user} { reset(); }

void Settings::reset() noexcept {
  values_ = {};
  header_lines_size_ = 0;
  paths_ = {};
  std::size_t at = 0;
  for (std::size_t i = 0; i < settings_count; ++i) {
    const Setting& setting = settings_table()[i];
    const std::string_view preset = setting.preset_of(user_);
    Value& value = values_[i];
    value.at = static_cast<std::uint16_t>(at);
    value.size = static_cast<std::uint16_t>(preset.size());
    at += value_bytes_max(setting);
    EDGESPAN_ASSERT(at <= setting_texts_bytes && value.size <= value_bytes_max(setting));
    std::copy(preset.begin(), preset.end(), texts_.begin() + value.at);
  }
}

SettingsStatus Settings::load(const SettingsSources& sources) noexcept {
  return SettingsLoader{*this, sources}.run();
}

std::string_view Settings::text(SettingId id) const noexcept {
  return {texts_.data() + value(id).at, value(id).size};
}

bool Settings::flag(SettingId id) const noexcept {
  EDGESPAN_ASSERT(setting(id).type == SettingType::flag);
  return flag_of(text(id));
}

std::uint64_t Settings::number(SettingId id) const noexcept { return number_of(text(id)); }

Propagation Settings::formats(SettingId id) const noexcept {
  EDGESPAN_ASSERT(setting(id).type == SettingType::formats);
  return formats_of(text(id));
}

Sampler Settings::sampler(SettingId id) const noexcept {
  EDGESPAN_ASSERT(setting(id).type == SettingType::sampler);
  return sampler_of(text(id), choice<RatioRule>(SettingId::ratio_rule, text(SettingId::ratio_rule)));
}

bool Settings::made(SettingId id) const noexcept { return value(id).rank != Rank::preset; }

std::string_view Settings::origin(SettingId id, std::span<char, origin_bytes_max> out) const noexcept {
  const Value& made = value(id);
  TextLine line;
  switch (made.rank) {
    case Rank::preset:
      line << "default";
      break;
    case Rank::otel:
      line << otel_fallbacks()[made.otel].variable;
      break;
    case Rank::file:
    case Rank::file_program:
    case Rank::file_service:
      line << paths_[made.file].data() << ":" << made.line;
      break;
    case Rank::environment:
      put_variable(setting(id).name, line);
      break;
    case Rank::property:
      put_property(setting(id).name, line);
      break;
  }
  return line.copy_to(out);
}

// Empty: the program's own.
std::string_view Settings::url_for(const AgentConfig& config) const noexcept {
  using enum SettingId;
  if (!counts(url) && !config.url.empty()) return {};
  if (user_ == SettingUser::plugin || value(url).rank != Rank::otel) return text(url);
  CollectorUrl parsed;
  const bool read = parse_collector_url(text(url), parsed) == nullptr;
  const bool secure = parsed.scheme == CollectorUrl::Scheme::https;
  const bool fits =
      read && parsed.otlp == (config.http.dialect != nullptr) && secure == (config.tls != nullptr);
  if (fits) return text(url);
  return config.url.empty() ? setting(url).preset : std::string_view{};
}

void Settings::make_header_lines() noexcept {
  static_assert(header_lines_bytes >= header_lines_max(http_headers_bytes_max));
  header_lines_size_ = put_header_lines(text(SettingId::http_headers), header_lines_).size();
}

std::string_view Settings::header_lines() const noexcept {
  if (!made(SettingId::http_headers)) return {};
  return {header_lines_.data(), header_lines_size_};
}

// Whether the collector of `config` is one for these headers: they are for HTTP alone, and those that a
// variable of OpenTelemetry's names for the collector that another one names.
bool Settings::headers_fit(const AgentConfig& config) const noexcept {
  using enum SettingId;
  CollectorUrl target;
  const bool read = config.sender == nullptr && parse_collector_url(config.url, target) == nullptr;
  const bool web =
      target.scheme == CollectorUrl::Scheme::http || target.scheme == CollectorUrl::Scheme::https;
  return read && web && (value(http_headers).rank != Rank::otel || config.url == text(url));
}

void Settings::apply(AgentConfig& config) const noexcept {
  using enum SettingId;
  const auto milliseconds = [this](SettingId id, std::uint32_t& out) {
    if (counts(id)) out = static_cast<std::uint32_t>(number(id));
  };
  const auto seconds = [this](SettingId id, std::uint32_t& out) {
    if (counts(id)) out = static_cast<std::uint32_t>((number(id) + 999) / 1'000);
  };
  const auto switched = [this](SettingId id, bool& out) {
    if (counts(id)) out = flag(id);
  };
  switched(enabled, config.enabled);
  const bool named =
      !config.service_name.empty() || config.tracing.local.service_name != Endpoint{}.service_name;
  if (counts(service_name) || !named) config.service_name = text(service_name);
  if (config.sender == nullptr) {
    if (const std::string_view collector = url_for(config); !collector.empty()) config.url = collector;
  }
  if (counts(remote_service_name)) config.kafka.remote_service_name = text(remote_service_name);
  if (counts(sample)) config.tracing.sampler = sampler(sample);
  if (counts(trace_id_bits)) config.tracing.trace_id_128 = text(trace_id_bits) == "128";
  if (counts(propagation)) config.kafka.propagation = formats(propagation);
  switched(rewrite_headers, config.kafka.rewrite_headers);
  switched(shared_root, config.kafka.shared_root);
  link_otel_semantics();
  if (counts(semantics)) config.kafka.semantics = choice<Semantics>(semantics, text(semantics));
  if (counts(tag_processor))
    config.kafka.tag_processor = choice<TagProcessor>(tag_processor, text(tag_processor));
  if (counts(kafka_key)) config.kafka.key_bytes_max = static_cast<std::uint16_t>(number(kafka_key));
  milliseconds(flush, config.reporter.flush_ms);
  milliseconds(retry_min, config.reporter.retry_min_ms);
  milliseconds(retry_max, config.reporter.retry_max_ms);
  milliseconds(http_connect, config.http.connect_ms);
  milliseconds(http_request, config.http.request_ms);
  if (made(http_headers) && headers_fit(config)) config.http.headers = header_lines();
  seconds(span_deadline, config.tracing.span_deadline_s);
  seconds(message_deadline, config.kafka.inflight_deadline_s);
  switched(drop_oldest, config.tracing.drop_oldest);
}

void Settings::apply(posix::Config& port) const noexcept {
  using enum SettingId;
  if (counts(clock)) port.clock = choice<posix::ClockKind>(clock, text(clock));
}

}  // namespace edgespan
