// SPDX-License-Identifier: Apache-2.0
#include <edgespan/span_producer.hpp>

#include <edgespan/kafka_constrain.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace edgespan {
namespace {

constexpr std::size_t text_bytes = AgentStatus::text_bytes_max + 1;
constexpr std::uint32_t frame_bytes = 4'096;  // what Kafka puts around a batch, and then some

// The reporter offers one batch at a time; one that it cancelled may still be queued.
ProducerLimits limits_for(std::size_t batch_bytes) noexcept {
  const auto record_bytes = static_cast<std::uint32_t>(batch_bytes) + frame_bytes;
  return {.queue_messages_max = 2,
          .queue_payload_kbytes = record_bytes * 2 / 1'024 + 1,
          .message_bytes_max = record_bytes};
}

bool set(rd_kafka_conf_t* conf, const char* name, const char* value,
         std::array<char, text_bytes>& why) noexcept {
  return rd_kafka_conf_set(conf, name, value, why.data(), why.size()) == RD_KAFKA_CONF_OK;
}

// Settings of ours, where the application has none. An application that has nothing to say about librdkafka's
// log is not to see its lines either: the agent counts what fails.
rd_kafka_conf_t* own_settings() noexcept {
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  std::array<char, text_bytes> why;
  static_cast<void>(set(conf, "client.id", "edgespan", why));
  static_cast<void>(set(conf, "log_level", "2", why));
  return conf;
}

}  // namespace

AgentStatus SpanProducer::start(KafkaTracing& kafka, const CollectorUrl& url, const rd_kafka_conf_t* settings,
                                std::size_t batch_bytes) noexcept {
  std::array<char, CollectorUrl::brokers_bytes_max + 1> brokers{};
  std::copy_n(url.brokers.data(), std::min(url.brokers.size(), brokers.size() - 1), brokers.data());
  std::array<char, text_bytes> why{};
  rd_kafka_conf_t* const conf = settings != nullptr ? rd_kafka_conf_dup(settings) : own_settings();
  static_cast<void>(kafka::constrain(conf, limits_for(batch_bytes)));
  if (!set(conf, "bootstrap.servers", brokers.data(), why)) {
    rd_kafka_conf_destroy(conf);
    return {Status::bad_url, "url", why.data(), url.brokers};
  }
  client_ = kafka.create(RD_KAFKA_PRODUCER, conf, why.data(), why.size());
  if (client_ == nullptr) {
    rd_kafka_conf_destroy(conf);
    return {Status::bad_config, "span_producer_conf", why.data()};
  }
  const Status status = sender_.init(kafka, client_, url.topic);
  if (status == Status::ok) return {};
  stop();
  if (status == Status::bad_config) {
    return {status, "span_producer_conf", "transactions would take spans back; leave transactional.id out"};
  }
  return {status, "span_producer_conf"};
}

void SpanProducer::stop() noexcept {
  if (client_ == nullptr) return;
  // What the reporter left behind is counted as dropped: librdkafka need not deliver it any more.
  rd_kafka_purge(client_, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  rd_kafka_destroy(client_);
  client_ = nullptr;
}

}  // namespace edgespan
