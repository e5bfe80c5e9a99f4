// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace edgespan::cli {

// What a program's or library's file says of librdkafka.
struct ElfFile {
  bool dynamic = false;              // the dynamic linker starts it; so it can load a plugin
  std::vector<std::string> needed;   // names of libraries
  std::vector<std::string> folders;  // where it wants them looked for
  bool contains_rdkafka = false;     // librdkafka's code is a part of it
  bool shows_rdkafka = false;        // its functions are exported, or named by the file's own symbols
  bool looks_rdkafka_up = false;     // it names a function of librdkafka's, and links none: dlsym() finds it
};

// None for a file that is no ELF of this machine, or cannot be read.
std::optional<ElfFile> read_elf(const std::string& path);

}  // namespace edgespan::cli
