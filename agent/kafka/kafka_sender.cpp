// SPDX-License-Identifier: Apache-2.0
#include <edgespan/kafka_sender.hpp>

#include "kafka/conf_number.hpp"
#include "kafka/kafka_state.hpp"
#include "kafka/produce_call.hpp"

namespace edgespan {
namespace {

using namespace kafka_detail;

// People give permission. Until they do, nothing is dropped, and the broker is not asked every second.
constexpr std::uint64_t denied_pause_us = 300'000'000;
constexpr std::uint64_t look_again_us = 200'000;  // without a worker; the record's end wakes one

constexpr bool is_topic_char(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
         c == '-';
}

bool has_transactions(rd_kafka_t* producer) noexcept {
  char id[2] = "";
  std::size_t size = sizeof id;
  const rd_kafka_conf_res_t known = rd_kafka_conf_get(rd_kafka_conf(producer), "transactional.id", id, &size);
  return known == RD_KAFKA_CONF_OK && size > 1;  // `size` counts the NUL
}

SendResult result_of(Outcome outcome) noexcept {
  SendResult result;
  result.outcome = outcome;
  return result;
}

// What the end of a record means for its spans. An error that is not known to be final may pass.
SendResult outcome_of(rd_kafka_resp_err_t error) noexcept {
  switch (error) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      return result_of(Outcome::delivered);
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
      return result_of(Outcome::too_large);
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION: {
      // Not Outcome::unauthorized, which drops the spans.
      SendResult result = result_of(Outcome::later);
      result.asked_pause_us = denied_pause_us;
      return result;
    }
    // The broker, or a proxy before it that validates records, does not accept what this one holds. A search
    // for the bad span finds it where the value is judged. Where the record's form is at fault (it has no
    // key, and the topic is compacted) the search is in vain, is made once, and costs a few records.
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
      return result_of(Outcome::malformed);
    // These speak of the request, the topic or the producer, which are the same for every span.
    case RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE:
    case RD_KAFKA_RESP_ERR_INVALID_REQUEST:
    case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
    case RD_KAFKA_RESP_ERR_INVALID_REQUIRED_ACKS:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
    case RD_KAFKA_RESP_ERR__INVALID_ARG:
    case RD_KAFKA_RESP_ERR__FATAL:
      return result_of(Outcome::refused);
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
      return result_of(Outcome::late);
    case RD_KAFKA_RESP_ERR__QUEUE_FULL:
      return result_of(Outcome::overloaded);
    default:
      return result_of(Outcome::later);
  }
}

SendResult pending() noexcept {
  SendResult result;
  result.again_us = look_again_us;
  return result;
}

}  // namespace

Status KafkaSender::init(KafkaTracing& kafka, rd_kafka_t* producer, std::string_view topic) noexcept {
  KafkaState& state = state_of(kafka);
  if (producer_ != nullptr || state.sender.load(std::memory_order_relaxed) != nullptr)
    return Status::already_started;
  if (state.tracing == nullptr) return Status::not_started;
  if (producer == nullptr || rd_kafka_type(producer) != RD_KAFKA_PRODUCER || has_transactions(producer))
    return Status::bad_config;
  if (topic.empty() || topic.size() > topic_bytes_max || topic == "." || topic == "..")
    return Status::bad_text;
  for (const char c : topic) {
    if (!is_topic_char(c)) return Status::bad_text;
  }
  topic_[topic.copy(topic_.data(), topic_bytes_max)] = '\0';
  queue_bytes_max_ =
      conf_number(rd_kafka_conf(producer), "queue.buffering.max.kbytes") * std::uint64_t{1'024};
  producer_ = producer;
  worker_ = &state.core().worker;
  state.sender_ended = [](void* self, rd_kafka_resp_err_t error) {
    static_cast<KafkaSender*>(self)->settle(error);
  };
  state.sender.store(this, std::memory_order_release);
  return Status::ok;
}

Sender KafkaSender::sender() noexcept {
  const auto offer = [](void* self, std::span<const std::byte> batch, std::uint64_t) {
    return static_cast<KafkaSender*>(self)->offer(batch);
  };
  const auto cancel = [](void* self) {
    Record& record = static_cast<KafkaSender*>(self)->record_;
    if (record == Record::offered) record = Record::cancelled;
  };
  return {this, offer, cancel};
}

// A cancelled record cannot be called back, and its end looks like that of any other. So it is waited for.
SendResult KafkaSender::offer(std::span<const std::byte> batch) noexcept {
  if (record_ == Record::none) return produce(batch);
  const std::int32_t end = end_.load(std::memory_order_acquire);
  if (end == unsettled) return pending();
  const bool cancelled = record_ == Record::cancelled;
  record_ = Record::none;
  return cancelled ? produce(batch) : ended(static_cast<rd_kafka_resp_err_t>(end));
}

// The bytes are copied: the offer may be cancelled while librdkafka still has the record.
SendResult KafkaSender::produce(std::span<const std::byte> batch) noexcept {
  if (batch.empty()) return ended(RD_KAFKA_RESP_ERR__INVALID_ARG);  // would delete, on a compacted topic
  // librdkafka calls its queue full even if it is empty.
  if (batch.size() > queue_bytes_max_) return ended(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
  end_.store(unsettled, std::memory_order_relaxed);
  begin_produce_call();
  const rd_kafka_resp_err_t error =
      rd_kafka_producev(producer_, RD_KAFKA_V_TOPIC(topic_.data()), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                        RD_KAFKA_V_VALUE(const_cast<std::byte*>(batch.data()), batch.size()),
                        RD_KAFKA_V_OPAQUE(this), RD_KAFKA_V_END);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return ended(error);
  // A producer without the interceptors: nobody would tell how the record ends.
  if (!produce_call_was_sent()) return ended(RD_KAFKA_RESP_ERR__INVALID_ARG);
  record_ = Record::offered;
  SendResult result = pending();
  result.begun = 1;
  result.sent_bytes = static_cast<std::uint32_t>(batch.size());
  return result;
}

// The reporter then need not wait until it asks again.
void KafkaSender::settle(rd_kafka_resp_err_t error) noexcept {
  end_.store(error, std::memory_order_release);
  if (const edgespan_worker* worker = worker_->load(std::memory_order_acquire)) worker->wake(worker->ctx);
}

SendResult KafkaSender::ended(rd_kafka_resp_err_t error) noexcept {
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) last_error_.store(error, std::memory_order_relaxed);
  return outcome_of(error);
}

}  // namespace edgespan
