// SPDX-License-Identifier: Apache-2.0
#include "cli/man/settings_man.hpp"

#include "cli/man/roff.hpp"

#include <edgespan/otel_fallback.hpp>
#include <edgespan/setting.hpp>

#include <array>

namespace edgespan::cli {
namespace {

constexpr std::string_view introduction = R"(.SH NAME
edgespan.ini \- settings of the tracing agent edgespan
.SH SYNOPSIS
.I /etc/edgespan/edgespan.ini
.br
.I /etc/edgespan/conf.d/*.ini
.SH DESCRIPTION
What an operator sets without a program's source, for the plugin
.BR libedgespan-rdkafka.so ,
for programs with an agent of their own, and for
.BR edgespan (1).
Of several places that make the same setting the last of these counts: the default; variables that OpenTelemetry's SDKs
read; the files above, in the order of their names, or the one that
.B EDGESPAN_CONFIG
names; variables such as
.BR EDGESPAN_FLUSH ;
properties such as
.BR edgespan.flush ,
which a program is given.
.PP
A line is \fIname\fR \fB=\fR \fIvalue\fR, of 198 bytes at most; what follows a semicolon is a comment.
What stands before the first section is for every program, what stands in
.BI "[program " NAME ]
for programs of that file name, and what stands in
.BI "[service " NAME ]
for programs of that service name, which is the strongest. A number of bytes or a time has its unit.
A name that does not exist, a value outside its range and a missing unit are errors, which the program is told with
the file and the line.
.PP
.B edgespan config
prints each setting, its value and where that was made.
.SH SETTINGS
)";

constexpr std::string_view examples = R"(.SH EXAMPLES
.EX
url = http://zipkin.example:9411
sample = 100/s

[program rsyslogd]
service_name = syslog
.EE
.SH SEE ALSO
.BR edgespan (1)
)";

std::string entry_of(const Setting& setting) {
  std::array<char, range_bytes_max> range{};
  std::string text = ".TP\n" + roff_bold(setting.name) + " = \\fI" + roff(range_text(setting, range)) +
                     "\\fR\n" + roff_lines(setting.meaning) + ".";
  const std::string_view preset = setting.user == SettingUser::agent ? setting.preset : std::string_view{};
  const std::string_view of_plugin = setting.preset_of(SettingUser::plugin);
  if (!preset.empty()) text += "\nDefault: " + roff_bold(preset) + ".";
  if (of_plugin != preset && !of_plugin.empty())
    text += "\nDefault of the plugin: " + roff_bold(of_plugin) + ".";
  if (setting.user == SettingUser::plugin) text += "\nFor the plugin.";
  return text + "\n";
}

}  // namespace

std::string settings_man() {
  std::string page = roff_head("EDGESPAN.INI", "5", "File formats") + std::string{introduction};
  for (const Setting& setting : settings_table()) page += entry_of(setting);
  page += ".SH ENVIRONMENT\nA variable of OpenTelemetry whose value does not fit is left out.\n";
  for (const OtelFallback& fallback : otel_fallbacks()) {
    page += ".TP\n" + roff_bold(fallback.variable) + "\nmakes " + roff_bold(setting(fallback.setting).name) +
            ": " + roff_lines(fallback.meaning) + ".\n";
  }
  page += examples;
  page.pop_back();
  return page;
}

}  // namespace edgespan::cli
