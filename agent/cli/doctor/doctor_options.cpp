// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/doctor_options.hpp"

#include "cli/options/pair_option.hpp"
#include "cli/options/tls_options.hpp"
#include "cli/options/validators.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace edgespan::cli {

bool names_program(std::string_view text) noexcept { return text.find(':') == std::string_view::npos; }

CLI::App* add_doctor(CLI::App& app, DoctorOptions& options) {
  CLI::App* command = app.add_subcommand(
      "doctor",
      "check step by step whether spans reach a collector, or how a program can be traced; say what is wrong "
      "and what to do");
  command
      ->add_option("url", options.sender.url,
                   "where the spans would go: http[s]://host[:port][/path], otlp[s]://host[:port][/path], "
                   "kafka://broker[:port][,broker...][/topic] or file:path; or a program, which is not run")
      ->type_name("URL|PROGRAM")
      ->required()
      ->check([](const std::string& text) { return names_program(text) ? std::string{} : span_url()(text); });
  command->add_option("--timeout", options.limit_s, "time for each step, 0.001 to 3600 s")
      ->type_name("SECONDS")
      ->capture_default_str()
      ->check(number_between(0.001, 3600, "a number of seconds from 0.001 to 3600"));
  command
      ->add_option(
          "--query-port", options.query_port,
          "for otlp and otlps: port of Jaeger's query on the collector's host, where the span is looked up")
      ->type_name("PORT")
      ->capture_default_str()
      ->check(whole_number_between(1, 65'535, "a port from 1 to 65535"));
  command
      ->add_option(
          "--http-headers", options.http_headers,
          "for http, https, otlp and otlps: header lines for every request, written as the setting "
          "http_headers is (default: that setting's, unless the setting url names another collector)")
      ->type_name("NAME=VALUE[,NAME=VALUE...]");
  add_pair_option(*command, "-X,--property", options.sender.kafka_properties,
                  "for kafka: a setting of librdkafka about security; may be given several times",
                  "PROPERTY=VALUE");
  add_tls_options(*command, options.sender.tls, "Options");
  command->footer(
      "The doctor posts an empty list of spans, and then one span of its own under the service name\n"
      "edgespan-doctor. If the collector answers queries (Zipkin's, or Jaeger's on --query-port), the doctor "
      "looks\n"
      "that span up again.\n"
      "Each step is a line on stdout; advice goes to stderr.\n"
      "Exit codes: 0 every step is good, 1 a step failed, 2 bad usage.");
  return command;
}

}  // namespace edgespan::cli
