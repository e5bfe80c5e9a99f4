// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <librdkafka/rdkafka.h>

#include <array>
#include <cstddef>
#include <edgespan/consumer_record.hpp>
#include <edgespan/inflight_bucket.hpp>
#include <edgespan/kafka_config.hpp>
#include <edgespan/status.hpp>
#include <edgespan/tracing.hpp>
#include <span>

namespace edgespan {

namespace kafka_detail {
struct KafkaAccess;
}

// Makes traced clients, and the spans of what an application does with records. create() makes a traced
// rd_kafka_t in place of rd_kafka_new(). Every message that is produced on it, by whatever call, has a
// PRODUCER span. Every record that is consumed on it, by whatever call, has a CONSUMER span and carries its
// context. TracingProducer and TracingConsumer add what only a wrapper around a call can see: a refused
// produce, and which records one poll returned, so that those without a context share a root span.
//
// Pinned. Outlives every client that is made of a traced configuration or a copy of one; is outlived by its
// Tracing and by the memory of `inflight`. All calls but init(): any thread.
//
// A producer's spans end when it is destroyed: what it still holds then has the tag error=abandoned.
class KafkaTracing {
 public:
  KafkaTracing() noexcept;
  KafkaTracing(const KafkaTracing&) = delete;
  KafkaTracing& operator=(const KafkaTracing&) = delete;
  // Ends the spans that are left, with error=abandoned. The Reporter may be at work: if its thread looks for
  // old messages at that moment, this waits until it is done.
  ~KafkaTracing();

  // Once, before any other call. Keeps `tracing`, `inflight` (KafkaMemory::inflight) and the rules of the
  // samplers; copies everything else. Status::not_started if `tracing` is not initialised, already_started
  // the second time, too_small for an empty `inflight`, bad_config for a deadline of 0, a propagation that
  // is not valid() and Semantics::otel without link_otel_semantics(), bad_text for a name
  // that is too long or not UTF-8. A call that fails changes nothing.
  Status init(Tracing& tracing, std::span<InflightBucket> inflight, const KafkaConfig& config = {}) noexcept;

  // As rd_kafka_new(), with tracing. On success the client owns `conf`. On failure the result is null, `conf`
  // is the caller's and `errstr` says why. Null for `conf`: librdkafka's defaults. A configuration that
  // install() traced already serves as it is.
  //
  // Tracing is added to `conf` itself, so all interceptors of the application work on. After a failure `conf`
  // may be traced, and is destroyed as usual.
  //
  // Before librdkafka 2.13 rd_kafka_conf_destroy() crashes on a configuration with an interceptor after a
  // failed rd_kafka_new(). There a client of a copy is made and destroyed first, without brokers and without
  // a log; if that fails, `conf` is as it was, and the copy is leaked. Interceptors that carry themselves to
  // copies see that client, too.
  rd_kafka_t* create(rd_kafka_type_t type, rd_kafka_conf_t* conf, char* errstr,
                     std::size_t errstr_size) noexcept;

  // Adds tracing to a configuration itself and to all copies that are made of it later: for the C++ API,
  // which makes every client of a copy, for a plugin, which makes no clients, and for an application with
  // interceptors of its own. RD_KAFKA_RESP_ERR__STATE before init(). RD_KAFKA_RESP_ERR__CONFLICT if the
  // configuration is traced already; it stays so.
  //
  // Before librdkafka 2.13 do not destroy the configuration itself after a failed rd_kafka_new(): leak it.
  // Copies may be destroyed, by the C++ API, too: while one is made, a client of it is tried as create()
  // does, and a copy of which none can be made (a file of certificates is missing) is not traced. One that is
  // spoilt after it was made is as the configuration itself.
  rd_kafka_resp_err_t install(rd_kafka_conf_t* conf) noexcept;

  // The span of the application's own work on a record: a child of the record's context, else of this
  // thread's scope, else a new root. Started, without a name. The record's headers stay as they are, so every
  // further call continues the same trace, and so does a record that is sent with these headers. A
  // ConsumerRecord continues it even if the application took its headers out. Before init(), and while
  // tracing is off, the span is empty.
  Span next_span(const ConsumerRecord& record) noexcept;
  Span next_span(rd_kafka_message_t* message) noexcept;

  // Makes the context that a message carries current on this thread, for the log lines of a delivery report.
  Scope scope(const rd_kafka_message_t* message) noexcept;

 private:
  friend struct kafka_detail::KafkaAccess;

  alignas(8) std::array<std::byte, sizeof(void*) == 8 ? 832 : 760> state_;  // a kafka_detail::KafkaState
};

}  // namespace edgespan
