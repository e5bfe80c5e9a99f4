// SPDX-License-Identifier: Apache-2.0
#include "kit/settings_loader.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <edgespan/collector_url.hpp>
#include <edgespan/otel_fallback.hpp>
#include <edgespan/posix_process.hpp>

#include "core/assert.hpp"
#include "kit/nearest_name.hpp"
#include "kit/otel_value.hpp"
#include "kit/setting_names.hpp"
#include "kit/setting_value.hpp"
#include "kit/text_piece.hpp"

namespace edgespan::settings_detail {
namespace {

constexpr std::string_view config_variable = "EDGESPAN_CONFIG";

// Variables with our prefix that are no settings: those of edgespan's own build, and what Kubernetes makes
// for every program beside a service that is called edgespan.
constexpr std::array<std::string_view, 8> other_variables{"CONFIG",          "DEPS_DIR",    "TLS",
                                                          "EMULATOR",        "RELACY_DIR",  "RDKAFKA_VERSION",
                                                          "BOARD_TESTED_AS", "SERVICE_HOST"};
constexpr std::array<std::string_view, 2> other_beginnings{"PORT", "SERVICE_PORT"};

bool is_of_others(std::string_view rest) noexcept {
  return std::find(other_variables.begin(), other_variables.end(), rest) != other_variables.end() ||
         std::any_of(other_beginnings.begin(), other_beginnings.end(),
                     [rest](std::string_view begin) { return rest.starts_with(begin); });
}

const Setting* find_setting(std::string_view name) noexcept {
  for (const Setting& setting : settings_table()) {
    if (setting.name == name) return &setting;
  }
  return nullptr;
}

SettingId id_of(const Setting& setting) noexcept {
  return static_cast<SettingId>(&setting - settings_table().data());
}

constexpr std::size_t shown_bytes_max = 80;  // of a value that is wrong

}  // namespace

SettingsLoader::SettingsLoader(Settings& settings, const SettingsSources& sources) noexcept
    : settings_{&settings}, sources_{sources} {
  if (sources_.environment == nullptr) sources_.environment = posix::environment();
  if (sources_.program.empty()) sources_.program = posix::program_name();
}

SettingsStatus SettingsLoader::run() noexcept {
  settings_->reset();
  TextLine problem;
  const bool named = check_value(setting(SettingId::service_name), sources_.program, problem);
  put(SettingId::service_name, named ? sources_.program : "unknown", {});
  bool done = read_files() && read_environment() && read_properties();
  if (done) read_otel();
  if (done && services_seen_) {
    services_now_ = true;  // the service name is known now
    done = read_files();
  }
  if (done && (sources_.more_follow || check_pauses())) {
    leave_foreign_headers();
    settings_->make_header_lines();
    return {};
  }
  settings_->reset();
  return SettingsStatus{error_.view()};
}

// Headers of OpenTelemetry's variables may be the key to the collector that those name; no other gets them.
void SettingsLoader::leave_foreign_headers() noexcept {
  using enum SettingId;
  CollectorUrl target;
  const bool otlp = parse_collector_url(settings_->text(url), target) == nullptr && target.otlp;
  if (settings_->value(url).rank == Rank::otel && otlp) return;
  Value& headers = settings_->values_[static_cast<std::size_t>(http_headers)];
  if (headers.rank != Rank::otel) return;
  headers.rank = Rank::preset;
  headers.size = 0;
}

bool SettingsLoader::check_pauses() noexcept {
  using enum SettingId;
  if (settings_->number(retry_min) <= settings_->number(retry_max)) return true;
  const SettingId later = settings_->made(retry_max) ? retry_max : retry_min;
  std::array<char, Settings::origin_bytes_max> origin{};
  error_ << settings_->origin(later, origin) << ": retry_max '" << settings_->text(retry_max)
         << "': write no less than retry_min, which is " << settings_->text(retry_min);
  return false;
}

const char* SettingsLoader::variable(std::string_view name) const noexcept {
  for (const char* const* entry = sources_.environment; *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    const bool found = text.size() > name.size() + 1 && text.starts_with(name) && text[name.size()] == '=';
    if (found) return *entry + name.size() + 1;
  }
  return nullptr;
}

bool SettingsLoader::read_files() noexcept {
  files_ = 0;
  if (const char* const path = variable(config_variable)) return read_file(path, true);
  return read_folder();
}

bool SettingsLoader::read_folder() noexcept {
  std::array<char, Settings::path_bytes_max + 1> path{};
  const auto join = [&path](std::string_view folder, std::string_view name) {
    path = {};
    if (folder.size() + 1 + name.size() >= path.size()) return false;
    char* const end = std::copy(folder.begin(), folder.end(), path.begin());
    *end = '/';
    std::copy(name.begin(), name.end(), end + 1);
    return true;
  };
  if (!join(sources_.folder, "edgespan.ini") || !read_file(path.data(), false)) return error_.empty();
  if (!join(sources_.folder, "conf.d")) return true;
  const std::array<char, Settings::path_bytes_max + 1> folder = path;
  posix::FileName name{};
  while (posix::next_file(folder.data(), ".ini", name.data(), name)) {
    if (!join(folder.data(), name.data())) {
      error_ << folder.data() << "/" << name.data() << ": the path is longer than 127 bytes";
      return false;
    }
    if (!read_file(path.data(), true)) return false;
  }
  return true;
}

bool SettingsLoader::read_file(const char* path, bool must_exist) noexcept {
  posix::TextFile file;
  const int failed = file.open(path);
  if (failed == ENOENT && !must_exist) return true;
  if (failed != 0) {
    error_ << path << ": "
           << (failed == ENOENT   ? "no such file"
               : failed == EACCES ? "this program may not read it"
               : failed == EINVAL ? "is no regular file"
                                  : "cannot be opened")
           << "; settings are read from there";
    return false;
  }
  const std::size_t length = std::strlen(path);
  if (files_ == Settings::files_max || length > Settings::path_bytes_max) {
    error_ << path << ": "
           << (length > Settings::path_bytes_max ? "the path is longer than 127 bytes"
                                                 : "there are more than 16 files of settings");
    return false;
  }
  settings_->paths_[files_] = {};
  std::copy_n(path, length, settings_->paths_[files_].data());
  const IniEnd end = read_ini(
      file,
      [](void* ctx, const IniEntry& entry) { return static_cast<SettingsLoader*>(ctx)->take_entry(entry); },
      this);
  files_ += 1;
  if (end.problem == nullptr) return error_.empty();
  error_ = {};
  error_ << path << ":" << end.line << ": " << end.problem;
  return false;
}

bool SettingsLoader::rank_of_section(std::string_view section, Rank& rank) noexcept {
  constexpr std::string_view program = "program ";
  constexpr std::string_view service = "service ";
  rank = Rank::preset;
  if (section.empty()) {
    rank = services_now_ ? Rank::preset : Rank::file;
  } else if (section.starts_with(program)) {
    if (!services_now_ && tail(section, program.size()) == sources_.program) rank = Rank::file_program;
  } else if (section.starts_with(service)) {
    services_seen_ = true;
    const bool ours = tail(section, service.size()) == settings_->text(SettingId::service_name);
    if (services_now_ && ours) rank = Rank::file_service;
  } else {
    return false;
  }
  return true;
}

bool SettingsLoader::take_entry(const IniEntry& entry) noexcept {
  Value made;
  made.file = static_cast<std::uint8_t>(files_);
  made.line = entry.line;
  TextLine where;
  where << settings_->paths_[files_].data() << ":" << entry.line << ": ";
  if (!rank_of_section(entry.section, made.rank)) {
    error_ << where.view() << "[" << entry.section
           << "]: no section has this name; write [program NAME] or [service NAME]";
    return false;
  }
  if (entry.name == setting(SettingId::service_name).name && entry.section.starts_with("service ")) {
    error_ << where.view() << entry.name << ": a section [service NAME] cannot name the service";
    return false;
  }
  where << entry.name;
  return make(entry.name, entry.value, made, where);
}

bool SettingsLoader::read_environment() noexcept {
  for (const char* const* entry = sources_.environment; *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    const std::size_t equals = text.find('=');
    if (!text.starts_with(variable_prefix) || equals == std::string_view::npos) continue;
    if (!read_variable(head(text, equals), tail(text, equals + 1))) return false;
  }
  return true;
}

bool SettingsLoader::read_variable(std::string_view name, std::string_view value) noexcept {
  const std::string_view rest = tail(name, variable_prefix.size());
  if (value.empty() || is_of_others(rest)) return true;
  TextLine where;
  where << name;
  std::array<char, 64> lower{};
  const std::size_t size = std::min(rest.size(), lower.size());
  std::transform(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(size), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  Value made;
  made.rank = Rank::environment;
  return make({lower.data(), size}, value, made, where);
}

bool SettingsLoader::read_properties() noexcept {
  for (std::string_view property : sources_.properties) {
    const std::size_t equals = std::min(property.find('='), property.size());
    std::string_view name = head(property, equals);
    if (name.starts_with(property_prefix)) name.remove_prefix(property_prefix.size());
    TextLine where;
    where << property_prefix << name;
    Value made;
    made.rank = Rank::property;
    property.remove_prefix(std::min(equals + 1, property.size()));
    if (!make(name, property, made, where)) return false;
  }
  return true;
}

void SettingsLoader::read_otel() noexcept {
  const auto lookup = [](const void* ctx, std::string_view name) {
    return static_cast<const SettingsLoader*>(ctx)->variable(name);
  };
  const std::span<const OtelFallback> fallbacks = otel_fallbacks();
  for (std::size_t i = 0; i < fallbacks.size(); ++i) {
    const char* const text = variable(fallbacks[i].variable);
    if (text == nullptr) continue;
    const SettingId id = fallbacks[i].setting;
    TextLine value;
    TextLine problem;
    put_otel_value(i, text, lookup, this, value);
    if (value.empty() || !check_value(setting(id), value.view(), problem)) continue;
    Value made;
    made.rank = Rank::otel;
    made.otel = static_cast<std::uint8_t>(i);
    put(id, value.view(), made);
  }
}

bool SettingsLoader::make(std::string_view name, std::string_view text, const Value& made,
                          const TextLine& where) noexcept {
  const Setting* const setting = find_setting(name);
  if (setting == nullptr) return refuse_unknown(name, made.rank, where);
  TextLine problem;
  if (!check_value(*setting, text, problem)) {
    error_ << where.view();
    if (setting->type != SettingType::headers) error_ << " '" << head(text, shown_bytes_max) << "'";
    error_ << ": " << problem.view();
    return false;
  }
  if (made.rank != Rank::preset) put(id_of(*setting), text, made);
  return true;
}

bool SettingsLoader::refuse_unknown(std::string_view name, Rank rank, const TextLine& where) noexcept {
  error_ << where.view() << ": no setting has this name; ";
  const std::string_view nearest = nearest_name(name);
  if (nearest.empty()) {
    error_ << "`edgespan config` lists all";
  } else {
    error_ << "did you mean ";
    if (rank == Rank::environment) {
      put_variable(nearest, error_);
    } else if (rank == Rank::property) {
      put_property(nearest, error_);
    } else {
      error_ << nearest;
    }
    error_ << "?";
  }
  return false;
}

void SettingsLoader::put(SettingId id, std::string_view text, const Value& made) noexcept {
  Value& value = settings_->values_[static_cast<std::size_t>(id)];
  if (made.rank < value.rank) return;
  EDGESPAN_ASSERT(text.size() <= value_bytes_max(setting(id)));
  std::copy(text.begin(), text.end(), settings_->texts_.begin() + value.at);
  const std::uint16_t at = value.at;
  value = made;
  value.at = at;
  value.size = static_cast<std::uint16_t>(text.size());
}

}  // namespace edgespan::settings_detail
