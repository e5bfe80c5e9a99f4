// SPDX-License-Identifier: Apache-2.0
#include <edgespan/posix_thread_stack.hpp>

#include "quiet_thread.hpp"

#include <errno.h>

namespace edgespan::posix {

bool default_thread_stack(std::size_t bytes) noexcept {
  pthread_attr_t attributes;
  int error = pthread_attr_init(&attributes);
  if (error == 0) {
    error = bytes < whole_stack_bytes(0) ? EINVAL : pthread_attr_setstacksize(&attributes, bytes);
    if (error == 0) error = pthread_setattr_default_np(&attributes);
    pthread_attr_destroy(&attributes);
  }
  errno = error;
  return error == 0;
}

}  // namespace edgespan::posix
