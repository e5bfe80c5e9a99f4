// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace edgespan::cli {

// The manual page edgespan.ini(5), made from the table of settings. Without the last newline.
std::string settings_man();

}  // namespace edgespan::cli
