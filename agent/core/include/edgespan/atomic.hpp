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

}  // namespace edgespan::detail
#endif
