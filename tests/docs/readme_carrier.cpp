// SPDX-License-Identifier: Apache-2.0
// The README's code for any carrier as it is printed, with lists of texts and a device without tracing.
#include "readme/3.inc"

#include <edgespan/id_source.hpp>

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

bool holds(bool condition, const char* what) {
  if (!condition) std::fprintf(stderr, "README.md: %s\n", what);
  return condition;
}

}  // namespace

int main() {
  edgespan::IdSource ids{{1, 2, 3, 4}};
  const auto child = [&](const edgespan::Context& parent) { return ids.child(parent); };
  Headers request{{"traceparent", "00-463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-00"},
                  {"tracestate", "a=1"}};
  Headers reply;
  answer(request, reply, child);
  bool ok = holds(reply.size() == 3 && reply[0].first == "b3" && reply[2].second == "a=1", "not the headers");
  ok = ok && holds(reply[1].second.substr(0, 36) == request[0].second.substr(0, 36), "another trace");
  ok = ok && holds(reply[1].second.substr(36, 16) != request[0].second.substr(36, 16), "not a child");
  ok = ok && holds(reply[0].second.back() == '0', "another decision");
  reply.clear();
  answer({}, reply, child);
  return ok && holds(reply.size() == 2, "no new trace") ? 0 : 1;
}
