// SPDX-License-Identifier: Apache-2.0
// The one table of all settings that an operator can make, without a program's source: what Settings reads,
// what `edgespan config` prints, and what agent/docs/settings.md is made from.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace edgespan {

// In the order of the table.
enum class SettingId : std::uint8_t {
  enabled,
  service_name,
  url,
  remote_service_name,
  sample,
  ratio_rule,
  trace_id_bits,
  propagation,
  rewrite_headers,
  shared_root,
  semantics,
  tag_processor,
  kafka_key,
  join,
  flush,
  retry_min,
  retry_max,
  http_connect,
  http_request,
  http_headers,
  gzip,
  tls_ca,
  tls_certificate,
  tls_key,
  span_deadline,
  message_deadline,
  drop_oldest,
  clock,
  ring,
  batch,
  inflight_max,
  exit_wait,
  accept_crash_on_failed_client,
};
inline constexpr std::size_t settings_count =
    static_cast<std::size_t>(SettingId::accept_crash_on_failed_client) + 1;

inline constexpr std::size_t http_headers_bytes_max = 511;
// The longest values of all settings together.
inline constexpr std::size_t setting_texts_bytes = 2'144;

// How a value is written.
enum class SettingType : std::uint8_t {
  flag,      // on or off; true, false, yes and no mean the same
  choice,    // one of some words
  count,     // a whole number
  bytes,     // a whole number with its unit: B, KiB or MiB
  duration,  // a whole number with its unit: ms, s, min or h
  formats,   // trace formats, in order: what parse_propagation() reads
  sampler,   // always, never, a share such as 0.1 or 10 %, or a rate such as 100/s
  text,      // UTF-8
  url,       // what parse_collector_url() reads
  headers,   // `name=value` with commas between, percent-encoded; a value may be a secret
};

// Who has a use for a setting.
enum class SettingUser : std::uint8_t {
  agent,   // an edgespan::Agent, in whichever program
  plugin,  // libedgespan-rdkafka.so, which takes all of them
};

struct Setting {
  static constexpr std::size_t choices_max = 4;

  std::string_view name{};
  SettingType type = SettingType::flag;
  std::string_view preset{};         // as a value is written; empty: the meaning tells
  std::string_view plugin_preset{};  // empty: as `preset`
  SettingUser user = SettingUser::agent;
  std::uint64_t low = 0;   // count; bytes; milliseconds; bytes of a text
  std::uint64_t high = 0;  // the same
  std::uint64_t step = 1;  // a count, or a number of bytes, is a multiple of it
  std::array<std::string_view, choices_max> choices{};
  std::string_view meaning{};  // a sentence without a full stop

  std::string_view preset_of(SettingUser who) const noexcept {
    return who == SettingUser::plugin && !plugin_preset.empty() ? plugin_preset : preset;
  }
};

// All settings, by SettingId.
std::span<const Setting, settings_count> settings_table() noexcept;

inline const Setting& setting(SettingId id) noexcept {
  return settings_table()[static_cast<std::size_t>(id)];
}

inline constexpr std::size_t range_bytes_max = 127;
// What a setting takes, for people: "1 ms to 1 h". Returns the part of `out` that was written.
std::string_view range_text(const Setting& setting, std::span<char, range_bytes_max> out) noexcept;

}  // namespace edgespan
