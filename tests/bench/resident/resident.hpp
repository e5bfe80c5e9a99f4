// SPDX-License-Identifier: Apache-2.0
// A process with a producer and a consumer, with and without the agent, and a process that is everybody else.
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace edgespan::resident {

inline constexpr const char* topic = "readings";

// Ends the process with a sentence on stderr.
[[noreturn]] void fail(std::string_view what);
inline void must(bool ok, std::string_view what) {
  if (!ok) fail(what);
}

// What /proc says of this process.
struct Memory {
  std::size_t rss_kib = 0;
  std::size_t private_kib = 0;  // private and written to
};
Memory memory_now();

struct Usage {
  Memory idle;  // after the first records
  Memory busy;  // after all
};

// A broker and a collector: prints where they listen, and ends when stdin does.
void run_peer();

// Sends and polls this many records, without and with the agent.
Usage run_plain(const std::string& brokers, std::size_t records);
Usage run_traced(const std::string& brokers, const std::string& collector_url, std::size_t records);

}  // namespace edgespan::resident
