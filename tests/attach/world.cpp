// SPDX-License-Identifier: Apache-2.0
// A broker and a collector for programs that the tests start. Prints their addresses as a line, and then, for
// each line of standard input, the spans that came since: a line each, `name kind service trace parent id
// topic key error microseconds`, where - is nothing, or as trees if the line says so, and an empty line at
// the end. Ends with its input.
#include "cli/demo/demo_broker.hpp"
#include "cli/demo/demo_collector.hpp"
#include "cli/spans/tree_lines.hpp"

#include <iostream>
#include <string>
#include <vector>

namespace {

using namespace edgespan::cli;

std::string tag(const CollectedSpan& span, const std::string& wanted) {
  for (const auto& [name, value] : span.tags) {
    if (name == wanted) return value;
  }
  return {};
}

std::string line_of(const CollectedSpan& span) {
  std::string line;
  for (const std::string& field : {span.name, std::string{kind_text(span.kind)}, span.service, span.trace_id,
                                   span.parent_id, span.id, tag(span, "kafka.topic"), tag(span, "kafka.key"),
                                   tag(span, "error"), std::to_string(span.duration_us)}) {
    line += (line.empty() ? "" : " ") + (field.empty() ? "-" : field);
  }
  return line;
}

}  // namespace

int main() {
  DemoBroker broker;
  DemoCollector collector;
  std::cout << broker.brokers() << ' ' << collector.url() << std::endl;
  for (std::string command; std::getline(std::cin, command);) {
    if (command != "spans" && command != "trees") broker.create_topic(command);
    const std::vector<CollectedSpan> spans = collector.take();
    if (command == "trees") {
      for (const std::string& line : tree_lines(spans, {})) std::cout << line << '\n';
    } else {
      for (const CollectedSpan& span : spans) std::cout << line_of(span) << '\n';
    }
    std::cout << std::endl;
  }
}
