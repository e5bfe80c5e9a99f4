// SPDX-License-Identifier: Apache-2.0
#include "cli/budget/budget_text.hpp"

#include "cli/budget/budget_settings.hpp"
#include "cli/budget/budget_sum.hpp"
#include "cli/text/columns.hpp"
#include "cli/text/quantities.hpp"

#include <sstream>

namespace edgespan::cli {
namespace {

// Writes `head` and the words, in as many lines as they take.
void add_words(std::ostream& out, const std::string& head, const std::vector<std::string>& words) {
  constexpr std::size_t line_columns = 108;
  std::size_t column = columns(head);
  out << head;
  for (const std::string& word : words) {
    if (column + 1 + word.size() > line_columns) {
      out << "\n     ";
      column = 5;
    }
    out << ' ' << word;
    column += 1 + word.size();
  }
  out << '\n';
}

template <typename SomeLimits>
void add_limits(std::ostream& out, const char* type, const SomeLimits& limits) {
  std::vector<std::string> words;
  each_limit(limits, [&](const char* name, std::uint32_t value) {
    const std::string begin = words.empty() ? "{." : ".";
    words.push_back(begin + name + " = " + std::to_string(value) + ",");
  });
  words.back().back() = '}';
  add_words(out, std::string{"  "} + type, words);
}

void add_outages(std::ostream& out, const BudgetPlan& plan, const BudgetWish& wish) {
  const auto line = [&](double rate) {
    std::ostringstream name;
    name << rate << " spans/s";
    out << "  " << left_aligned(name.str(), budget_name_columns) << "survives "
        << long_duration_text(static_cast<std::int64_t>(static_cast<double>(plan.spans_held) / rate))
        << " without an uplink\n";
  };
  out << "what it buys\n  " << grouped(plan.spans_held) << " spans of " << wish.span_bytes
      << " bytes are held before one is dropped, and that is counted\n";
  if (wish.spans_per_second) return line(*wish.spans_per_second);
  for (const double rate : {1.0, 10.0, 100.0}) line(rate);
}

}  // namespace

std::string budget_text(const BudgetPlan& plan, const BudgetWish& wish) {
  std::ostringstream out;
  put_sum(out, "edgespan, fixed from the start, in bytes (64-bit)", plan.agent, plan.agent_bytes);
  put_sum(out, "the process, at the most", plan.process, plan.process_bytes);
  out << "limits (--cpp prints them as a header)\n";
  add_limits(out, "Limits", plan.limits);
  add_limits(out, "KafkaLimits", plan.kafka);
  add_limits(out, "ProducerLimits", plan.producer);
  add_limits(out, "ConsumerLimits", plan.consumer);
  out << "\nlibrdkafka, as constrain() sets it\n";
  add_words(out, "  producer", kafka_settings(plan.producer));
  add_words(out, "  consumer", kafka_settings(plan.consumer));
  out << "\nthread stacks\n  " << left_aligned("reporter", budget_name_columns)
      << right_aligned(grouped(plan.reporter_stack_bytes), budget_bytes_columns)
      << "  and what the C library adds; over https 5,064 of it were used\n  "
      << left_aligned("librdkafka's " + std::to_string(plan.threads - 1), budget_name_columns)
      << right_aligned(grouped(plan.kafka_stack_bytes), budget_bytes_columns)
      << "  each, of address space\n\nsystemd\n  MemoryMax=" << (plan.memory_max_bytes >> 20) << "M\n\n";
  add_outages(out, plan, wish);
  std::string text = out.str();
  text.pop_back();  // the caller ends the last line
  return text;
}

}  // namespace edgespan::cli
