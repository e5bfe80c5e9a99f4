// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/posix_text_file.hpp>
#include <edgespan/settings.hpp>
#include <edgespan/settings_sources.hpp>
#include <edgespan/settings_status.hpp>
#include <string_view>

#include "kit/ini_reader.hpp"
#include "kit/text_line.hpp"

namespace edgespan::settings_detail {

// One run of Settings::load().
class SettingsLoader {
 public:
  SettingsLoader(Settings& settings, const SettingsSources& sources) noexcept;

  SettingsStatus run() noexcept;

 private:
  using Rank = Settings::Rank;
  using Value = Settings::Value;

  // False: error_ says why.
  bool read_files() noexcept;
  bool read_folder() noexcept;
  bool read_file(const char* path, bool must_exist) noexcept;
  bool read_environment() noexcept;
  bool read_variable(std::string_view name, std::string_view value) noexcept;
  bool read_properties() noexcept;
  void read_otel() noexcept;
  bool check_pauses() noexcept;
  void leave_foreign_headers() noexcept;

  bool take_entry(const IniEntry& entry) noexcept;
  // Which programs a section is for; nullptr: it is none that exists. `rank` is what its entries have, and
  // Rank::preset if this program is not among them.
  bool rank_of_section(std::string_view section, Rank& rank) noexcept;
  // Makes a setting. `where` begins the error's text.
  bool make(std::string_view name, std::string_view text, const Value& made, const TextLine& where) noexcept;
  bool refuse_unknown(std::string_view name, Rank rank, const TextLine& where) noexcept;
  void put(SettingId id, std::string_view text, const Value& made) noexcept;
  const char* variable(std::string_view name) const noexcept;

  Settings* settings_;
  SettingsSources sources_;
  std::size_t files_ = 0;
  bool services_seen_ = false;  // a section [service ...]
  bool services_now_ = false;   // this pass takes their entries, and no others
  TextLine error_;
};

}  // namespace edgespan::settings_detail
