// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

namespace edgespan::posix {

// Makes the process tell its listeners of a fork. Cheap to repeat. False: errno says why.
bool prepare_listeners_for_fork() noexcept;

// edgespan_clock::listen_for_fork. Listeners hear of a fork in the order in which they were added, ports
// first.
void listen_for_fork(void* ctx, edgespan_fork_listener* listener, bool add) noexcept;

}  // namespace edgespan::posix
