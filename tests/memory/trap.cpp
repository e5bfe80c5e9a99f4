// SPDX-License-Identifier: Apache-2.0
// Linked into the programs of the tests: ends them when the agent allocates, at any time, in any way.
//
// Whose allocation it is, the stack says: the innermost frame that is not the C or C++ library's. Allocations
// of a test, of Catch2, or of librdkafka that the agent has called, are their own affair. trap.ld puts the
// agent's code where its addresses are known. What this cannot see is a library call in the place of a
// return, whose frame is gone; the sanitizer builds, without optimization, have it, and symbols.py allows no
// call that would matter.
#include "memory/trap.hpp"

#include <execinfo.h>
#include <link.h>
#include <unistd.h>
#include <unwind.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
// Of <sanitizer/allocator_interface.h>, which gcc does not install.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*)(const volatile void*, std::size_t),
                                                         void (*)(const volatile void*));
#endif

extern "C" {
extern const char edgespan_trap_agent_begin[];  // from trap.ld
extern const char edgespan_trap_agent_end[];
extern const char edgespan_trap_library_begin[];
extern const char edgespan_trap_library_end[];
}

namespace {

struct Range {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  bool holds(std::uintptr_t address) const { return address >= begin && address < end; }
};

Range between(const char* begin, const char* end) {
  return {reinterpret_cast<std::uintptr_t>(begin), reinterpret_cast<std::uintptr_t>(end)};
}

// Libraries whose frames belong to whoever called them. They are found before main() and do not move.
constexpr std::array<std::string_view, 12> library_names{
    "libc.so",    "libstdc++.so", "libgcc_s.so", "libm.so",   "ld-linux",     "libpthread.so",
    "libasan.so", "libubsan.so",  "libtsan.so",  "libc++.so", "libc++abi.so", "libresolv.so"};
std::array<Range, library_names.size() + 1> libraries;
std::size_t library_count = 0;

int add_library(dl_phdr_info* info, std::size_t, void*) {
  const std::string_view path = info->dlpi_name;
  const std::string_view name = path.substr(path.rfind('/') + 1);
  for (const std::string_view library : library_names) {
    if (!name.starts_with(library)) continue;
    for (int i = 0; i < info->dlpi_phnum && library_count < libraries.size(); ++i) {
      const auto& segment = info->dlpi_phdr[i];
      if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
      const std::uintptr_t begin = info->dlpi_addr + segment.p_vaddr;
      libraries[library_count++] = {begin, begin + segment.p_memsz};
    }
  }
  return 0;
}

enum class Owner : std::uint8_t { agent, library, other };

Owner owner(std::uintptr_t address) {
  if (between(edgespan_trap_agent_begin, edgespan_trap_agent_end).holds(address)) return Owner::agent;
  for (std::size_t i = 0; i < library_count; ++i) {
    if (libraries[i].holds(address)) return Owner::library;
  }
  return Owner::other;
}

[[noreturn]] void spring(std::size_t bytes) {
  char line[160];
  const int size = std::snprintf(
      line, sizeof line, "edgespan allocated %zu bytes; the innermost frame that is not a library's asked:\n",
      bytes);
  if (write(STDERR_FILENO, line, static_cast<std::size_t>(size)) == size) {
    void* frames[32];
    backtrace_symbols_fd(frames, backtrace(frames, 32), STDERR_FILENO);
  }
  std::abort();
}

_Unwind_Reason_Code look(_Unwind_Context* frame, void* bytes) {
  switch (owner(_Unwind_GetIP(frame) - 1)) {  // the call, not what comes after it
    case Owner::agent:
      spring(*static_cast<const std::size_t*>(bytes));
    case Owner::library:
      return _URC_NO_REASON;
    case Owner::other:
      break;
  }
  return _URC_END_OF_STACK;
}

constinit thread_local bool looking = false;
constinit thread_local edgespan::test::Allocations counted{};
constinit thread_local std::size_t fails_in = 0;  // this many allocations of the thread; 0: none fails

}  // namespace

// Most of all calls need no look at the stack.
void edgespan::test::allocated(std::size_t bytes, const void* caller) {
  if (looking) return;
  ++counted.calls;
  counted.bytes += bytes;
  if (library_count == 0 || owner(reinterpret_cast<std::uintptr_t>(caller) - 1) == Owner::other) return;
  looking = true;
  _Unwind_Backtrace(look, &bytes);
  looking = false;
}

namespace {

using edgespan::test::allocated;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
void hook(const volatile void*, std::size_t bytes) { allocated(bytes, edgespan_trap_library_begin + 1); }
void no_hook(const volatile void*) {}
#endif

__attribute__((constructor)) void arm() {
  libraries[library_count++] = between(edgespan_trap_library_begin, edgespan_trap_library_end);
  dl_iterate_phdr(add_library, nullptr);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  __sanitizer_install_malloc_and_free_hooks(hook, no_hook);
#endif
}

}  // namespace

edgespan::test::Allocations edgespan::test::thread_allocations() { return counted; }
std::size_t edgespan::test::fail_allocation(std::size_t nth) { return std::exchange(fails_in, nth); }

// The program's own definitions come before the C library's, for every library in the process. A static
// program has one definition of each, which the linker wraps: heap.cpp.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(EDGESPAN_TRAP_WRAPPED)
namespace {

bool has_room(std::size_t bytes, const void* caller) {
  allocated(bytes, caller);
  if (fails_in == 0 || --fails_in != 0) return true;
  errno = ENOMEM;
  return false;
}

}  // namespace

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t bytes) {
  if (!has_room(bytes, __builtin_return_address(0))) return nullptr;
  return __libc_malloc(bytes);
}
void* calloc(std::size_t count, std::size_t bytes) {
  if (!has_room(count * bytes, __builtin_return_address(0))) return nullptr;
  return __libc_calloc(count, bytes);
}
void* realloc(void* old, std::size_t bytes) {
  if (!has_room(bytes, __builtin_return_address(0))) return nullptr;
  return __libc_realloc(old, bytes);
}
void* reallocarray(void* old, std::size_t count, std::size_t bytes) {
  if (!has_room(count * bytes, __builtin_return_address(0))) return nullptr;
  std::size_t sum = 0;
  if (!__builtin_mul_overflow(count, bytes, &sum)) return __libc_realloc(old, sum);
  errno = ENOMEM;
  return nullptr;
}
void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
  if (!has_room(bytes, __builtin_return_address(0))) return nullptr;
  return __libc_memalign(alignment, bytes);
}
void* memalign(std::size_t alignment, std::size_t bytes) {
  if (!has_room(bytes, __builtin_return_address(0))) return nullptr;
  return __libc_memalign(alignment, bytes);
}
int posix_memalign(void** out, std::size_t alignment, std::size_t bytes) {
  if (!has_room(bytes, __builtin_return_address(0))) return ENOMEM;
  *out = __libc_memalign(alignment, bytes);
  return *out != nullptr ? 0 : ENOMEM;
}
}
#endif
