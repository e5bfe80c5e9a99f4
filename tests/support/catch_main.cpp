// SPDX-License-Identifier: Apache-2.0
// The test program's main(), which Catch2 v2 makes from its header in one file. With v3 it comes from the
// library Catch2WithMain, and nothing is left here.
#if !__has_include(<catch2/catch_test_macros.hpp>)
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif
