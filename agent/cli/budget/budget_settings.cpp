// SPDX-License-Identifier: Apache-2.0
#include "cli/budget/budget_settings.hpp"

#include "cli/io/tool_errors.hpp"

namespace edgespan::cli {
namespace {

// Asked of librdkafka itself, so that what is printed is what constrain() does.
template <typename ClientLimits>
std::vector<std::string> settings(const ClientLimits& limits) {
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  const kafka::ConstrainReport report = kafka::constrain(conf, limits);
  rd_kafka_conf_destroy(conf);
  if (!report.ok()) throw RunError{"this librdkafka refuses a limit; use smaller --message or --topic-batch"};
  std::vector<std::string> lines;
  for (const kafka::Constraint& line : report) {
    if (line.outcome == kafka::Outcome::set)
      lines.push_back(std::string{line.property} + "=" + line.in_force);
  }
  return lines;
}

}  // namespace

std::vector<std::string> kafka_settings(const ProducerLimits& limits) { return settings(limits); }
std::vector<std::string> kafka_settings(const ConsumerLimits& limits) { return settings(limits); }

}  // namespace edgespan::cli
