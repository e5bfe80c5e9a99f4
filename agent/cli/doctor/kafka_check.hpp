// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/doctor/doctor_options.hpp"
#include "cli/doctor/doctor_report.hpp"
#include "cli/doctor/machine_clock.hpp"
#include "cli/sending/span_producer_settings.hpp"
#include "cli/sending/span_url.hpp"

#include <edgespan/kafka.hpp>
#include <edgespan/kafka_memory.hpp>
#include <edgespan/memory.hpp>
#include <edgespan/span_producer.hpp>
#include <edgespan/tracing.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace edgespan::cli {

// Checks the way of spans over Kafka: resolve and connect to the first broker that can be reached, then the
// topic, and a record with a span. There is no empty post, because Zipkin ignores an empty record. Pinned.
class KafkaCheck {
 public:
  // Keeps references to `url`, `clock` and `report`. Throws UsageError for settings that librdkafka does not
  // accept, RunError if the producer does not start.
  KafkaCheck(const DoctorOptions& options, const SpanUrl& url, const MachineClock& clock,
             DoctorReport& report);

  void run();

 private:
  struct MetadataDeleter {
    void operator()(const rd_kafka_metadata_t* metadata) const noexcept {
      rd_kafka_metadata_destroy(metadata);
    }
  };
  using Metadata = std::unique_ptr<const rd_kafka_metadata_t, MetadataDeleter>;

  bool reach_a_broker();
  bool ask_about_topic();
  void round_trip();
  Finding diagnose_topic(rd_kafka_resp_err_t error, const Metadata& metadata) const;
  Finding diagnose_record(const SendResult& result) const;
  bool time_is_left(std::uint64_t begun_us) const { return report_.now_us() - begun_us < limit_us_; }

  const SpanUrl& url_;
  const MachineClock& clock_;
  DoctorReport& report_;
  std::uint64_t limit_us_;
  // The producer needs Kafka tracing, which keeps it untraced.
  std::unique_ptr<Memory<tiny_limits>> memory_;
  std::unique_ptr<KafkaMemory<tiny_kafka_limits>> kafka_memory_;
  Tracing tracing_;
  KafkaTracing kafka_;
  SpanProducerSettings settings_;
  SpanProducer producer_;
  std::string advertised_;  // host:port of every broker, as the brokers say it
};

}  // namespace edgespan::cli
