// SPDX-License-Identifier: Apache-2.0
// The program of port/zlib/README.md.
#include <edgespan/gzip.hpp>
#include <edgespan/http_sender.hpp>
#include <edgespan/limits.hpp>
#include <edgespan/posix.hpp>

#include <cstdio>

namespace {

bool readme() {
#include "readme/zlib/1.inc"

  return started;
}

}  // namespace

int main() {
  const bool started = readme();
  if (!started) std::fprintf(stderr, "port/zlib/README.md: it does not start\n");
  return started ? 0 : 1;
}
