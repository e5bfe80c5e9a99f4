// SPDX-License-Identifier: Apache-2.0
#include "cli/budget/budget_cpp.hpp"

#include "cli/budget/budget_settings.hpp"

#include <sstream>

namespace edgespan::cli {
namespace {

template <typename SomeLimits>
void add_constant(std::ostream& out, const char* type, const char* name, const SomeLimits& limits) {
  out << "inline constexpr edgespan::" << type << ' ' << name << "{\n";
  each_limit(limits, [&](const char* member, std::uint32_t value) {
    out << "    ." << member << " = " << value << ",\n";
  });
  out << "};\n";
}

constexpr const char* packed_assertion =
    "static_assert(edgespan::gzip::memory_bytes(limits.batch_bytes) + sizeof(edgespan::gzip::Gzip) <= "
    "gzip_bytes,\n"
    "              \"gzip takes more than was planned\");\n";

}  // namespace

std::string budget_cpp(const BudgetPlan& plan, const BudgetWish& wish) {
  std::ostringstream out;
  out << "// Made by `edgespan budget`: " << plan.spans_held << " spans of " << wish.span_bytes
      << " bytes wait before one is dropped.\n"
         "// In the unit of systemd: MemoryMax="
      << (plan.memory_max_bytes >> 20)
      << "M\n"
         "#pragma once\n\n"
      << (wish.gzip ? "#include <edgespan/gzip.hpp>\n" : "")
      << "#include <edgespan/kafka_limits.hpp>\n#include <edgespan/limits.hpp>\n#include "
         "<edgespan/rdkafka_memory.hpp>\n\n#include <cstdint>\n\n"
         "namespace budget {\n\n";
  add_constant(out, "Limits", "limits", plan.limits);
  add_constant(out, "KafkaLimits", "kafka_limits", plan.kafka);
  add_constant(out, "ProducerLimits", "producer", plan.producer);
  add_constant(out, "ConsumerLimits", "consumer", plan.consumer);
  out << "inline constexpr std::uint32_t span_bytes = " << wish.span_bytes
      << ";\ninline constexpr std::uint32_t message_bytes = " << wish.message_bytes
      << ";\ninline constexpr std::uint64_t spans_held = " << plan.spans_held
      << ";\ninline constexpr std::uint32_t reporter_stack_bytes = " << plan.reporter_stack_bytes
      << ";\ninline constexpr std::uint64_t gzip_bytes = " << plan.gzip_bytes
      << ";\ninline constexpr std::uint32_t kafka_stack_bytes = " << plan.kafka_stack_bytes
      << ";\ninline constexpr std::uint64_t memory_max_bytes = " << plan.memory_max_bytes
      << ";\n\nstatic_assert(edgespan::limits_valid(limits) && edgespan::kafka_limits_valid(kafka_limits) "
         "&&\n"
         "              edgespan::fits(producer, kafka_limits));\n"
         "static_assert(edgespan::memory_bytes(limits) + edgespan::kafka_memory_bytes(kafka_limits) <= "
      << memory_bytes(plan.limits) + kafka_memory_bytes(plan.kafka)
      << ", \"the limits take more than was planned\");\n"
      << (wish.gzip ? packed_assertion : "") << "\n}  // namespace budget";
  return out.str();
}

}  // namespace edgespan::cli
