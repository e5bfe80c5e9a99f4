// SPDX-License-Identifier: Apache-2.0
// What edgespan/atomic.hpp and core/atomic_ref.hpp are in the build of tests/model: types of the same size,
// whose operations a model checker carries out (model.cpp). Every operation knows the place in the agent's
// code that it stands at.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace edgespan::model {

// A place in the code, as std::source_location is one; clang 14 does not have that.
class Site {
 public:
  static constexpr Site current(const char* file = __builtin_FILE(), unsigned line = __builtin_LINE(),
                                const char* function = __builtin_FUNCTION()) noexcept {
    return Site{file, line, function};
  }
  constexpr const char* file_name() const noexcept { return file_; }
  constexpr unsigned line() const noexcept { return line_; }
  constexpr const char* function_name() const noexcept { return function_; }

 private:
  constexpr Site(const char* file, unsigned line, const char* function) noexcept
      : file_{file}, line_{line}, function_{function} {}

  const char* file_;
  unsigned line_;
  const char* function_;
};

// Makes a word known to the checker; in a scenario's before(). Its value is what a thread may read at first.
void share(const void* word, std::uint64_t value) noexcept;

std::uint64_t load(const void* word, std::memory_order order, const Site& site) noexcept;
void store(const void* word, std::uint64_t value, std::memory_order order, const Site& site) noexcept;
std::uint64_t add(const void* word, std::uint64_t value, std::memory_order order, const Site& site) noexcept;
std::uint64_t exchange(const void* word, std::uint64_t value, std::memory_order order,
                       const Site& site) noexcept;
// `failed`: the order of a comparison that fails.
bool compare_exchange(const void* word, std::uint64_t& expected, std::uint64_t value, bool weak,
                      std::memory_order order, std::memory_order failed, const Site& site) noexcept;

// Puts the threads that come by here into an order, as a barrier of all threads does to those that share it.
void fence() noexcept;

// A plain access; the test fails if another thread's is not ordered before it or behind it.
void read_plain(const void* at, const Site& site) noexcept;
void write_plain(const void* at, const Site& site) noexcept;
// A plain write of zeros to words of which some are shared, and in which plain values may lie.
void zero(const std::uint32_t* words, std::size_t count, const Site& site) noexcept;

// What one argument of compare_exchange means for the other.
constexpr std::memory_order failed_order(std::memory_order order) noexcept {
  if (order == std::memory_order_acq_rel) return std::memory_order_acquire;
  return order == std::memory_order_release ? std::memory_order_relaxed : order;
}

template <typename T>
std::uint64_t bits(T value) noexcept {
  if constexpr (std::is_pointer_v<T>)
    return reinterpret_cast<std::uintptr_t>(value);
  else
    return static_cast<std::uint64_t>(value);
}
template <typename T>
T value_of(std::uint64_t bits) noexcept {
  if constexpr (std::is_pointer_v<T>)
    return reinterpret_cast<T>(static_cast<std::uintptr_t>(bits));
  else
    return static_cast<T>(bits);
}

// The operations on the word that `Self` has an address() of.
template <typename T, typename Self>
class Operations {
 public:
  T load(std::memory_order order, Site site = Site::current()) const noexcept {
    return value_of<T>(model::load(at(), order, site));
  }
  void store(T value, std::memory_order order, Site site = Site::current()) const noexcept {
    model::store(at(), bits(value), order, site);
    *at() = value;
  }
  T fetch_add(T value, std::memory_order order, Site site = Site::current()) const noexcept {
    const T before = value_of<T>(model::add(at(), bits(value), order, site));
    *at() = static_cast<T>(before + value);
    return before;
  }
  T fetch_sub(T value, std::memory_order order, Site site = Site::current()) const noexcept {
    const T before = value_of<T>(model::add(at(), -bits(value), order, site));
    *at() = static_cast<T>(before - value);
    return before;
  }
  T exchange(T value, std::memory_order order, Site site = Site::current()) const noexcept {
    const T before = value_of<T>(model::exchange(at(), bits(value), order, site));
    *at() = value;
    return before;
  }
  bool compare_exchange_strong(T& expected, T value, std::memory_order order, std::memory_order failed,
                               Site site = Site::current()) const noexcept {
    return compare_exchange(expected, value, false, order, failed, site);
  }
  bool compare_exchange_strong(T& expected, T value, std::memory_order order,
                               Site site = Site::current()) const noexcept {
    return compare_exchange(expected, value, false, order, failed_order(order), site);
  }
  bool compare_exchange_weak(T& expected, T value, std::memory_order order, std::memory_order failed,
                             Site site = Site::current()) const noexcept {
    return compare_exchange(expected, value, true, order, failed, site);
  }

 private:
  // Plain memory has the newest value, too: for assertions, and for debuggers.
  T* at() const noexcept { return static_cast<const Self*>(this)->address(); }
  bool compare_exchange(T& expected, T value, bool weak, std::memory_order order, std::memory_order failed,
                        const Site& site) const noexcept {
    std::uint64_t seen = bits(expected);
    const bool done = model::compare_exchange(at(), seen, bits(value), weak, order, failed, site);
    if (done) *at() = value;
    expected = value_of<T>(seen);
    return done;
  }
};

}  // namespace edgespan::model

namespace edgespan::detail {

template <typename T>
class Atomic : public model::Operations<T, Atomic<T>> {
 public:
  constexpr Atomic() noexcept : Atomic{T{}} {}
  constexpr Atomic(T value) noexcept : value_{value} {
    if (!std::is_constant_evaluated()) model::share(&value_, model::bits(value));
  }
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;
  T* address() const noexcept { return &value_; }

 private:
  mutable T value_;
};

template <typename T>
class AtomicRef : public model::Operations<T, AtomicRef<T>> {
 public:
  explicit AtomicRef(T& word) noexcept : word_{&word} {}
  T* address() const noexcept { return word_; }

 private:
  T* word_;
};

template <typename T>
class Guarded {
 public:
  Guarded(T value = {}) noexcept : value_{value} { model::write_plain(this, model::Site::current()); }
  Guarded& operator=(T value) noexcept {
    model::write_plain(this, model::Site::current());
    value_ = value;
    return *this;
  }
  operator T() const noexcept {
    model::read_plain(this, model::Site::current());
    return value_;
  }

 private:
  T value_;
};

// Both sides of the pair are a change of one word, which puts them into an order that all threads see.
inline void light_fence() noexcept { model::fence(); }

inline void zero_words(std::uint32_t* words, std::size_t count) noexcept {
  model::zero(words, count, model::Site::current());
  std::memset(words, 0, count * sizeof *words);
}

}  // namespace edgespan::detail
