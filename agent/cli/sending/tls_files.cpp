// SPDX-License-Identifier: Apache-2.0
#include "cli/sending/tls_files.hpp"

#include "cli/io/tool_errors.hpp"

namespace edgespan::cli {

std::string tls_options(const TlsFiles& files) {
  std::string text;
  if (!files.ca.empty()) text += " --ca " + files.ca;
  if (!files.certificate.empty()) text += " --cert " + files.certificate;
  if (!files.key.empty()) text += " --key " + files.key;
  return text;
}

void check_tls_files(const TlsFiles& files, const SpanUrl& url) {
  const std::string given = tls_options(files);
  if (given.empty() || url.kind == SpanUrl::Kind::https) return;
  const bool kafka = url.kind == SpanUrl::Kind::kafka;
  throw UsageError{"'" + given.substr(1) + "' is for https:// and otlps:// alone; leave it out" +
                   (kafka ? ", and give librdkafka its own: -X security.protocol=ssl -X ssl.ca.location=FILE"
                          : ", or name the port on which the server speaks TLS with https://")};
}

}  // namespace edgespan::cli
