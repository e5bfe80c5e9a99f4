// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/settings.hpp>

#include <cstdint>
#include <string>

namespace edgespan::cli {

// What libedgespan-rdkafka.so takes in a process with these settings, for people or as JSON; `span_bytes`: of
// a typical span. Throws UsageError if the certificates that the settings name are not there.
std::string budget_plugin(const Settings& settings, std::uint32_t span_bytes, bool json);

}  // namespace edgespan::cli
