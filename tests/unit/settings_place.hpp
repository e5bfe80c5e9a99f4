// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/settings.hpp>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/test.hpp"

namespace edgespan::test {

namespace fs = std::filesystem;

// A folder of settings and an environment, for one load().
class Place {
 public:
  Place() {
    std::array<char, 32> name{"/tmp/edgespan-settings-XXXXXX"};
    TEST_ASSERT_NOT_NULL(::mkdtemp(name.data()));
    folder_ = name.data();
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() { fs::remove_all(folder_); }

  void file(const std::string& name, std::string_view text) {
    fs::create_directories(fs::path{path(name)}.parent_path());
    std::ofstream{path(name)} << text;
  }
  std::string path(const std::string& name) const { return folder_ + "/" + name; }

  void variable(std::string text) { variables_.push_back(std::move(text)); }
  void property(std::string text) { properties_.push_back(std::move(text)); }

  SettingsStatus load(Settings& settings, std::string_view program = "gateway") {
    return load(settings, SettingsSources{.program = program});
  }
  // Of `sources` what a place has not.
  SettingsStatus load(Settings& settings, SettingsSources sources) {
    std::vector<const char*> environment;
    for (const std::string& text : variables_) environment.push_back(text.c_str());
    environment.push_back(nullptr);
    const std::vector<std::string_view> properties{properties_.begin(), properties_.end()};
    if (sources.program.empty()) sources.program = "gateway";
    sources.environment = environment.data();
    sources.properties = properties;
    sources.folder = folder_.c_str();
    return settings.load(sources);
  }

  // The text of an error, without the folder's name.
  std::string error(std::string_view program = "gateway") {
    Settings settings;
    const SettingsStatus status = load(settings, program);
    TEST_ASSERT_FALSE(status.ok());
    for (std::size_t i = 0; i < settings_count; ++i) {
      TEST_ASSERT_FALSE(settings.made(static_cast<SettingId>(i)));
    }
    std::string text = status.text();
    if (const std::size_t at = text.find(folder_ + "/"); at != std::string::npos) {
      text.erase(at, folder_.size() + 1);
    }
    return text;
  }

 private:
  std::string folder_;
  std::vector<std::string> variables_;
  std::vector<std::string> properties_;
};

inline std::string origin(const Settings& settings, SettingId id) {
  std::array<char, Settings::origin_bytes_max> out{};
  return std::string{settings.origin(id, out)};
}

}  // namespace edgespan::test
