// SPDX-License-Identifier: Apache-2.0
// Words of plain memory that threads share. As in edgespan/atomic.hpp, a model checker may stand behind them.
#pragma once

#include <edgespan/atomic.hpp>

#ifndef EDGESPAN_MODEL
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace edgespan::detail {

template <typename T>
using AtomicRef = std::atomic_ref<T>;

// While no other thread reads or writes them.
inline void zero_words(std::uint32_t* words, std::size_t count) noexcept {
  std::memset(words, 0, count * sizeof *words);
}

}  // namespace edgespan::detail
#endif
