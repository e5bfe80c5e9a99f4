// SPDX-License-Identifier: Apache-2.0
#include "attach/loaded_object.hpp"

#include <cstddef>
#include <cstdint>

namespace edgespan::attach {

bool object_holds(const dl_phdr_info& object, const void* address) noexcept {
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  for (std::size_t i = 0; i < object.dlpi_phnum; ++i) {
    const auto& part = object.dlpi_phdr[i];
    const std::uintptr_t begin = object.dlpi_addr + part.p_vaddr;
    if (part.p_type == PT_LOAD && wanted >= begin && wanted - begin < part.p_memsz) return true;
  }
  return false;
}

bool program_holds(const void* address) noexcept {
  struct Search {
    const void* address;
    bool found;
  } search{address, false};
  dl_iterate_phdr(
      [](dl_phdr_info* object, std::size_t, void* ctx) {
        auto& wanted = *static_cast<Search*>(ctx);
        wanted.found = object_holds(*object, wanted.address);
        return 1;  // the program is the first object
      },
      &search);
  return search.found;
}

}  // namespace edgespan::attach
