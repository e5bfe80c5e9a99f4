// SPDX-License-Identifier: Apache-2.0
#include "kit/nearest_name.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <edgespan/setting.hpp>

#include "core/assert.hpp"

namespace edgespan::settings_detail {
namespace {

constexpr std::size_t name_bytes_max = 40;

// How many letters must be changed, put in or taken out to make `b` of `a` (Levenshtein's distance).
std::size_t distance(std::string_view a, std::string_view b) noexcept {
  std::array<std::size_t, name_bytes_max + 1> row{};
  EDGESPAN_ASSERT(b.size() <= name_bytes_max);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string_view nearest_name(std::string_view name) noexcept {
  std::string_view nearest;
  if (name.empty() || name.size() > name_bytes_max) return nearest;
  std::size_t least = name.size() / 3 + 2;
  for (const Setting& setting : settings_table()) {
    const bool part = name.size() >= 3 && (setting.name.starts_with(name) || setting.name.ends_with(name) ||
                                           name.starts_with(setting.name) || name.ends_with(setting.name));
    const std::size_t apart = part ? 1 : distance(name, setting.name);
    if (apart < least) {
      least = apart;
      nearest = setting.name;
    }
  }
  return nearest;
}

}  // namespace edgespan::settings_detail
