// SPDX-License-Identifier: Apache-2.0
// The headers of one message as a line of text: `name=value`, separated by tabs. In names and values `\xHH`
// stands for a byte and `\\` for a backslash. The first '=' ends the name. An empty line is a message without
// headers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace edgespan::cli {

struct HeaderText {
  std::string name;
  std::string value;
};
using HeaderTexts = std::vector<HeaderText>;

// The headers of a line, or what is wrong with it.
struct HeaderLine {
  HeaderTexts headers;
  std::string fault;  // empty: none
};

HeaderLine read_header_line(std::string_view text);

}  // namespace edgespan::cli
