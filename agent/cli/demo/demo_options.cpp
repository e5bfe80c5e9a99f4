// SPDX-License-Identifier: Apache-2.0
#include "cli/demo/demo_options.hpp"

#include "cli/options/tls_options.hpp"
#include "cli/options/validators.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace edgespan::cli {

CLI::App* add_demo(CLI::App& app, DemoOptions& options) {
  CLI::App* command =
      app.add_subcommand("demo", "show three traces, made with a broker and a collector inside this process");
  command
      ->add_option("--zipkin", options.zipkin.url,
                   "send the spans to this Zipkin, too, and print a link to each trace: "
                   "http[s]://host[:port][/path] (default: to none)")
      ->type_name("URL")
      ->check(http_url());
  add_tls_options(*command, options.zipkin.tls, "Options");
  return command;
}

}  // namespace edgespan::cli
