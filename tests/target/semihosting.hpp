// SPDX-License-Identifier: Apache-2.0
// What a board without an operating system asks of the debugger, or of qemu, that it hangs on.
#pragma once

#include <string_view>

namespace edgespan::target {

void console(std::string_view text) noexcept;

// Ends the run with an exit status.
[[noreturn]] void quit(int status) noexcept;

// Of an image that met a fault: an exception that has no handler, an assertion of the agent, a call of what
// the image does not have.
inline constexpr int fault_status = 99;

}  // namespace edgespan::target
