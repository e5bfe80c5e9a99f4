// SPDX-License-Identifier: Apache-2.0
#include "target/semihosting.hpp"

#include <cstdint>

namespace edgespan::target {
namespace {

enum class Operation : std::uint32_t { open = 0x01, write = 0x05, exit_extended = 0x20 };

std::uint32_t call(Operation operation, const void* block) noexcept {
  register std::uint32_t r0 asm("r0") = static_cast<std::uint32_t>(operation);
  register const void* r1 asm("r1") = block;
  asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory", "cc");
  return r0;
}

std::uint32_t word(const void* pointer) noexcept { return reinterpret_cast<std::uintptr_t>(pointer); }

std::uint32_t open_console() noexcept {
  static constexpr char name[] = ":tt";
  const std::uint32_t block[] = {word(name), 4 /* "w": stdout */, sizeof name - 1};
  return call(Operation::open, block);
}

}  // namespace

void console(std::string_view text) noexcept {
  static const std::uint32_t handle = open_console();
  const std::uint32_t block[] = {handle, word(text.data()), text.size()};
  (void)call(Operation::write, block);
}

void quit(int status) noexcept {
  constexpr std::uint32_t application_exit = 0x20026;
  const std::uint32_t block[] = {application_exit, static_cast<std::uint32_t>(status)};
  (void)call(Operation::exit_extended, block);
  for (;;) {
  }
}

}  // namespace edgespan::target
