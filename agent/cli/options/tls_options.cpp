// SPDX-License-Identifier: Apache-2.0
#include "cli/options/tls_options.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace edgespan::cli {

void add_tls_options(CLI::App& app, TlsFiles& files, const std::string& group) {
  app.add_option("--ca", files.ca,
                 "needed for https: file of the root certificates that are trusted, PEM or DER; the "
                 "system's own are not used")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--cert", files.certificate,
                 "for https: file of this machine's own certificate, PEM or DER; needs --key (default: none)")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--key", files.key, "for https: file of the key of --cert, PEM or DER, not encrypted")
      ->type_name("FILE")
      ->group(group);
}

}  // namespace edgespan::cli
