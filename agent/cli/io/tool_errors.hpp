// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>

namespace edgespan::cli {

inline constexpr int exit_done = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 2;

// The command line asks for what cannot be: exit_usage. The text says which option, what is wrong, what to
// do.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Something failed while it ran: exit_failed.
struct RunError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace edgespan::cli
