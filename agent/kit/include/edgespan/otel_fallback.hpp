// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/setting.hpp>
#include <span>
#include <string_view>

namespace edgespan {

// A variable of OpenTelemetry's SDKs that makes a setting where nobody made it by one of edgespan's own
// names.
struct OtelFallback {
  std::string_view variable;
  SettingId setting;
  std::string_view meaning;  // how its value is read, a text without a full stop
};

// All of them; of several for one setting the stronger stand last.
std::span<const OtelFallback> otel_fallbacks() noexcept;

}  // namespace edgespan
