// SPDX-License-Identifier: Apache-2.0
#include "gateway.hpp"

int main() { return trace_once(); }
