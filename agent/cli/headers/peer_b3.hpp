// SPDX-License-Identifier: Apache-2.0
// B3 as OpenTelemetry's propagators read it; each reads it in a way of its own.
#pragma once

#include "cli/headers/peer_reading.hpp"

#include <edgespan/context.hpp>

#include <optional>
#include <string_view>

namespace edgespan::cli {

// The value that counts of a header with exactly this name: the last one, or the first one for Python and Go.
std::optional<std::string_view> value_for(Peer peer, const HeaderTexts& headers, std::string_view name);

struct PeerB3 {
  bool found = false;    // the context has ids, which are not zero
  bool emptied = false;  // Python takes ids of zero, and then has no parent at all
  Context context{};
  std::string_view header{};
};

PeerB3 read_b3_as(Peer peer, const HeaderTexts& headers);

}  // namespace edgespan::cli
