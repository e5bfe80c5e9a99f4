// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdint>
#include <edgespan/kafka_constrain.hpp>
#include <edgespan/rdkafka_memory.hpp>
#include <edgespan/span_producer.hpp>

#include "core/assert.hpp"

namespace edgespan {
namespace {

constexpr std::uint32_t frame_bytes = 4'096;  // what Kafka puts around a batch, and then some

// The reporter offers one batch at a time; one that it cancelled may still be queued.
ProducerLimits limits_for(std::size_t batch_bytes) noexcept {
  const auto record_bytes = static_cast<std::uint32_t>(batch_bytes) + frame_bytes;
  return {.queue_messages_max = 2,
          .queue_payload_kbytes = record_bytes * 2 / 1'024 + 1,
          .message_bytes_max = record_bytes};
}

bool set(rd_kafka_conf_t* conf, const char* name, const char* value, std::span<char> problem) noexcept {
  return rd_kafka_conf_set(conf, name, value, problem.data(), problem.size()) == RD_KAFKA_CONF_OK;
}

// Settings of ours, where the application has none. An application that has nothing to say about librdkafka's
// log is not to see its lines either: the agent counts what fails.
rd_kafka_conf_t* own_settings(std::span<char> problem) noexcept {
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  static_cast<void>(set(conf, "client.id", "edgespan", problem));
  static_cast<void>(set(conf, "log_level", "2", problem));
  return conf;
}

}  // namespace

std::size_t SpanProducer::memory_bytes(std::size_t batch_bytes) noexcept {
  return rdkafka_memory_bytes(limits_for(batch_bytes)) + producer_threads(1) * rdkafka_thread_touched_bytes;
}

Status SpanProducer::start(KafkaTracing& kafka, std::string_view brokers, std::string_view topic,
                           const rd_kafka_conf_t* settings, std::size_t batch_bytes,
                           std::span<char> problem) noexcept {
  if (client_ != nullptr) return Status::already_started;
  if (brokers.size() > brokers_bytes_max) return Status::bad_text;
  std::array<char, brokers_bytes_max + 1> servers{};
  std::copy(brokers.begin(), brokers.end(), servers.begin());
  EDGESPAN_ASSERT(servers.back() == '\0');
  rd_kafka_conf_t* const conf = settings != nullptr ? rd_kafka_conf_dup(settings) : own_settings(problem);
  static_cast<void>(constrain(conf, limits_for(batch_bytes)));
  if (set(conf, "bootstrap.servers", servers.data(), problem)) {
    client_ = kafka.create(RD_KAFKA_PRODUCER, conf, problem.data(), problem.size());
  }
  if (client_ == nullptr) {
    rd_kafka_conf_destroy(conf);
    return Status::bad_config;
  }
  const Status status = sender_.init(kafka, client_, topic);
  if (status != Status::ok) stop();
  EDGESPAN_ASSERT((status == Status::ok) == (client_ != nullptr));
  return status;
}

void SpanProducer::stop() noexcept {
  if (client_ == nullptr) return;
  // The reporter has counted as dropped what it left behind: librdkafka need not deliver it any more.
  rd_kafka_purge(client_, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  rd_kafka_destroy(client_);
  client_ = nullptr;
}

}  // namespace edgespan
