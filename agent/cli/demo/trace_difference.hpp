// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/spans/collected_span.hpp"

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace edgespan::cli {

using Tag = std::pair<std::string, std::string>;

struct ExpectedSpan {
  std::string service;
  std::string name;
  Kind kind = Kind::none;
  std::string remote_service;
  std::vector<Tag> tags;              // all of them, in any order
  std::optional<std::size_t> parent;  // index of an expected span before this one; none: the root
};

// The first difference between the spans that came and the one trace that is expected, as a sentence; empty
// if there is none. Siblings may come in any order.
std::string trace_difference(std::span<const ExpectedSpan> expected, std::span<const CollectedSpan> spans);

}  // namespace edgespan::cli
