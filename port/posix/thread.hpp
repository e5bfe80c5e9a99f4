// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pthread.h>

#include <cstddef>

namespace edgespan::posix {

// Starts a thread with `stack_bytes` for its own frames, on which no signal of the application is ever
// delivered. False: errno says why.
bool create_quiet_thread(pthread_t& thread, std::size_t stack_bytes, bool detached, const char* name,
                         void* (*main)(void*), void* arg) noexcept;

}  // namespace edgespan::posix
