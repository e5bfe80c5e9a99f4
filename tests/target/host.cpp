// SPDX-License-Identifier: Apache-2.0
// The runner of the boards, on the host: so that its report is checked wherever edgespan is built.
#include <cstdio>

#include "target/unity.hpp"

void edgespan::unity::put(std::string_view text) noexcept {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

int main() { return edgespan::unity::run_all(); }
