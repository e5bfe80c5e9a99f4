// SPDX-License-Identifier: Apache-2.0
// Values of OpenTelemetry's variables as values of settings. They were made for other programs: one that does
// not fit is left out, as those SDKs do.
#pragma once

#include <cstddef>
#include <string_view>

#include "kit/text_line.hpp"

namespace edgespan::settings_detail {

// The value of another variable; null without one.
using Lookup = const char* (*)(const void* ctx, std::string_view name);

// Puts into `out` what the value of otel_fallbacks()[index] means for its setting; nothing if it means none.
// The result may still be no value of the setting.
void put_otel_value(std::size_t index, std::string_view value, Lookup lookup, const void* ctx,
                    TextLine& out) noexcept;

}  // namespace edgespan::settings_detail
