// SPDX-License-Identifier: Apache-2.0
#include "quiet_thread.hpp"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>

namespace edgespan::posix {

std::size_t whole_stack_bytes(std::size_t own_bytes) noexcept {
#ifdef _SC_THREAD_STACK_MIN
  const long library_bytes = sysconf(_SC_THREAD_STACK_MIN);
#else
  const long library_bytes = PTHREAD_STACK_MIN;
#endif
  const auto page_bytes = static_cast<std::size_t>(std::max(sysconf(_SC_PAGESIZE), 4096L));
  const std::size_t sum = own_bytes + static_cast<std::size_t>(std::max(library_bytes, 16384L));
  return (sum + page_bytes - 1) / page_bytes * page_bytes;
}

bool create_quiet_thread(pthread_t& thread, std::size_t stack_bytes, bool detached, const char* name,
                         void* (*main)(void*), void* arg) noexcept {
  pthread_attr_t attributes;
  int error = pthread_attr_init(&attributes);
  if (error == 0) {
    // The new thread inherits the mask: no signal can slip in before it has blocked them itself.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    error = pthread_attr_setstacksize(&attributes, whole_stack_bytes(stack_bytes));
    if (detached) pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (error == 0) error = pthread_create(&thread, &attributes, main, arg);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    pthread_attr_destroy(&attributes);
  }
  // A detached thread may be gone by now, and its handle with it; it names itself.
  if (error == 0 && !detached) pthread_setname_np(thread, name);
  errno = error;
  return error == 0;
}

}  // namespace edgespan::posix
