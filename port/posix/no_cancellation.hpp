// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pthread.h>

namespace edgespan::posix {

// While it lives, pthread_cancel() does not end this thread: it takes effect at the next cancellation point
// behind. A thread that were ended inside of the agent would leave what it holds there, and no frame of the
// agent can be unwound.
class NoCancellation {
 public:
  NoCancellation() noexcept { pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before_); }
  ~NoCancellation() { pthread_setcancelstate(before_, nullptr); }
  NoCancellation(const NoCancellation&) = delete;
  NoCancellation& operator=(const NoCancellation&) = delete;

 private:
  int before_ = PTHREAD_CANCEL_ENABLE;
};

}  // namespace edgespan::posix
