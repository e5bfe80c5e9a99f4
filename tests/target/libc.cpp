// SPDX-License-Identifier: Apache-2.0
// All that core, its tests and the compiler itself want of a C and a C++ library. Images link nothing else
// but libgcc.
#include <cstddef>
#include <cstdint>

#include "target/semihosting.hpp"

extern "C" {

void* memcpy(void* to, const void* from, std::size_t size) {
  auto* out = static_cast<std::uint8_t*>(to);
  const auto* in = static_cast<const std::uint8_t*>(from);
  while (size-- != 0) *out++ = *in++;
  return to;
}

void* memmove(void* to, const void* from, std::size_t size) {
  auto* out = static_cast<std::uint8_t*>(to);
  const auto* in = static_cast<const std::uint8_t*>(from);
  if (out <= in) return memcpy(to, from, size);
  while (size-- != 0) out[size] = in[size];
  return to;
}

void* memset(void* to, int value, std::size_t size) {
  auto* out = static_cast<std::uint8_t*>(to);
  while (size-- != 0) *out++ = static_cast<std::uint8_t>(value);
  return to;
}

int memcmp(const void* left, const void* right, std::size_t size) {
  const auto* a = static_cast<const std::uint8_t*>(left);
  const auto* b = static_cast<const std::uint8_t*>(right);
  for (; size-- != 0; ++a, ++b) {
    if (*a != *b) return *a - *b;
  }
  return 0;
}

void* memchr(const void* text, int value, std::size_t size) {
  const auto* at = static_cast<const std::uint8_t*>(text);
  for (; size-- != 0; ++at) {
    if (*at == static_cast<std::uint8_t>(value)) return const_cast<std::uint8_t*>(at);
  }
  return nullptr;
}

std::size_t strlen(const char* text) {
  std::size_t size = 0;
  while (text[size] != '\0') ++size;
  return size;
}

// An image never returns from main to a system, so nothing that is static is ever destroyed.
int atexit(void (*)()) { return 0; }

}  // extern "C"

// What std::string_view::substr and its like call when a test goes out of bounds.
namespace std {
void __throw_out_of_range_fmt(const char*, ...) __attribute__((__noreturn__));  // as the library declares it
void __throw_out_of_range_fmt(const char* what, ...) {
  edgespan::target::console(what);
  edgespan::target::quit(edgespan::target::fault_status);
}
}  // namespace std
