// SPDX-License-Identifier: Apache-2.0
#include "cli/budget/budget_json.hpp"

#include "cli/budget/budget_settings.hpp"

#include <sstream>

namespace edgespan::cli {
namespace {

template <typename SomeLimits>
void add_object(std::ostream& out, const char* name, const SomeLimits& limits) {
  out << "  \"" << name << "\": {";
  const char* separator = "";
  each_limit(limits, [&](const char* member, std::uint32_t value) {
    out << separator << '"' << member << "\": " << value;
    separator = ", ";
  });
  out << "},\n";
}

void add_settings(std::ostream& out, const char* client, const std::vector<std::string>& lines) {
  out << "  \"" << client << "\": {";
  const char* separator = "";
  for (const std::string& line : lines) {
    const std::size_t equals = line.find('=');
    out << separator << '"' << line.substr(0, equals) << "\": \"" << line.substr(equals + 1) << '"';
    separator = ", ";
  }
  out << "},\n";
}

}  // namespace

void put_terms(std::ostream& out, const char* name, const std::vector<BudgetTerm>& terms) {
  out << "  \"" << name << "\": {";
  const char* separator = "";
  for (const BudgetTerm& term : terms) {
    out << separator << '"' << term.name << "\": " << term.bytes;
    separator = ", ";
  }
  out << "},\n";
}

std::string budget_json(const BudgetPlan& plan, const BudgetWish& wish) {
  std::ostringstream out;
  out << "{\n";
  add_object(out, "limits", plan.limits);
  add_object(out, "kafka_limits", plan.kafka);
  add_object(out, "producer_limits", plan.producer);
  add_object(out, "consumer_limits", plan.consumer);
  add_settings(out, "producer_settings", kafka_settings(plan.producer));
  add_settings(out, "consumer_settings", kafka_settings(plan.consumer));
  put_terms(out, "edgespan_bytes", plan.agent);
  put_terms(out, "process_bytes", plan.process);
  out << "  \"threads\": " << plan.threads << ",\n  \"reporter_stack_bytes\": " << plan.reporter_stack_bytes
      << ",\n  \"gzip_bytes\": " << plan.gzip_bytes
      << ",\n  \"kafka_stack_bytes\": " << plan.kafka_stack_bytes
      << ",\n  \"memory_max_bytes\": " << plan.memory_max_bytes << ",\n  \"span_bytes\": " << wish.span_bytes
      << ",\n  \"spans_held\": " << plan.spans_held;
  if (wish.spans_per_second) {
    out << ",\n  \"outage_s\": "
        << static_cast<std::uint64_t>(static_cast<double>(plan.spans_held) / *wish.spans_per_second);
  }
  out << "\n}";
  return out.str();
}

}  // namespace edgespan::cli
