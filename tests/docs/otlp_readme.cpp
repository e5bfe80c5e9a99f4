// SPDX-License-Identifier: Apache-2.0
// The README's program for OTLP as it is printed. Its collector has no address; that the agent starts is
// enough.
#include "readme/2.inc"

#include <cstdio>

int main() {
  const edgespan::AgentStatus started = start();
  if (!started.ok()) std::fprintf(stderr, "README.md: %s\n", started.text());
  static_cast<void>(agent.stop(0));
  return started.ok() ? 0 : 1;
}
