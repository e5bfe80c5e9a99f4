// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <edgespan/collector_url.hpp>
#include <edgespan/settings.hpp>
#include <string_view>

#include "attach/plugin_tls.hpp"
#include "attach/problem_text.hpp"

namespace edgespan::attach {

// The settings of this process: files, environment, and the properties of all its clients. There is one agent
// a process, so they are the process' own, not a client's. One thread at a time.
class PluginSettings {
 public:
  // Reads all, the first time and after every change. False: `problem` says what is wrong and where.
  bool load(ProblemText& problem) noexcept;

  // Takes a property, without its "edgespan.". It stays for the life of the process. What it says only
  // together with another setting is not judged, since properties come in any order.
  bool set(std::string_view name, std::string_view value, ProblemText& problem) noexcept;

  // Judges the rest, once a client is made and no property of it can follow. Reads all once more.
  bool judge_together(ProblemText& problem) noexcept;

  // As set() while the agent runs: a value is good only if it is the one that the agent runs with.
  bool agree(std::string_view name, std::string_view value, ProblemText& problem) const noexcept;

  const Settings& made() const noexcept { return settings_; }
  // Where spans go; views into these settings.
  CollectorUrl collector() const noexcept;
  PluginTls& tls() noexcept { return tls_; }

 private:
  static constexpr std::size_t property_bytes_max = 575;

  bool read(bool more_follow, ProblemText& problem) noexcept;

  Settings settings_{SettingUser::plugin};
  PluginTls tls_;
  bool loaded_ = false;
  bool judged_ = false;  // together, and found good
  // "name=value" of each property that was set, in the order of the table's settings, without gaps.
  std::array<std::array<char, property_bytes_max + 1>, settings_count> texts_{};
  std::size_t used_ = 0;
};

}  // namespace edgespan::attach
