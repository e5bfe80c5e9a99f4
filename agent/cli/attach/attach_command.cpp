// SPDX-License-Identifier: Apache-2.0
#include "cli/attach/attach_command.hpp"

#include "cli/attach/program_diagnosis.hpp"
#include "cli/io/tool_errors.hpp"

#include <edgespan/settings.hpp>

#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace edgespan::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* plugin_name = "libedgespan-rdkafka.so";

// In a build tree beside the tool; installed in a folder of libraries beside the tool's.
std::string find_plugin(const std::string& given) {
  std::error_code error;
  if (!given.empty()) {
    if (fs::is_regular_file(given, error)) return fs::absolute(given).string();
    throw UsageError{"--plugin: there is no file " + given};
  }
  const fs::path here = fs::read_symlink("/proc/self/exe", error).parent_path();
  std::vector<fs::path> folders{here, here / "../lib", here / "../lib64"};
  for (const auto& entry : fs::directory_iterator{here / "../lib", error}) folders.push_back(entry.path());
  for (const fs::path& folder : folders) {
    if (fs::is_regular_file(folder / plugin_name, error))
      return fs::weakly_canonical(folder / plugin_name).string();
  }
  throw RunError{std::string{plugin_name} + " is not beside this tool; name it with --plugin"};
}

// The settings as the plugin in that program will read them.
void check_settings(const AttachOptions& options, const std::string& program) {
  const std::vector<std::string_view> properties{options.settings.begin(), options.settings.end()};
  Settings settings{SettingUser::plugin};
  const std::string name = fs::path{program}.filename().string();
  const SettingsStatus status = settings.load({.program = name, .properties = properties});
  if (!status.ok()) throw UsageError{status.text()};
}

void make_setting(std::string_view text) {
  if (text.starts_with("edgespan.")) text.remove_prefix(std::string_view{"edgespan."}.size());
  const std::size_t equals = text.find('=');
  std::string name = "EDGESPAN_";
  for (const char c : text.substr(0, equals)) {
    name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the tool has one thread here
  setenv(name.c_str(), std::string{text.substr(equals + 1)}.c_str(), 1);
}

}  // namespace

void run_attach(const AttachOptions& options, std::ostream& err) {
  const ProgramDiagnosis diagnosis = diagnose_program(options.command.front());
  for (const Finding& finding : {diagnosis.found, diagnosis.rdkafka, diagnosis.reached}) {
    if (!finding.good) throw RunError{finding.text + "; " + finding.advice};
  }
  if (diagnosis.way != ProgramDiagnosis::Way::preload) {
    throw RunError{diagnosis.found.text + " is reached " + diagnosis.reached.text};
  }
  check_settings(options, diagnosis.program);
  for (const std::string& text : options.settings) make_setting(text);
  const std::string plugin = find_plugin(options.plugin);
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the tool has one thread here
  const char* const others = std::getenv("LD_PRELOAD");
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the tool has one thread here
  setenv("LD_PRELOAD", (others != nullptr && *others != '\0' ? plugin + ":" + others : plugin).c_str(), 1);
  err << "edgespan: " << diagnosis.found.text << " is traced by " << plugin
      << "; librdkafka: " << diagnosis.rdkafka.text << std::endl;
  std::vector<char*> arguments;
  for (const std::string& text : options.command) arguments.push_back(const_cast<char*>(text.c_str()));
  arguments.push_back(nullptr);
  std::signal(SIGPIPE, SIG_DFL);  // main() ignores it
  execvp(arguments.front(), arguments.data());
  throw RunError{options.command.front() + ": " + std::generic_category().message(errno)};
}

}  // namespace edgespan::cli
