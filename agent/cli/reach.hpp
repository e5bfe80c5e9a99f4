// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/checkup.hpp"
#include "cli/wire.hpp"

#include <cstdint>
#include <string>

namespace edgespan::cli {

// The steps `resolve` and `connect`; leaves the wire open if both are good. `usual` says which port to look
// for, as "Zipkin listens on 9411".
bool reach(Wire& wire, Checkup& checkup, const std::string& host, std::uint16_t port,
           const std::string& usual);

}  // namespace edgespan::cli
