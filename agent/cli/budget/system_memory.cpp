// SPDX-License-Identifier: Apache-2.0
#include "cli/budget/system_memory.hpp"

#include <librdkafka/rdkafka.h>

#include <link.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace edgespan::cli {
namespace {

// A client of a broker that is not there; null if librdkafka makes none.
rd_kafka_t* idle_client(rd_kafka_type_t type) {
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  char errstr[128];
  for (const auto& [name, value] :
       {std::pair{"bootstrap.servers", "127.0.0.1:1"}, {"group.id", "budget"}, {"log_level", "0"}}) {
    (void)rd_kafka_conf_set(conf, name, value, errstr, sizeof errstr);
  }
  rd_kafka_t* const client = rd_kafka_new(type, conf, errstr, sizeof errstr);
  if (client == nullptr) rd_kafka_conf_destroy(conf);
  return client;
}

// A gateway's program beside the tool, whose own pages are more.
constexpr std::uint64_t gateway_bytes_max = 2U << 20;

// Pages of files that are resident now and unchanged.
struct FilePages {
  std::uint64_t program = 0;
  std::uint64_t libraries = 0;
  bool shared_librdkafka = false;  // else it is a part of the program
};

FilePages resident_file_pages() {
  std::error_code ignored;
  const std::string program = std::filesystem::read_symlink("/proc/self/exe", ignored).string();
  FilePages pages;
  std::uint64_t* of_mapping = nullptr;
  std::ifstream maps{"/proc/self/smaps"};
  for (std::string line; std::getline(maps, line);) {
    std::istringstream words{line};
    std::string name;
    std::string value;
    words >> name >> value;
    if (!name.ends_with(':')) {  // a mapping begins: addresses, access, offset, device, inode, path
      const std::size_t path = line.find('/');
      pages.shared_librdkafka |= line.find("/librdkafka", path) != std::string::npos;
      of_mapping = path == std::string::npos      ? nullptr
                   : line.substr(path) == program ? &pages.program
                                                  : &pages.libraries;
    } else if (of_mapping != nullptr && (name == "Rss:" || name == "Anonymous:")) {
      const std::uint64_t bytes = std::stoull(value) * 1'024;
      *of_mapping += name == "Rss:" ? bytes : 0 - bytes;  // changed pages are counted as heap is
    }
  }
  return pages;
}

// Called for the program first, then for each of its libraries.
int find_thread_local(dl_phdr_info* info, std::size_t, void* out) {
  auto& bytes = *static_cast<std::uint64_t*>(out);
  const std::string_view name{info->dlpi_name};
  const bool program = name.empty();
  if (!program && name.find("librdkafka") == std::string_view::npos) return 0;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    if (info->dlpi_phdr[i].p_type == PT_TLS) bytes = info->dlpi_phdr[i].p_memsz;
  }
  return 0;
}

}  // namespace

SystemMemory measure_system_memory() {
  SystemMemory memory;
  dl_iterate_phdr(find_thread_local, &memory.thread_local_bytes);
  rd_kafka_t* const producer = idle_client(RD_KAFKA_PRODUCER);
  rd_kafka_t* const consumer = idle_client(RD_KAFKA_CONSUMER);
  const FilePages pages = resident_file_pages();
  const std::uint64_t program =
      pages.shared_librdkafka ? std::min(pages.program, gateway_bytes_max) : pages.program;
  memory.program_bytes = pages.libraries + program;
  for (rd_kafka_t* const client : {producer, consumer}) {
    if (client != nullptr) rd_kafka_destroy(client);
  }
  return memory;
}

}  // namespace edgespan::cli
