// SPDX-License-Identifier: Apache-2.0
// A library of the application's with edgespan in it, which the application unloads.
#include <edgespan/posix_port.hpp>

extern "C" [[gnu::visibility("default")]] int edgespan_begin_lookup(const char* host);

// Begins to resolve `host`, and gives up: the look-up goes on by itself.
int edgespan_begin_lookup(const char* host) {
  edgespan::posix::Port port;
  if (!port.init()) return -1;
  return port.stream().open(port.stream().ctx, host, 9);
}
