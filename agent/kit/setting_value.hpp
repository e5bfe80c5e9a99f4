// SPDX-License-Identifier: Apache-2.0
// Values of settings as people write them.
#pragma once

#include <cstdint>
#include <edgespan/propagation.hpp>
#include <edgespan/sampler.hpp>
#include <edgespan/setting.hpp>
#include <string_view>

#include "kit/text_line.hpp"

namespace edgespan::settings_detail {

// The longest value of a setting; texts and URLs name theirs in the table.
constexpr std::size_t value_bytes_max(const Setting& setting) noexcept {
  const bool long_text = setting.type == SettingType::text || setting.type == SettingType::url ||
                         setting.type == SettingType::headers;
  if (long_text) return static_cast<std::size_t>(setting.high);
  return setting.type == SettingType::formats ? 40 : 23;
}

// Whether `value` is one of the setting's. If not, `problem` says what is wrong and what to write.
bool check_value(const Setting& setting, std::string_view value, TextLine& problem) noexcept;

// What values mean that check_value() has accepted.
std::uint64_t number_of(std::string_view value) noexcept;  // a count, bytes, or milliseconds
bool flag_of(std::string_view value) noexcept;
Sampler sampler_of(std::string_view value, RatioRule rule) noexcept;
Propagation formats_of(std::string_view value) noexcept;
// Which of the setting's choices.
std::size_t choice_of(const Setting& setting, std::string_view value) noexcept;

// The range of a setting, for people and pages: "1 ms to 1 h", "on, off".
void put_range(const Setting& setting, TextLine& out) noexcept;

}  // namespace edgespan::settings_detail
