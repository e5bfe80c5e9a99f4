// SPDX-License-Identifier: Apache-2.0
#include "cli/config/settings_page.hpp"

#include <edgespan/otel_fallback.hpp>
#include <edgespan/setting.hpp>

#include <array>
#include <string_view>

namespace edgespan::cli {
namespace {

constexpr std::string_view introduction = R"(<!-- SPDX-License-Identifier: Apache-2.0 -->
# Settings

An operator makes settings without a program's source. `edgespan config` prints each of them, its value and where that was
made. This page is what `edgespan config --page` prints; a test holds both alike.

Of several places that make the same setting the last of these counts:

1. the default of the table below
2. variables that OpenTelemetry's SDKs read, where edgespan has the same feature
3. `/etc/edgespan/edgespan.ini`, then the files of `/etc/edgespan/conf.d/` that end with `.ini`, in the order of their names.
   `EDGESPAN_CONFIG` names another file, which is then the only one
4. variables: `EDGESPAN_FLUSH` for `flush`. An empty one counts as not there
5. properties, which a program is given for edgespan alone: `edgespan.flush`

```ini
; /etc/edgespan/edgespan.ini
url = http://zipkin.example:9411
sample = 100/s

[program rsyslogd]
service_name = syslog

[service truck-gateway]
sample = always
```

What stands before the first section is for every program; a section `[program NAME]` is for programs of that file name and is
stronger; `[service NAME]` is for programs of that service name, and is stronger still. A number of bytes or a time has its unit.
A name that does not exist, a value outside its range and a missing unit are errors: the program is told the file, the line, and
the name that comes nearest. A line has 198 bytes at most. A program that runs with more rights than its caller has reads no
variable. What has a default of the plugin alone is a setting of the plugin alone.

)";

constexpr std::array<std::string_view, 10> type_names{"flag",    "choice",  "count", "bytes", "time",
                                                      "formats", "sampler", "text",  "URL",   "headers"};

// In a table of Markdown a bar ends a cell.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string{"\\|"} : std::string{c};
  return out;
}

std::string code(std::string_view text) {
  return text.empty() ? "" : std::string{"`"}.append(text).append("`");
}

std::string row_of(const Setting& setting) {
  std::array<char, range_bytes_max> range{};
  const bool self_evident = setting.type == SettingType::flag || setting.type == SettingType::sampler ||
                            setting.type == SettingType::url;
  return "| `" + std::string{setting.name} + "` | " +
         std::string{type_names.at(static_cast<std::size_t>(setting.type))} + " | " +
         (self_evident ? std::string{} : cell(range_text(setting, range))) + " | " +
         code(setting.user == SettingUser::agent ? setting.preset : "") + " | " +
         code(setting.preset_of(SettingUser::plugin)) + " | " + cell(setting.meaning) + " |\n";
}

}  // namespace

std::string settings_page() {
  std::string page{introduction};
  page +=
      "| setting | type | range | default | default of the plugin | meaning |\n|---|---|---|---|---|---|\n";
  for (const Setting& setting : settings_table()) page += row_of(setting);
  page += "\n## Variables of OpenTelemetry\n\nA value that does not fit is left out.\n\n";
  page += "| variable | makes | its value |\n|---|---|---|\n";
  for (const OtelFallback& fallback : otel_fallbacks()) {
    page += "| `" + std::string{fallback.variable} + "` | `" + std::string{setting(fallback.setting).name} +
            "` | " + cell(fallback.meaning) + " |\n";
  }
  page.pop_back();
  return page;
}

}  // namespace edgespan::cli
