// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <new>

namespace edgespan {

// Room for a T that lies in .bss and is made when the agent starts: until then no page of it is touched, and
// a program whose agent never starts does not hold it resident. Never ends the T's life: a memory needs no
// end.
template <typename T>
class MadeAtStart {
 public:
  // Default-initialises a T, so bytes without an initialiser keep what they are. May be called again.
  T& make() noexcept { return *new (bytes_.data()) T; }

  T& get() noexcept { return *std::launder(reinterpret_cast<T*>(bytes_.data())); }

 private:
  alignas(T) std::array<std::byte, sizeof(T)> bytes_;
};

}  // namespace edgespan
