// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace edgespan::cli {

// agent/docs/settings.md, made from the table of settings: how they are made, and a line for each. Without
// the end of its last line.
std::string settings_page();

}  // namespace edgespan::cli
