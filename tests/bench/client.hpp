// SPDX-License-Identifier: Apache-2.0
// librdkafka's own objects for the benchmarks: an in-process broker, messages that wait in a queue, and what
// the client does for a header by itself.
#pragma once

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "bench/measure.hpp"

#include <initializer_list>
#include <string>
#include <utility>

namespace edgespan::bench {

using Settings = std::initializer_list<std::pair<const char*, std::string>>;

inline rd_kafka_conf_t* make_conf(Settings settings) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  char errstr[256];
  const auto set = [&](const char* name, const std::string& value) {
    must(rd_kafka_conf_set(conf, name, value.c_str(), errstr, sizeof errstr) == RD_KAFKA_CONF_OK, name);
  };
  set("log_level", "0");
  for (const auto& [name, value] : settings) set(name, value);
  return conf;
}

// A broker in this process, on 127.0.0.1, with one topic.
class MockBroker {
 public:
  MockBroker();
  ~MockBroker();
  MockBroker(const MockBroker&) = delete;
  MockBroker& operator=(const MockBroker&) = delete;
  std::string address() const;

 private:
  rd_kafka_t* owner_;
  rd_kafka_mock_cluster_t* cluster_;
};

// A header of the size that tracing writes, with nothing else in it: what any client of librdkafka pays.
inline constexpr std::size_t header_bytes = 51;
inline void add_bare_header(rd_kafka_headers_t* list) {
  (void)rd_kafka_header_add(list, "b3", 2, b3_value.data(), static_cast<ssize_t>(header_bytes));
}
inline void set_bare_header(rd_kafka_message_t* message) {
  rd_kafka_headers_t* list = rd_kafka_headers_new(1);
  add_bare_header(list);
  rd_kafka_message_set_headers(message, list);
}
// Puts a message back to where it was before it was sent.
inline void drop_headers(rd_kafka_message_t* message) {
  rd_kafka_headers_t* list = nullptr;
  if (rd_kafka_message_detach_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR)
    rd_kafka_headers_destroy(list);
}

}  // namespace edgespan::bench
