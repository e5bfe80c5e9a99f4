// SPDX-License-Identifier: Apache-2.0
#include "bench/allocations.hpp"

#include <dlfcn.h>
#include <librdkafka/rdkafka.h>
#include <link.h>

#include <cerrno>
#include <cstddef>

// glibc's own names of the functions that this file stands in for.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}

namespace edgespan::bench {
namespace {

constinit thread_local AllocationCount counts{};

struct Range {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
};
constinit Range client{};

// Where librdkafka's code stands. In a program that links it statically nothing is told apart from ours.
int find_client(dl_phdr_info* module, std::size_t, void* known) {
  const auto inside = reinterpret_cast<std::uintptr_t>(known);
  for (int i = 0; i < module->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = module->dlpi_phdr[i];
    const std::uintptr_t begin = module->dlpi_addr + segment.p_vaddr;
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
    if (inside >= begin && inside < begin + segment.p_memsz) client = {begin, begin + segment.p_memsz};
  }
  return 0;
}

[[gnu::constructor]] void remember_client() {
  dl_iterate_phdr(find_client, dlsym(RTLD_NEXT, "rd_kafka_headers_new"));
}

void count(const void* caller) noexcept {
  const auto at = reinterpret_cast<std::uintptr_t>(caller);
  ++(at >= client.begin && at < client.end ? counts.client : counts.ours);
}

}  // namespace

AllocationCount allocations_of_this_thread() noexcept { return counts; }

void Allocations::pause() noexcept {
  sum_.ours += counts.ours - since_.ours;
  sum_.client += counts.client - since_.client;
}

void Allocations::report(benchmark::State& state) noexcept {
  pause();
  resume();
  const auto each = benchmark::Counter::kAvgIterations;
  state.counters["allocs"] = benchmark::Counter(static_cast<double>(sum_.ours), each);
  if (sum_.client != 0)
    state.counters["client_allocs"] = benchmark::Counter(static_cast<double>(sum_.client), each);
}

}  // namespace edgespan::bench

extern "C" {

void* malloc(std::size_t size) {
  edgespan::bench::count(__builtin_return_address(0));
  return __libc_malloc(size);
}
void* calloc(std::size_t n, std::size_t size) {
  edgespan::bench::count(__builtin_return_address(0));
  return __libc_calloc(n, size);
}
void* realloc(void* old, std::size_t size) {
  edgespan::bench::count(__builtin_return_address(0));
  return __libc_realloc(old, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  edgespan::bench::count(__builtin_return_address(0));
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** out, std::size_t alignment, std::size_t size) {
  edgespan::bench::count(__builtin_return_address(0));
  *out = __libc_memalign(alignment, size);
  return *out != nullptr ? 0 : ENOMEM;
}
}
