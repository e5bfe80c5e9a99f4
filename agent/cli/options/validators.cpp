// SPDX-License-Identifier: Apache-2.0
#include "cli/options/validators.hpp"

#include "cli/options/tracing_options.hpp"
#include "cli/sending/span_url.hpp"

#include <cmath>
#include <string_view>

namespace edgespan::cli {
namespace {

constexpr std::size_t topic_bytes_max = 249;  // Kafka's own limit
constexpr std::size_t digits_max = 19;        // of a number that fits into 64 bits

// CLI11's Range accepts NaN, because NaN is neither below nor above a limit.
std::string check_number(const std::string& text, double low, double high, const char* wanted) {
  double value = 0;
  const bool number = CLI::detail::lexical_cast(text, value) && std::isfinite(value);
  if (number && value >= low && value <= high) return {};
  return "'" + text + "' is not " + wanted;
}

std::string check_topic(const std::string& text) {
  const bool valid = !text.empty() && text.size() <= topic_bytes_max;
  return valid ? std::string{} : "a topic's name has 1 to 249 bytes";
}

}  // namespace

CLI::Validator number_between(double low, double high, const char* wanted) {
  return {[=](std::string& text) { return check_number(text, low, high, wanted); }, "", "number"};
}

CLI::Validator whole_number_between(double low, double high, const char* wanted) {
  const auto check = [=](std::string& text) {
    const bool digits =
        !text.empty() && text.size() <= digits_max && text.find_first_not_of("0123456789") == text.npos;
    return digits ? check_number(text, low, high, wanted) : "'" + text + "' is not " + wanted;
  };
  return {check, "", "whole"};
}

CLI::Validator not_empty() {
  return {[](std::string& text) { return text.empty() ? std::string{"must not be empty"} : std::string{}; },
          "", "text"};
}

CLI::Validator topic_name() {
  return {[](std::string& text) { return check_topic(text); }, "", "topic"};
}

CLI::Validator topic_names() {
  const auto check = [](std::string& text) {
    for (const std::string& topic : split_list(text)) {
      std::string error = check_topic(topic);
      if (!error.empty()) return std::string{"'"}.append(text).append("': ").append(error);
    }
    return std::string{};
  };
  return {check, "", "topics"};
}

CLI::Validator id_bits() {
  const auto check = [](std::string& text) {
    return text == "64" || text == "128" ? std::string{} : "'" + text + "' is neither 64 nor 128";
  };
  return {check, "", "bits"};
}

CLI::Validator propagation() {
  const auto check = [](std::string& text) {
    if (parse_propagation(text)) return std::string{};
    return "'" + text +
           "' is no list of formats: b3 or b3_parent, b3_multi, and w3c or w3c_continued, separated by "
           "commas";
  };
  return {check, "", "formats"};
}

CLI::Validator b3_format() {
  const auto check = [](std::string& text) {
    return parse_b3_format(text) ? std::string{}
                                 : "'" + text + "' is none of single, single_no_parent, multi, both";
  };
  return {check, "", "format"};
}

CLI::Validator span_url() {
  const auto check = [](std::string& text) {
    SpanUrl url;
    return parse_span_url(text, url);
  };
  return {check, "", "url"};
}

CLI::Validator http_url() {
  const auto check = [](std::string& text) -> std::string {
    SpanUrl url;
    std::string wrong = parse_span_url(text, url);
    if (wrong.empty() && !url.is_web()) wrong = "'" + text + "' is no URL of http:// or https://";
    return wrong;
  };
  return {check, "", "url"};
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t comma = text.find(',');
    parts.emplace_back(text.substr(0, comma));
    if (comma == text.npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace edgespan::cli
