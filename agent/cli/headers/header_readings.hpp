// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/headers/header_line.hpp"
#include "cli/headers/header_remarks.hpp"

#include <edgespan/trace_reader.hpp>

#include <vector>

namespace edgespan::cli {

// What edgespan, which has `found` in the trace headers of a record, and each of the others makes of them.
std::vector<Remark> readings_of(const HeaderTexts& headers, const Extraction& found);

}  // namespace edgespan::cli
