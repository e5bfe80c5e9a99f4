// SPDX-License-Identifier: Apache-2.0
#include "attach/twin.hpp"

#include <cstddef>
#include <cstring>

#include "attach/loaded_object.hpp"

// What every file of the plugin carries, of whichever release: a note for edgespan, of type 1.
__asm__(
    ".pushsection .note.edgespan, \"a\", %note\n"
    ".balign 4\n"
    ".long 9, 4, 1\n"
    ".asciz \"edgespan\"\n"
    ".balign 4\n"
    ".long 1\n"
    ".popsection\n");

namespace edgespan::attach {
namespace {

constexpr char owner[] = "edgespan";

constexpr std::size_t padded(std::size_t size) noexcept { return (size + 3) / 4 * 4; }

bool holds_note(const unsigned char* notes, std::size_t size) noexcept {
  std::size_t at = 0;
  while (size - at >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) note;
    std::memcpy(&note, notes + at, sizeof note);
    const std::size_t name = at + sizeof note;
    const std::size_t next = name + padded(note.n_namesz) + padded(note.n_descsz);
    if (next > size) return false;
    if (note.n_namesz == sizeof owner && note.n_type == 1 &&
        std::memcmp(notes + name, owner, sizeof owner) == 0) {
      return true;
    }
    at = next;
  }
  return false;
}

bool is_plugin(const dl_phdr_info& object) noexcept {
  for (std::size_t i = 0; i < object.dlpi_phnum; ++i) {
    const auto& part = object.dlpi_phdr[i];
    if (part.p_type != PT_NOTE) continue;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the loader gives addresses as numbers
    if (holds_note(reinterpret_cast<const unsigned char*>(object.dlpi_addr + part.p_vaddr), part.p_memsz)) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool is_twin() noexcept {
  // Objects come in the order in which they were loaded; the first plugin among them ends the search.
  const int found = dl_iterate_phdr(
      [](dl_phdr_info* object, std::size_t, void*) {
        if (!is_plugin(*object)) return 0;
        return object_holds(*object, reinterpret_cast<const void*>(&is_plugin)) ? 1 : 2;
      },
      nullptr);
  return found == 2;
}

}  // namespace edgespan::attach
