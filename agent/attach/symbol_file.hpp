// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace edgespan::attach {

// The symbols that a program or library holds for debuggers (.symtab), read from its file: for a librdkafka
// that is linked into a program which exports nothing. A stripped file has none.
class SymbolFile {
 public:
  // `base`: where the file is loaded. A file that cannot be read has no symbols.
  SymbolFile(const char* path, std::uintptr_t base) noexcept;
  ~SymbolFile();
  SymbolFile(const SymbolFile&) = delete;
  SymbolFile& operator=(const SymbolFile&) = delete;

  // The address of a function of that name; null if there is none.
  void* find(const char* name) const noexcept;

 private:
  // Whether `size` bytes lie in the file at `at`: no byte of it is trusted.
  bool holds(std::uint64_t at, std::uint64_t size) const noexcept {
    return at <= size_ && size <= size_ - at;
  }
  void read_sections(std::uintptr_t base) noexcept;

  const unsigned char* bytes_ = nullptr;
  std::size_t size_ = 0;
  std::uintptr_t bias_ = 0;  // what an address in the file lacks
  std::size_t symbols_ = 0;  // where they begin
  std::size_t count_ = 0;
  std::size_t names_ = 0;
  std::size_t names_size_ = 0;
};

}  // namespace edgespan::attach
