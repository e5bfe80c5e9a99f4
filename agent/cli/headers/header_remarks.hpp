// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/headers/header_line.hpp"

#include <edgespan/trace_reader.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace edgespan::cli {

struct Remark {
  std::string_view subject;  // static text; empty: that of the remark before
  std::string text;
};

// The trace headers of a record in words: what each says, where they disagree, and who reads them otherwise
// than edgespan, which has `found` in them.
std::vector<Remark> remarks_on(const HeaderTexts& headers, const Extraction& found);

}  // namespace edgespan::cli
