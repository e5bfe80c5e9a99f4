// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>

namespace edgespan::cli {

inline constexpr int exit_done = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 2;

// The command line asks for something that is not possible: exit_usage. The text says which option, what is
// wrong and what to do.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Something failed while a command ran: exit_failed.
struct RunError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace edgespan::cli
