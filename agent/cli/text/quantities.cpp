// SPDX-License-Identifier: Apache-2.0
#include "cli/text/quantities.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace edgespan::cli {

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + ' ' + std::string{count == 1 ? one : many};
}

std::string grouped(std::uint64_t value) {
  const std::string digits = std::to_string(value);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i != 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string duration_text(std::uint64_t duration_us) {
  if (duration_us == 0) return "-";
  if (duration_us < 1'000) return std::to_string(duration_us) + " µs";
  std::array<char, 32> text;
  if (duration_us < 999'950) {
    std::snprintf(text.data(), text.size(), "%.1f ms", static_cast<double>(duration_us) / 1e3);
  } else {
    std::snprintf(text.data(), text.size(), "%.2f s", static_cast<double>(duration_us) / 1e6);
  }
  return text.data();
}

std::string long_duration_text(std::int64_t duration_s) {
  const std::int64_t minute = 60, hour = 3'600, day = 86'400, year = 31'556'952;
  const auto text = [](std::int64_t count, const char* unit) { return std::to_string(count) + " " + unit; };
  if (duration_s >= 2 * year) return text(duration_s / year, "years");
  if (duration_s >= 2 * day) return text(duration_s / day, "days");
  if (duration_s >= hour) return text(duration_s / hour, "h") + " " + text(duration_s % hour / minute, "min");
  if (duration_s >= minute) return text(duration_s / minute, "min") + " " + text(duration_s % minute, "s");
  return text(duration_s, "s");
}

std::string date_text(std::int64_t date_s) {
  const auto time = static_cast<std::time_t>(date_s);
  std::tm parts{};
  std::array<char, 32> text{};
  if (gmtime_r(&time, &parts) == nullptr) return "?";
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts);
  return text.data();
}

}  // namespace edgespan::cli
