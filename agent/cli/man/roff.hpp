// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace edgespan::cli {

// A text as a manual page's source shows it: nothing in it is a command, and what stands between backticks is
// bold.
std::string roff(std::string_view text);

// The same in lines of at most 100 characters, but for a word that is longer.
std::string roff_lines(std::string_view text);

// The text of roff() in bold, as a whole.
std::string roff_bold(std::string_view text);

// The title line, and that the file is made.
std::string roff_head(std::string_view name, std::string_view section, std::string_view title);

}  // namespace edgespan::cli
