// SPDX-License-Identifier: Apache-2.0
#include "cli/attach/elf_file.hpp"

#include <elf.h>
#include <link.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>

namespace edgespan::cli {
namespace {

using Header = ElfW(Ehdr);
using Section = ElfW(Shdr);
using Symbol = ElfW(Sym);
using Entry = ElfW(Dyn);

// A file's bytes, none of which is trusted: what lies outside is empty.
class Bytes {
 public:
  explicit Bytes(std::string bytes) : bytes_{std::move(bytes)} {}

  std::string_view piece(std::uint64_t at, std::uint64_t size) const {
    if (at > bytes_.size() || size > bytes_.size() - at) return {};
    return std::string_view{bytes_}.substr(static_cast<std::size_t>(at), static_cast<std::size_t>(size));
  }
  template <typename T>
  T read(std::uint64_t at) const {
    T out{};
    const std::string_view found = piece(at, sizeof out);
    if (!found.empty()) std::memcpy(&out, found.data(), sizeof out);
    return out;
  }
  // A text that ends with a NUL, `offset` behind the begin of a section.
  std::string_view text(const Section& section, std::uint64_t offset) const {
    const std::string_view all = piece(section.sh_offset, section.sh_size);
    if (offset >= all.size()) return {};
    const std::string_view rest = all.substr(static_cast<std::size_t>(offset));
    return rest.substr(0, rest.find('\0'));
  }
  bool contains(std::string_view text) const { return bytes_.find(text) != std::string::npos; }
  // Whether `name` is there as a text of C by itself.
  bool names(std::string_view name) const {
    constexpr std::string_view of_names = "_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    for (std::size_t at = bytes_.find(name); at != std::string::npos; at = bytes_.find(name, at + 1)) {
      const bool begins = at == 0 || of_names.find(bytes_[at - 1]) == std::string_view::npos;
      const std::size_t end = at + name.size();
      if (begins && end < bytes_.size() && bytes_[end] == '\0') return true;
    }
    return false;
  }

 private:
  std::string bytes_;
};

std::string replaced_origin(std::string folder, const std::string& path) {
  for (const std::string_view name : {"${ORIGIN}", "$ORIGIN"}) {
    if (const std::size_t at = folder.find(name); at != std::string::npos) {
      folder.replace(at, name.size(), path.substr(0, path.rfind('/')));
    }
  }
  return folder;
}

void read_dynamic(const Bytes& bytes, const Section& section, const Section& names, const std::string& path,
                  ElfFile& out) {
  for (std::uint64_t at = 0; at + sizeof(Entry) <= section.sh_size; at += sizeof(Entry)) {
    const auto entry = bytes.read<Entry>(section.sh_offset + at);
    const std::string_view text = bytes.text(names, entry.d_un.d_val);
    if (entry.d_tag == DT_NEEDED) out.needed.emplace_back(text);
    if (entry.d_tag != DT_RUNPATH && entry.d_tag != DT_RPATH) continue;
    for (std::string_view rest = text; !rest.empty();) {
      const std::string_view folder = rest.substr(0, rest.find(':'));
      rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
      out.folders.push_back(replaced_origin(std::string{folder}, path));
    }
  }
}

enum class Linked { no, from_elsewhere, here };

Linked find_symbol(const Bytes& bytes, const Section& symbols, const Section& names,
                   std::string_view wanted) {
  for (std::uint64_t at = 0; at + sizeof(Symbol) <= symbols.sh_size; at += sizeof(Symbol)) {
    const auto symbol = bytes.read<Symbol>(symbols.sh_offset + at);
    if (bytes.text(names, symbol.st_name) != wanted) continue;
    return symbol.st_shndx == SHN_UNDEF ? Linked::from_elsewhere : Linked::here;
  }
  return Linked::no;
}

}  // namespace

std::optional<ElfFile> read_elf(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  const Bytes bytes{std::string{std::istreambuf_iterator<char>{file}, {}}};
  const auto header = bytes.read<Header>(0);
  const int native = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != native) return {};
  constexpr std::string_view function = "rd_kafka_new";
  ElfFile out;
  auto linked = Linked::no;
  out.contains_rdkafka = bytes.contains("plugin.library.paths") && bytes.contains("rdkafka#");
  for (std::uint64_t i = 0; i < header.e_shnum; ++i) {
    const auto section = bytes.read<Section>(header.e_shoff + i * sizeof(Section));
    const auto names = bytes.read<Section>(header.e_shoff + section.sh_link * sizeof(Section));
    if (section.sh_type == SHT_DYNAMIC) {
      out.dynamic = true;
      read_dynamic(bytes, section, names, path, out);
    }
    const bool symbols = section.sh_type == SHT_DYNSYM || section.sh_type == SHT_SYMTAB;
    if (symbols) linked = std::max(linked, find_symbol(bytes, section, names, function));
  }
  out.shows_rdkafka = linked == Linked::here;
  out.looks_rdkafka_up = linked == Linked::no && !out.contains_rdkafka && bytes.names(function);
  // A program that relocates itself has a dynamic section, too, and needs no library.
  out.dynamic = out.dynamic && !out.needed.empty();
  return out;
}

}  // namespace edgespan::cli
