// SPDX-License-Identifier: Apache-2.0
// Counts what librdkafka does with its lists of headers, as read in rdkafka_header.c and rdlist.c of 2.0.2
// and 2.14: names that it compares, places that it moves, headers that it makes. And refuses, where a test
// wants it. The functions are replaced at link time (tests/unit/CMakeLists.txt).
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <memory>
#include <string_view>

namespace edgespan::test {

struct CountedHeaders {
  std::uint64_t steps = 0;
  std::uint64_t adds_left = UINT64_MAX;  // so many headers are taken, and no more
  bool lists_refused = false;
  int lists = 0;  // made and not destroyed; librdkafka itself destroys those that it is given
};
extern constinit CountedHeaders counted_headers;

struct HeadersDeleter {
  void operator()(rd_kafka_headers_t* list) const noexcept { rd_kafka_headers_destroy(list); }
};
using List = std::unique_ptr<rd_kafka_headers_t, HeadersDeleter>;

// Not asserted: it is called a million times.
inline void add(rd_kafka_headers_t* list, std::string_view name, std::string_view value) {
  (void)rd_kafka_header_add(list, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                            static_cast<ssize_t>(value.size()));
}

}  // namespace edgespan::test
