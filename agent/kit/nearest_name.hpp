// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace edgespan::settings_detail {

// The setting that somebody may mean who wrote `name`; empty if none is near. A name that begins another one,
// or ends it, is near; else one letter in three may differ, and one more.
std::string_view nearest_name(std::string_view name) noexcept;

}  // namespace edgespan::settings_detail
