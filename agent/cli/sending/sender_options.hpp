// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/clients/client_conf.hpp"
#include "cli/sending/tls_files.hpp"

#include <string>
#include <vector>

namespace edgespan::cli {

// Where spans go, and how.
struct SenderOptions {
  std::string url{};                         // empty: as none:
  TlsFiles tls{};                            // https
  bool gzip = false;                         // http and https
  std::vector<Property> kafka_properties{};  // kafka: of the command's client; those about security count
};

}  // namespace edgespan::cli
