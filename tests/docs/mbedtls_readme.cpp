// SPDX-License-Identifier: Apache-2.0
// The program of port/mbedtls/README.md as it is printed. What is no certificate must not start an agent; the
// tests of TLS start one with a certificate.
#include "readme/mbedtls/1.inc"

#include <cstdio>
#include <string_view>

int main() {
  const edgespan::AgentStatus started = start("-----BEGIN CERTIFICATE-----");
  const bool refused = std::string_view{started.text()}.starts_with("tls: the roots cannot be read");
  if (!refused) std::fprintf(stderr, "port/mbedtls/README.md: %s\n", started.text());
  return refused ? 0 : 1;
}
