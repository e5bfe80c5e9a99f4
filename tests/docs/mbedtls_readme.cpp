// SPDX-License-Identifier: Apache-2.0
// The program of port/mbedtls/README.md, with the name that it takes for granted.
#include <edgespan/http_sender.hpp>
#include <edgespan/mbedtls.hpp>
#include <edgespan/posix.hpp>

#include <cstdio>
#include <string_view>

namespace {

bool readme(std::string_view root) {
#include "readme/mbedtls/1.inc"

  return started;
}

}  // namespace

int main() {
  // What is no certificate must not start a sender; the tests of TLS start it with one that is.
  const bool started = readme("-----BEGIN CERTIFICATE-----");
  if (started) std::fprintf(stderr, "port/mbedtls/README.md: it starts without a root\n");
  return started ? 1 : 0;
}
