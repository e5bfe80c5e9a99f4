// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <errno.h>
#include <sys/types.h>

namespace edgespan::posix {

// Makes a call of the system again when a signal has interrupted it, eight times at most: a storm of signals
// must not hold a thread here. After that the result is -1 with EINTR, which means "later".
template <typename Call>
ssize_t without_interruption(Call call) noexcept {
  constexpr int calls_max = 8;
  ssize_t result = -1;
  for (int i = 0; i < calls_max; ++i) {
    result = call();
    if (result >= 0 || errno != EINTR) break;
  }
  return result;
}

}  // namespace edgespan::posix
