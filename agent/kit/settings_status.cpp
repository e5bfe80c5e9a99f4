// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <edgespan/settings_status.hpp>

#include "core/assert.hpp"

namespace edgespan {

SettingsStatus::SettingsStatus(std::string_view text) noexcept {
  EDGESPAN_ASSERT(!text.empty());
  std::copy_n(text.data(), std::min(text.size(), text_bytes_max), text_.data());
}

}  // namespace edgespan
