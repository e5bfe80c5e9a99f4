// SPDX-License-Identifier: Apache-2.0
// From reset to main() on any Cortex-M, and where exceptions go.
#include <cstddef>
#include <cstdint>

#include "target/semihosting.hpp"

extern "C" {
extern std::uint32_t data_start[], data_end[], data_load[], bss_start[], bss_end[],
    stack_top[];  // linker script
extern void (*init_array_start[])();
extern void (*init_array_end[])();
int main();

[[noreturn]] void reset_handler();
[[noreturn]] void fault_handler();
// For images that count time or work in an interrupt.
[[gnu::weak]] void systick_handler() { fault_handler(); }
}

void fault_handler() {
  edgespan::target::console("fault: an exception without a handler, or a failed assertion of the agent\n");
  edgespan::target::quit(edgespan::target::fault_status);
}

void reset_handler() {
#if defined(__ARM_FP)
  // CPACR: full access to the FPU, before the first instruction that needs it.
  auto& access = *reinterpret_cast<volatile std::uint32_t*>(0xE000ED88);
  access = access | 0xFU << 20;
  asm volatile("dsb\n isb" ::: "memory");
#endif
  const std::uint32_t* from = data_load;
  for (std::uint32_t* to = data_start; to != data_end; ++to) *to = *from++;
  for (std::uint32_t* to = bss_start; to != bss_end; ++to) *to = 0;
  for (auto init = init_array_start; init != init_array_end; ++init) (*init)();
  edgespan::target::quit(main());
}

namespace {

using Handler = void (*)();
struct Vectors {
  std::uint32_t* initial_stack;
  Handler handlers[15];
};

[[gnu::section(".vectors"), gnu::used]] constinit const Vectors vectors = {
    stack_top,
    {reset_handler, fault_handler /* NMI */, fault_handler /* hard fault */, fault_handler, fault_handler,
     fault_handler, nullptr, nullptr, nullptr, nullptr, fault_handler /* SVCall */, fault_handler, nullptr,
     fault_handler /* PendSV */, systick_handler}};

}  // namespace
