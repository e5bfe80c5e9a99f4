// SPDX-License-Identifier: Apache-2.0
#include "attach/plugin_settings.hpp"

#include <algorithm>

#include "attach/plugin_gzip.hpp"

namespace edgespan::attach {
namespace {

std::string_view name_of(std::string_view property) noexcept {
  return {property.data(), std::min(property.find('='), property.size())};
}

}  // namespace

// Files and environment by themselves are whole.
bool PluginSettings::load(ProblemText& problem) noexcept { return loaded_ || read(used_ != 0, problem); }

bool PluginSettings::judge_together(ProblemText& problem) noexcept { return judged_ || read(false, problem); }

bool PluginSettings::read(bool more_follow, ProblemText& problem) noexcept {
  loaded_ = judged_ = false;
  std::array<std::string_view, settings_count> properties{};
  for (std::size_t i = 0; i < used_; ++i) properties[i] = texts_[i].data();
  const SettingsStatus status = settings_.load(
      {.properties = std::span<const std::string_view>{properties}.first(used_), .more_follow = more_follow});
  if (!status.ok()) return problem.say({"edgespan: ", status.text()});
  if (!PluginGzip::check(settings_, problem)) return false;
  if (collector().scheme == CollectorUrl::Scheme::https && !tls_.check(settings_, problem)) return false;
  loaded_ = true;
  judged_ = !more_follow;
  return true;
}

CollectorUrl PluginSettings::collector() const noexcept {
  CollectorUrl url;
  static_cast<void>(parse_collector_url(settings_.text(SettingId::url), url));  // what was read is a URL
  return url;
}

bool PluginSettings::set(std::string_view name, std::string_view value, ProblemText& problem) noexcept {
  if (name.size() + 1 + value.size() > property_bytes_max) {
    return problem.say({"edgespan.", name, ": is longer than any setting"});
  }
  std::size_t at = 0;
  while (at < used_ && name_of(texts_[at].data()) != name) ++at;
  if (at == settings_count) return problem.say({"edgespan.", name, ": no setting has this name"});
  const auto before = texts_[at];
  auto& text = texts_[at];
  text = {};
  char* const end = std::copy(name.begin(), name.end(), text.begin());
  *end = '=';
  std::copy(value.begin(), value.end(), end + 1);
  const std::size_t used_before = used_;
  used_ = std::max(used_, at + 1);
  if (read(true, problem)) return true;
  // What is wrong must not be in the way of the clients that come later.
  text = before;
  used_ = used_before;
  return false;
}

bool PluginSettings::agree(std::string_view name, std::string_view value,
                           ProblemText& problem) const noexcept {
  for (const Setting& setting : settings_table()) {
    if (setting.name != name) continue;
    const auto id = static_cast<SettingId>(&setting - settings_table().data());
    if (settings_.text(id) == value) return true;
    if (setting.type == SettingType::headers) {  // which may be a secret
      return problem.say(
          {"edgespan.", name, ": the agent of this process runs with others; give every client the same"});
    }
    return problem.say({"edgespan.", name, " '", value, "': the agent of this process runs with '",
                        settings_.text(id), "'; give every client the same"});
  }
  return problem.say({"edgespan.", name, ": no setting has this name; `edgespan config` lists all"});
}

}  // namespace edgespan::attach
