// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <edgespan/tracing_producer.hpp>

#include "core/assert.hpp"
#include "kafka/message_text.hpp"
#include "kafka/next_context.hpp"
#include "kafka/produce_call.hpp"
#include "kafka/refused_send.hpp"
#include "kafka/trace_headers.hpp"

namespace edgespan {
namespace {

using namespace kafka_detail;

void* unconst(std::string_view text) noexcept { return const_cast<char*>(text.data()); }

// Null if librdkafka has no memory for it or a name holds a NUL.
rd_kafka_headers_t* copy_headers(std::span<const RecordHeader> headers) noexcept {
  EDGESPAN_ASSERT(!headers.empty());
  rd_kafka_headers_t* list = rd_kafka_headers_new(headers.size() + 1);
  for (const RecordHeader& header : headers) {
    const auto value_size = header.value.data() == nullptr ? -1 : static_cast<ssize_t>(header.value.size());
    if (header.name.find('\0') == header.name.npos &&
        rd_kafka_header_add(list, header.name.data(), static_cast<ssize_t>(header.name.size()),
                            header.value.data(),
                            header.value.data() == nullptr ? 0 : value_size) == RD_KAFKA_RESP_ERR_NO_ERROR) {
      continue;
    }
    rd_kafka_headers_destroy(list);
    return nullptr;
  }
  return list;
}

// Topic and key of a produceva() call that failed, for its span.
RefusedSend attempt_of(const rd_kafka_vu_t* arguments, std::size_t count) noexcept {
  RefusedSend attempt{};
  for (std::size_t i = 0; i < count; ++i) {
    const rd_kafka_vu_t& argument = arguments[i];
    if (argument.vtype == RD_KAFKA_VTYPE_TOPIC && argument.u.cstr != nullptr) attempt.topic = argument.u.cstr;
    if (argument.vtype == RD_KAFKA_VTYPE_RKT) attempt.topic = rd_kafka_topic_name(argument.u.rkt);
    if (argument.vtype == RD_KAFKA_VTYPE_KEY && argument.u.mem.ptr != nullptr) {
      attempt.key = {static_cast<const char*>(argument.u.mem.ptr), argument.u.mem.size};
    }
  }
  return attempt;
}

// Not inlined, as the next one: what was found is off the stack when the refusal is recorded.
[[gnu::noinline]] B3Extraction read_attempt(rd_kafka_headers_t* headers) noexcept {
  FoundHeaders found;
  found.list = headers;
  return read_list(found, nullptr);
}

[[gnu::noinline]] void refuse(KafkaState& state, const ProducerRecord& record, std::string_view topic,
                              rd_kafka_headers_t* headers, rd_kafka_resp_err_t error) noexcept {
  const RefusedSend refused{topic, record.key, error};
  if (headers == nullptr) return record_refused(state, refused, no_headers);
  record_refused(state, refused, read_attempt(headers));
}

}  // namespace

rd_kafka_resp_err_t TracingProducer::send(const ProducerRecord& record) noexcept {
  const std::size_t topic_bytes = record.topic != nullptr ? std::strlen(record.topic) : 0;
  if (topic_bytes - 1 >= topic_bytes_max) return RD_KAFKA_RESP_ERR__INVALID_ARG;
  rd_kafka_headers_t* headers = nullptr;
  if (!record.headers.empty()) {
    headers = copy_headers(record.headers);
    if (headers == nullptr) return RD_KAFKA_RESP_ERR__INVALID_ARG;
  }
  begin_produce_call();
  const rd_kafka_resp_err_t error = rd_kafka_producev(
      rk_, RD_KAFKA_V_TOPIC(record.topic), RD_KAFKA_V_PARTITION(record.partition),
      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(unconst(record.key), record.key.size()),
      RD_KAFKA_V_VALUE(unconst(record.value), record.value.size()), RD_KAFKA_V_TIMESTAMP(record.timestamp_ms),
      RD_KAFKA_V_OPAQUE(record.opaque), RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return error;
  if (!produce_call_was_sent())
    refuse(state_of(*kafka_), record, {record.topic, topic_bytes}, headers, error);
  if (headers != nullptr) rd_kafka_headers_destroy(headers);
  return error;
}

rd_kafka_error_t* TracingProducer::produceva(const rd_kafka_vu_t* arguments, std::size_t count) noexcept {
  EDGESPAN_ASSERT(arguments != nullptr || count == 0);
  begin_produce_call();
  rd_kafka_error_t* error = rd_kafka_produceva(rk_, arguments, count);
  if (error != nullptr && !produce_call_was_sent()) {
    RefusedSend refused = attempt_of(arguments, count);
    refused.error = rd_kafka_error_code(error);
    record_refused(state_of(*kafka_), refused, read_arguments(arguments, count));
  }
  return error;
}

int TracingProducer::produce(rd_kafka_topic_t* topic, std::int32_t partition, int flags, void* payload,
                             std::size_t payload_size, const void* key, std::size_t key_size,
                             void* opaque) noexcept {
  EDGESPAN_ASSERT(topic != nullptr);
  begin_produce_call();
  const int result = rd_kafka_produce(topic, partition, flags, payload, payload_size, key, key_size, opaque);
  if (result != 0 && !produce_call_was_sent()) {
    const std::string_view text{static_cast<const char*>(key), key == nullptr ? 0 : key_size};
    record_refused(state_of(*kafka_), {topic_name(topic), text, rd_kafka_last_error()}, no_headers);
  }
  return result;
}

int TracingProducer::produce_batch(rd_kafka_topic_t* topic, std::int32_t partition, int flags,
                                   rd_kafka_message_t* messages, int count) noexcept {
  EDGESPAN_ASSERT(topic != nullptr && count >= 0);
  begin_produce_call();
  const int accepted = rd_kafka_produce_batch(topic, partition, flags, messages, count);
  for (int i = 0; i < count; ++i) {
    // An unknown partition of a message is found after on_send has run, so that message has a span. One of
    // the whole batch is found before.
    const rd_kafka_resp_err_t error = messages[i].err;
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    if (error == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION && produce_call_was_sent()) continue;
    record_refused(state_of(*kafka_), {topic_name(topic), key_of(&messages[i]), error}, no_headers);
  }
  return accepted;
}

}  // namespace edgespan
