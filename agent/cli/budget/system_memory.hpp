// SPDX-License-Identifier: Apache-2.0
// What a process with librdkafka takes on this system beside its heap: it differs from one release of a
// distribution to the next, so it is measured and not written down.
#pragma once

#include <cstdint>

namespace edgespan::cli {

struct SystemMemory {
  // Resident pages of the libraries, and of a program that is smaller than the tool. The tool has all
  // libraries of a gateway and some more, so it does not measure too little. 0: the system does not tell.
  std::uint64_t program_bytes = 0;
  // Thread-local data of librdkafka in each thread; in a static program, of the whole program.
  std::uint64_t thread_local_bytes = 0;
};

// Measures this process. Makes a producer and a consumer for it, without a broker, so that librdkafka's pages
// are there; they are gone when it returns.
SystemMemory measure_system_memory();

}  // namespace edgespan::cli
