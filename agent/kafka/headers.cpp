// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "kafka/kafka_state.hpp"

namespace edgespan::kafka {
namespace {

constexpr std::size_t headers_looked_at = 256;
constexpr std::size_t key_chars_max = 17;  // X-B3-ParentSpanId

// Lengths and times in a record and in each of its headers, every varint at its longest.
constexpr std::size_t record_frame_bytes = 36;
constexpr std::size_t header_frame_bytes = 10;
constexpr std::size_t trace_headers_bytes_max =
    sizeof B3Buffer::text + b3_headers_max * (header_frame_bytes + key_chars_max);

struct HeaderView {
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;

  // Names of an application are mostly told from ours by their first letter.
  B3Key key() const noexcept {
    const char first = static_cast<char>(*name | 0x20);
    if (first == 'b') return name[1] == '3' && name[2] == '\0' ? B3Key::b3 : B3Key::none;
    return first == 'x' ? b3_key(name) : B3Key::none;
  }
  bool spelled_as(B3Key key) const noexcept {
    return key == B3Key::b3 ? *name == 'b' : name == b3_key_names[static_cast<std::size_t>(key)];
  }
};

bool header_at(const rd_kafka_headers_t* list, std::size_t index, HeaderView& out) noexcept {
  return rd_kafka_header_get_all(list, index, &out.name, &out.value, &out.size) == RD_KAFKA_RESP_ERR_NO_ERROR;
}

// The headers that are looked at: [begin, end).
struct Looked {
  std::size_t begin;
  std::size_t end;
  explicit Looked(const rd_kafka_headers_t* list) noexcept : end{rd_kafka_header_cnt(list)} {
    begin = end > headers_looked_at ? end - headers_looked_at : 0;
  }
};

bool add_header(rd_kafka_headers_t* list, std::string_view name, std::string_view value) noexcept {
  return rd_kafka_header_add(list, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                             static_cast<ssize_t>(value.size())) == RD_KAFKA_RESP_ERR_NO_ERROR;
}

bool add_headers(rd_kafka_headers_t* list, const Context& context, B3Format format) noexcept {
  if (format == B3Format::single || format == B3Format::single_no_parent) {
    std::array<char, b3_single_max> text;
    return add_header(list, b3_key_names[0], {text.data(), b3_format(context, format, text)});
  }
  B3Buffer buffer;
  for (const B3Header& header : b3_inject(context, format, buffer)) {
    if (!add_header(list, header.name, header.value)) return false;
  }
  return true;
}

// Removal frees the name it compares with, so it gets a copy; it takes all headers of this spelling.
void clear_respelled(rd_kafka_headers_t* list) noexcept {
  HeaderView header;
  for (std::size_t i = Looked{list}.begin; header_at(list, i, header);) {
    if (header.key() == B3Key::none) {
      ++i;
      continue;
    }
    char name[key_chars_max + 1] = {};
    std::strncpy(name, header.name, key_chars_max);
    if (rd_kafka_header_remove(list, name) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
    i = Looked{list}.begin;
  }
}

}  // namespace

FoundHeaders find_headers(const rd_kafka_message_t* message) noexcept {
  rd_kafka_headers_t* list = nullptr;
  if (rd_kafka_message_headers(message, &list) != RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  B3Headers headers;
  HeaderView header;
  unsigned keys = 0;
  bool respelled = false;
  const Looked looked{list};
  for (std::size_t i = looked.begin; i < looked.end && header_at(list, i, header); ++i) {
    const B3Key key = header.key();
    if (key == B3Key::none) continue;
    keys |= 1U << static_cast<unsigned>(key);
    respelled |= !header.spelled_as(key);
    if (header.value != nullptr) headers.add(key, {static_cast<const char*>(header.value), header.size});
  }
  if (keys == 0) return {list};
  return {list, headers.extract(), static_cast<std::uint8_t>(keys), respelled};
}

void clear_headers(const FoundHeaders& found) noexcept {
  if (found.respelled) return clear_respelled(found.list);
  for (std::size_t index = 0; found.keys >> index != 0; ++index) {
    if ((found.keys >> index & 1) != 0) (void)rd_kafka_header_remove(found.list, b3_key_names[index].data());
  }
}

bool write_headers(rd_kafka_message_t* message, const FoundHeaders& found, const Context& context,
                   B3Format format) noexcept {
  if (found.list != nullptr) {
    if (found.keys != 0) clear_headers(found);
    return add_headers(found.list, context, format);
  }
  rd_kafka_headers_t* list =
      rd_kafka_headers_new(format == B3Format::multi || format == B3Format::both ? b3_headers_max : 1);
  if (list == nullptr) return false;
  if (!add_headers(list, context, format)) {
    rd_kafka_headers_destroy(list);
    return false;
  }
  rd_kafka_message_set_headers(message, list);
  return true;
}

std::size_t traced_record_bytes_max(const rd_kafka_message_t* message,
                                    const rd_kafka_headers_t* list) noexcept {
  std::size_t bytes = record_frame_bytes + message->len + message->key_len + trace_headers_bytes_max;
  if (list == nullptr) return bytes;
  HeaderView header;
  for (std::size_t i = 0; header_at(list, i, header); ++i) {
    bytes += header_frame_bytes + std::strlen(header.name) + header.size;
  }
  return bytes;
}

std::string_view rule_topic(const MessagingSampler& sampler, const rd_kafka_message_t* message) noexcept {
  return sampler.rules.empty() ? std::string_view{} : topic_of(message);
}

Context next_context(core::TracingState& state, const B3Extraction& extraction, bool scope_first,
                     const MessagingSampler& sampler, Operation operation, std::string_view topic) noexcept {
  const Context& scope = current();
  const bool ids = extraction.kind == B3Extraction::Kind::ids;
  if (scope.valid() && (scope_first || !ids)) return core::new_child(state, scope, nullptr);
  const Decision decision =
      extraction.kind == B3Extraction::Kind::empty ? Decision::undecided : extraction.context.decision;
  const Sampler* rule = decision == Decision::undecided ? sampler.find(operation, topic) : nullptr;
  return ids ? core::new_child(state, extraction.context, rule) : core::new_root(state, decision, rule);
}

std::string_view topic_of(const rd_kafka_message_t* message) noexcept {
  const char* name = message->rkt != nullptr ? rd_kafka_topic_name(message->rkt) : nullptr;
  return name != nullptr ? std::string_view{name} : std::string_view{};
}

std::string_view key_of(const rd_kafka_message_t* message) noexcept {
  return message->key != nullptr ? std::string_view{static_cast<const char*>(message->key), message->key_len}
                                 : std::string_view{};
}

}  // namespace edgespan::kafka
