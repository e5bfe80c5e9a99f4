// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace edgespan::posix {

// Sets the stack of every thread that is created from now on without a size of its own, for the whole
// process: `bytes`, to which glibc adds up to 64 KiB for thread-local data. librdkafka's threads are such
// threads; what they need, kafka_constrain.hpp says. Without this call glibc gives a thread 8 MiB. musl gives
// 128 KiB and never less. Call it once, before rd_kafka_new(). False: no thread can run in so few bytes;
// nothing was changed, and errno says why.
bool default_thread_stack(std::size_t bytes) noexcept;

}  // namespace edgespan::posix
