// SPDX-License-Identifier: Apache-2.0
// An image of tests. Its exit status is how many test cases failed.
#include "target/semihosting.hpp"
#include "target/unity.hpp"

void edgespan::unity::put(std::string_view text) noexcept { target::console(text); }

int main() { return edgespan::unity::run_all(); }
