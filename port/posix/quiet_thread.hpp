// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pthread.h>

#include <cstddef>

namespace edgespan::posix {

// The size of a stack that leaves `own_bytes` for frames: glibc puts a thread's thread-local storage on its
// stack, too, and says how much that takes. Rounded up to whole pages.
std::size_t whole_stack_bytes(std::size_t own_bytes) noexcept;

// Starts a thread with `stack_bytes` for its own frames, on which no signal of the application is ever
// delivered. False: errno says why.
bool create_quiet_thread(pthread_t& thread, std::size_t stack_bytes, bool detached, const char* name,
                         void* (*main)(void*), void* arg) noexcept;

}  // namespace edgespan::posix
