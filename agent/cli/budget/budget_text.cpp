// SPDX-License-Identifier: Apache-2.0
// A budget for people to read: sums with bars, then what to configure, then what it buys.
#include "cli/budget/budget_command.hpp"
#include "cli/budget/budget_settings.hpp"
#include "cli/text/escape.hpp"

#include <algorithm>
#include <array>
#include <sstream>

namespace edgespan::cli {
namespace {

constexpr std::size_t name_columns = 20;
constexpr std::size_t bytes_columns = 12;
constexpr std::size_t bar_columns = 28;

std::string grouped(std::uint64_t value) {
  const std::string digits = std::to_string(value);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i != 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string left(const std::string& text, std::size_t width) {
  return text + std::string(width - std::min(width, columns(text)), ' ');
}

std::string right(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, columns(text)), ' ') + text;
}

// A bar in eighths of a column; never empty for something.
std::string bar(std::uint64_t bytes, std::uint64_t most) {
  static constexpr std::array<const char*, 8> parts{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const std::uint64_t eighths = std::max<std::uint64_t>(bytes * bar_columns * 8 / most, bytes == 0 ? 0 : 1);
  std::string text;
  for (std::uint64_t i = 0; i < eighths / 8; ++i) text += "█";
  return text + parts[eighths % 8];
}

void add_sum(std::ostream& out, const char* title, const std::vector<BudgetTerm>& terms, std::uint64_t sum) {
  std::uint64_t most = 1;
  for (const BudgetTerm& term : terms) most = std::max(most, term.bytes);
  out << title << '\n';
  for (const BudgetTerm& term : terms) {
    out << "  " << left(term.name, name_columns) << right(grouped(term.bytes), bytes_columns) << "  "
        << left(bar(term.bytes, most), bar_columns) << "  " << term.what << '\n';
  }
  out << "  " << left("together", name_columns) << right(grouped(sum), bytes_columns) << "\n\n";
}

// `head`, then the words, in as many lines as they take.
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

template <typename Of>
void add_limits(std::ostream& out, const char* type, const Of& limits) {
  std::vector<std::string> words;
  each_limit(limits, [&](const char* name, std::uint32_t value) {
    words.push_back(std::string{"."} + name + " = " + std::to_string(value) + ",");
  });
  words.back().back() = '}';
  words.front().insert(0, "{");
  add_words(out, std::string{"  "} + type, words);
}

std::string lasting(double seconds) {
  const auto whole = static_cast<std::uint64_t>(seconds);
  if (whole < 120) return std::to_string(whole) + " s";
  if (whole < 7'200) return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
  return std::to_string(whole / 3'600) + " h " + std::to_string(whole % 3'600 / 60) + " min";
}

void add_outages(std::ostream& out, const BudgetPlan& plan, const BudgetWish& wish) {
  const auto line = [&](double rate) {
    std::ostringstream name;
    name << rate << " spans/s";
    out << "  " << left(name.str(), name_columns) << "survives "
        << lasting(static_cast<double>(plan.spans_held) / rate) << " without an uplink\n";
  };
  out << "what it buys\n  " << grouped(plan.spans_held) << " spans of " << wish.span_bytes
      << " bytes are held before one is dropped, and that is counted\n";
  if (wish.spans_per_second) return line(*wish.spans_per_second);
  for (const double rate : {1.0, 10.0, 100.0}) line(rate);
}

}  // namespace

std::string budget_text(const BudgetPlan& plan, const BudgetWish& wish) {
  std::ostringstream out;
  add_sum(out, "edgespan, fixed from the start, in bytes (64-bit)", plan.agent, plan.agent_bytes);
  add_sum(out, "the process, at the most", plan.process, plan.process_bytes);
  out << "limits (--cpp prints them as a header)\n";
  add_limits(out, "Limits", plan.limits);
  add_limits(out, "KafkaLimits", plan.kafka);
  add_limits(out, "ProducerLimits", plan.producer);
  add_limits(out, "ConsumerLimits", plan.consumer);
  out << "\nlibrdkafka, as constrain() sets it\n";
  add_words(out, "  producer", kafka_settings(plan.producer));
  add_words(out, "  consumer", kafka_settings(plan.consumer));
  out << "\nthread stacks\n  " << left("reporter", name_columns)
      << right(grouped(plan.reporter_stack_bytes), bytes_columns)
      << "  and what the C library adds; over https 5,064 of it were used\n  "
      << left("librdkafka's " + std::to_string(plan.threads - 1), name_columns)
      << right(grouped(plan.kafka_stack_bytes), bytes_columns)
      << "  each, of address space\n\nsystemd\n  MemoryMax=" << (plan.memory_max_bytes >> 20) << "M\n\n";
  add_outages(out, plan, wish);
  std::string text = out.str();
  text.pop_back();  // the caller ends the last line
  return text;
}

}  // namespace edgespan::cli
