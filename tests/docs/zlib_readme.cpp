// SPDX-License-Identifier: Apache-2.0
// The program of port/zlib/README.md as it is printed.
#include "readme/zlib/1.inc"

#include <cstdio>

int main() {
  const bool started = start();
  if (!started) std::fprintf(stderr, "port/zlib/README.md: it does not start\n");
  return started ? 0 : 1;
}
