// SPDX-License-Identifier: Apache-2.0
// Objects as the dynamic linker has loaded them, by what every C library of Linux offers.
#pragma once

#include <link.h>

namespace edgespan::attach {

// Whether the address lies in the object.
bool object_holds(const dl_phdr_info& object, const void* address) noexcept;

// Whether the address lies in the program itself, not in a library.
bool program_holds(const void* address) noexcept;

}  // namespace edgespan::attach
