// SPDX-License-Identifier: Apache-2.0
#include "attach/symbol_file.hpp"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

namespace edgespan::attach {
namespace {

using Header = ElfW(Ehdr);
using Section = ElfW(Shdr);
using Symbol = ElfW(Sym);

// A copy, since nothing in a file need be aligned.
template <typename T>
T read(const unsigned char* at) noexcept {
  T out;
  std::memcpy(&out, at, sizeof out);
  return out;
}

}  // namespace

SymbolFile::SymbolFile(const char* path, std::uintptr_t base) noexcept {
  const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (descriptor < 0) return;
  struct stat about {};
  if (fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0) {
    const auto size = static_cast<std::size_t>(about.st_size);
    void* const bytes = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (bytes != MAP_FAILED) {
      bytes_ = static_cast<const unsigned char*>(bytes);
      size_ = size;
      read_sections(base);
    }
  }
  close(descriptor);
}

SymbolFile::~SymbolFile() {
  if (bytes_ != nullptr) munmap(const_cast<unsigned char*>(bytes_), size_);
}

void SymbolFile::read_sections(std::uintptr_t base) noexcept {
  if (!holds(0, sizeof(Header)) || std::memcmp(bytes_, ELFMAG, SELFMAG) != 0) return;
  const auto header = read<Header>(bytes_);
  const int native = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;
  if (header.e_ident[EI_CLASS] != native || header.e_shentsize != sizeof(Section)) return;
  if (!holds(header.e_shoff, std::uint64_t{header.e_shnum} * sizeof(Section))) return;
  for (std::size_t i = 0; i < header.e_shnum; ++i) {
    const auto symbols = read<Section>(bytes_ + header.e_shoff + i * sizeof(Section));
    if (symbols.sh_type != SHT_SYMTAB || symbols.sh_link >= header.e_shnum) continue;
    const auto names = read<Section>(bytes_ + header.e_shoff + symbols.sh_link * sizeof(Section));
    if (!holds(symbols.sh_offset, symbols.sh_size) || !holds(names.sh_offset, names.sh_size)) return;
    bias_ = header.e_type == ET_DYN ? base : 0;
    symbols_ = symbols.sh_offset;
    count_ = symbols.sh_size / sizeof(Symbol);
    names_ = names.sh_offset;
    names_size_ = names.sh_size;
    return;
  }
}

void* SymbolFile::find(const char* name) const noexcept {
  const std::size_t length = std::strlen(name) + 1;  // with its NUL
  for (std::size_t i = 0; i < count_; ++i) {
    const auto symbol = read<Symbol>(bytes_ + symbols_ + i * sizeof(Symbol));
    if (ELF32_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_value == 0) continue;
    if (symbol.st_name >= names_size_ || names_size_ - symbol.st_name < length) continue;
    if (std::memcmp(bytes_ + names_ + symbol.st_name, name, length) != 0) continue;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): an address that the file and the loader give as numbers
    return reinterpret_cast<void*>(bias_ + symbol.st_value);
  }
  return nullptr;
}

}  // namespace edgespan::attach
