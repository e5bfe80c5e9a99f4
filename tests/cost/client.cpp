// SPDX-License-Identifier: Apache-2.0
#include "cost/client.hpp"

#include "bench/workload.hpp"
#include "cost/counted.hpp"

#include <sys/mman.h>

#include <array>
#include <cstdint>

// All that the plugin must not count stands in one section, between two addresses that the linker names.
#define EDGESPAN_COST_CLIENT [[gnu::section("edgespan_cost_client"), gnu::noinline]]

struct rd_kafka_headers_s {
  static constexpr std::size_t most = 4;
  struct Header {
    std::array<char, 24> name;
    std::array<char, 96> value;
    std::size_t name_size, size;
  };
  std::array<Header, most> headers;
  std::size_t count;
};

namespace edgespan::cost::client {
namespace {

struct Message {
  rd_kafka_message_t message;  // first: the client's messages are found by its address
  rd_kafka_headers_t* headers;
};
// The place of a message in the table of messages in flight, and with it the price of a full table, follows
// from its address. So the messages stand at the same one in every build.
constexpr std::uintptr_t messages_at = 0x3000'0000;
Message* map_messages() noexcept {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): an address that nothing else has
  void* const wanted = reinterpret_cast<void*>(messages_at);
  void* const given = mmap(wanted, sizeof(Message) * messages, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  must(given == wanted, "memory at a place of its own");
  return static_cast<Message*>(given);
}
Message* const all = map_messages();
std::array<rd_kafka_headers_t, messages> lists;
std::size_t next_index = 0;
std::size_t polled = messages;
char topic_handle;

EDGESPAN_COST_CLIENT Message& of(rd_kafka_message_t* message) { return *reinterpret_cast<Message*>(message); }

EDGESPAN_COST_CLIENT std::size_t copy(char* to, std::size_t room, const void* from, std::size_t size) {
  const char* const in = static_cast<const char*>(from);
  std::size_t i = 0;
  for (; i < size && i < room; ++i) to[i] = in[i];
  return i;
}

EDGESPAN_COST_CLIENT bool same(const char* left, const char* right) {
  while (*left != '\0' && *left == *right) ++left, ++right;
  return *left == *right;
}

constinit std::array<char, bench::value_bytes> value{};

}  // namespace

EDGESPAN_COST_CLIENT rd_kafka_message_t* next_message() noexcept {
  Message& next = all[next_index];
  next_index = next_index + 1 == messages ? 0 : next_index + 1;
  next.message.rkt = reinterpret_cast<rd_kafka_topic_t*>(&topic_handle);
  next.message.key = const_cast<char*>(bench::key.data());
  next.message.key_len = bench::key.size();
  next.message.payload = value.data();
  next.message.len = value.size();
  return &next.message;
}

EDGESPAN_COST_CLIENT void drop_headers(rd_kafka_message_t* message) noexcept {
  of(message).headers = nullptr;
}

void replay_messages() noexcept {
  next_index = 0;
  for (std::size_t i = 0; i < messages; ++i) {
    rd_kafka_message_t* const message = next_message();
    if (of(message).headers == nullptr) {
      rd_kafka_headers_t* const list = rd_kafka_headers_new(1);
      (void)rd_kafka_header_add(list, "b3", 2, bench::b3_value.data(), 51);
      rd_kafka_message_set_headers(message, list);
    }
  }
  polled = 0;
}

rd_kafka_t* handle() noexcept { return reinterpret_cast<rd_kafka_t*>(all); }

}  // namespace edgespan::cost::client

using namespace edgespan::cost;
using namespace edgespan::cost::client;

extern "C" {

EDGESPAN_COST_CLIENT rd_kafka_headers_t* rd_kafka_headers_new(std::size_t) {
  static std::size_t next = 0;
  rd_kafka_headers_t* const list = &lists[next];
  next = next + 1 == messages ? 0 : next + 1;
  list->count = 0;
  return list;
}

EDGESPAN_COST_CLIENT rd_kafka_resp_err_t rd_kafka_header_add(rd_kafka_headers_t* list, const char* name,
                                                             ssize_t name_size, const void* text,
                                                             ssize_t size) {
  if (list->count == rd_kafka_headers_t::most || name_size < 0 || size < 0)
    return RD_KAFKA_RESP_ERR__INVALID_ARG;
  rd_kafka_headers_t::Header& added = list->headers[list->count++];
  added.name_size =
      client::copy(added.name.data(), added.name.size() - 1, name, static_cast<std::size_t>(name_size));
  added.name[added.name_size] = '\0';
  added.size = client::copy(added.value.data(), added.value.size(), text, static_cast<std::size_t>(size));
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

EDGESPAN_COST_CLIENT rd_kafka_resp_err_t rd_kafka_header_get_all(const rd_kafka_headers_t* list,
                                                                 std::size_t index, const char** name,
                                                                 const void** text, std::size_t* size) {
  if (index >= list->count) return RD_KAFKA_RESP_ERR__NOENT;
  const rd_kafka_headers_t::Header& header = list->headers[index];
  *name = header.name.data();
  *text = header.value.data();
  *size = header.size;
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

EDGESPAN_COST_CLIENT std::size_t rd_kafka_header_cnt(const rd_kafka_headers_t* list) { return list->count; }

// Of a list with one header, as all are here.
EDGESPAN_COST_CLIENT rd_kafka_resp_err_t rd_kafka_header_remove(rd_kafka_headers_t* list, const char* name) {
  if (list->count != 1 || !same(list->headers[0].name.data(), name)) return RD_KAFKA_RESP_ERR__NOENT;
  list->count = 0;
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

EDGESPAN_COST_CLIENT rd_kafka_resp_err_t rd_kafka_message_headers(const rd_kafka_message_t* message,
                                                                  rd_kafka_headers_t** list) {
  *list = of(const_cast<rd_kafka_message_t*>(message)).headers;
  return *list != nullptr ? RD_KAFKA_RESP_ERR_NO_ERROR : RD_KAFKA_RESP_ERR__NOENT;
}

EDGESPAN_COST_CLIENT void rd_kafka_message_set_headers(rd_kafka_message_t* message,
                                                       rd_kafka_headers_t* list) {
  of(message).headers = list;
}

EDGESPAN_COST_CLIENT const char* rd_kafka_topic_name(const rd_kafka_topic_t*) {
  return edgespan::bench::topic.data();
}

EDGESPAN_COST_CLIENT rd_kafka_message_t* rd_kafka_consumer_poll(rd_kafka_t*, int) {
  return polled < messages ? &all[polled++].message : nullptr;
}

EDGESPAN_COST_CLIENT void rd_kafka_message_destroy(rd_kafka_message_t*) {}

// The queue is full.
EDGESPAN_COST_CLIENT rd_kafka_resp_err_t rd_kafka_producev(rd_kafka_t*, ...) {
  return RD_KAFKA_RESP_ERR__QUEUE_FULL;
}

EDGESPAN_COST_CLIENT const char* rd_kafka_err2name(rd_kafka_resp_err_t) { return "_QUEUE_FULL"; }
}
