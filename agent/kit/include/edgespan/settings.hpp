// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <edgespan/agent_config.hpp>
#include <edgespan/posix_port.hpp>
#include <edgespan/propagation.hpp>
#include <edgespan/sampler.hpp>
#include <edgespan/setting.hpp>
#include <edgespan/settings_sources.hpp>
#include <edgespan/settings_status.hpp>
#include <span>
#include <string_view>

namespace edgespan {

namespace settings_detail {
class SettingsLoader;
}

// The settings of one program, as its operator made them. Of several places that make the same setting, the
// strongest counts:
//   1. the table's preset
//   2. variables that OpenTelemetry's SDKs read, such as OTEL_SERVICE_NAME (agent/docs/settings.md lists
//   them)
//   3. /etc/edgespan/edgespan.ini, then the files of /etc/edgespan/conf.d that end with .ini, by name;
//      EDGESPAN_CONFIG names another file, which then is the only one
//   4. variables such as EDGESPAN_SERVICE_NAME; an empty one counts as not there
//   5. properties, which a program is given for edgespan alone
// In files, what stands before the first section counts for every program, what stands in a section
// [program NAME] for programs of that file name, and is stronger; what stands in [service NAME] for programs
// of that service name, and is stronger still. Sections of others are checked, too.
class Settings {
 public:
  static constexpr std::size_t files_max = 16;
  static constexpr std::size_t path_bytes_max = 127;
  static constexpr std::size_t origin_bytes_max = 191;

  // `user` decides the presets.
  explicit Settings(SettingUser user = SettingUser::agent) noexcept;

  // Reads all of it anew. An unknown name, a value that the table does not allow, or a file that cannot be
  // read is an error; then every setting has its preset. A variable of OpenTelemetry's with a value that does
  // not fit is left out. Reads files, so it may wait for a disk, and the C library may allocate meanwhile:
  // for the time before an agent starts.
  SettingsStatus load(const SettingsSources& sources = {}) noexcept;

  // The value as it was written; a view that lives until the next load().
  std::string_view text(SettingId id) const noexcept;
  // The value of a flag; of a count, of bytes, of a duration in milliseconds; of a sampler, by
  // the rule that is made; of formats.
  bool flag(SettingId id) const noexcept;
  std::uint64_t number(SettingId id) const noexcept;
  Sampler sampler(SettingId id) const noexcept;
  Propagation formats(SettingId id) const noexcept;
  // `http_headers` as HttpConfig::headers takes them; empty if there are none. A view that lives until the
  // next load().
  std::string_view header_lines() const noexcept;

  // Whether anybody made this setting; else it has its preset.
  bool made(SettingId id) const noexcept;
  // Whether it was made for other programs, by a variable of OpenTelemetry's.
  bool made_for_others(SettingId id) const noexcept { return value(id).rank == Rank::otel; }
  // Where it was made, for people: "/etc/edgespan/edgespan.ini:12", "EDGESPAN_FLUSH", "edgespan.flush",
  // "OTEL_SERVICE_NAME" or "default". Returns the part of `out` that was written.
  std::string_view origin(SettingId id, std::span<char, origin_bytes_max> out) const noexcept;

  // Puts every setting that was made into `config`; the others stay as the program has them. A plugin has
  // nothing of its own: there every setting counts. A program that
  // has named neither itself nor a collector gets both from here. `config` then holds views into this object.
  // A collector that a variable of OpenTelemetry's names is left out if `config` has no `http.dialect` or
  // `tls` for it: it was made for other programs.
  void apply(AgentConfig& config) const noexcept;
  // The same for the port, which Agent::start() takes behind the AgentConfig: `clock` is a setting of it.
  void apply(posix::Config& port) const noexcept;

 private:
  friend class settings_detail::SettingsLoader;

  // Ordered: a stronger one replaces a weaker one.
  enum class Rank : std::uint8_t { preset, otel, file, file_program, file_service, environment, property };
  struct Value {
    Rank rank = Rank::preset;
    std::uint8_t otel = 0;  // which variable
    std::uint8_t file = 0;  // the index of its path
    std::uint32_t line = 0;
    std::uint16_t at = 0;  // where its text lies
    std::uint16_t size = 0;
  };

  static constexpr std::size_t header_lines_bytes = 776;

  void reset() noexcept;
  bool counts(SettingId id) const noexcept { return made(id) || user_ == SettingUser::plugin; }
  std::string_view url_for(const AgentConfig& config) const noexcept;
  void make_header_lines() noexcept;
  bool headers_fit(const AgentConfig& config) const noexcept;
  const Value& value(SettingId id) const noexcept { return values_[static_cast<std::size_t>(id)]; }

  SettingUser user_;
  std::array<Value, settings_count> values_{};
  std::array<char, setting_texts_bytes> texts_{};        // room for the longest value of every setting
  std::array<char, header_lines_bytes> header_lines_{};  // of http_headers, as they go out
  std::size_t header_lines_size_ = 0;
  std::array<std::array<char, path_bytes_max + 1>, files_max> paths_{};
};

}  // namespace edgespan
