// SPDX-License-Identifier: Apache-2.0
#include "cli/budget/budget_settings.hpp"

#include "cli/io/tool_errors.hpp"

#include <edgespan/kafka_constrain.hpp>

namespace edgespan::cli {
namespace {

// Asks librdkafka itself, so that the plan says what constrain() does.
template <typename ClientLimits>
std::vector<std::string> settings(const ClientLimits& limits) {
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  const ConstrainReport report = constrain(conf, limits);
  rd_kafka_conf_destroy(conf);
  if (!report.ok()) throw RunError{"this librdkafka refuses a limit; use smaller --message or --topic-batch"};
  std::vector<std::string> lines;
  for (const Constraint& line : report) {
    if (line.outcome == ConstraintOutcome::set)
      lines.push_back(std::string{line.property} + "=" + line.in_force);
  }
  return lines;
}

}  // namespace

std::vector<std::string> kafka_settings(const ProducerLimits& limits) { return settings(limits); }
std::vector<std::string> kafka_settings(const ConsumerLimits& limits) { return settings(limits); }

}  // namespace edgespan::cli
