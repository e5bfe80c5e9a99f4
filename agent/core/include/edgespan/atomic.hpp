// SPDX-License-Identifier: Apache-2.0
// The types of what threads share. They are the standard's in every build but the one of tests/model, which
// names a header of its own here: there a model checker takes their place.
#pragma once

#ifdef EDGESPAN_MODEL
#include EDGESPAN_MODEL
#else
#include <atomic>

namespace edgespan::detail {

template <typename T>
using Atomic = std::atomic<T>;

// A plain value that one thread at a time reads or writes: an atomic beside it says which one.
template <typename T>
using Guarded = T;

// One side of a pair: keeps this thread's accesses in order as far as the compiler goes. The other side,
// edgespan_clock::fence_threads, makes the processor keep them in order, too.
inline void light_fence() noexcept { std::atomic_signal_fence(std::memory_order_seq_cst); }

}  // namespace edgespan::detail
#endif
