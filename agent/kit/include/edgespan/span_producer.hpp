// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstddef>
#include <edgespan/agent_status.hpp>
#include <edgespan/collector_url.hpp>
#include <edgespan/kafka.hpp>
#include <edgespan/kafka_sender.hpp>
#include <edgespan/sender.hpp>

namespace edgespan {

// The producer behind a kafka:// URL, and the sender on it. It is made for spans alone and holds one batch at
// a time. librdkafka allocates its memory; what bounds that is set as constrain() does. Pinned.
class SpanProducer {
 public:
  SpanProducer() = default;
  ~SpanProducer() { stop(); }
  SpanProducer(const SpanProducer&) = delete;
  SpanProducer& operator=(const SpanProducer&) = delete;

  // Makes the producer, for batches of up to `batch_bytes`. `url` is of scheme kafka; `settings` may be null,
  // and is copied. Keeps `kafka`. Once an object.
  AgentStatus start(KafkaTracing& kafka, const CollectorUrl& url, const rd_kafka_conf_t* settings,
                    std::size_t batch_bytes) noexcept;

  // Throws away what is queued and destroys the producer, if there is one. Waits for librdkafka's threads.
  // The reporter is stopped before.
  void stop() noexcept;

  // The table for the reporter; valid as long as this object.
  Sender sender() noexcept { return sender_.sender(); }

  // Null before start() and after stop().
  rd_kafka_t* client() const noexcept { return client_; }
  // How the last record ended that did not reach the topic; 0 if none failed. Any thread.
  rd_kafka_resp_err_t last_error() const noexcept { return sender_.last_error(); }

 private:
  KafkaSender sender_;
  rd_kafka_t* client_ = nullptr;
};

}  // namespace edgespan
