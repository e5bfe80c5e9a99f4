// SPDX-License-Identifier: Apache-2.0
// Whether a TracingConsumer of this thread is taking records from a client. It traces them itself, because
// only it knows which records one poll returned; on_consume then leaves them alone, so that none is traced
// twice.
#pragma once

#include <librdkafka/rdkafka.h>

#include <utility>

namespace edgespan::kafka_detail {

extern constinit thread_local const rd_kafka_t* consuming_client;

// Around a consuming call of librdkafka. Callbacks of the application run inside of it and may consume from
// another client; so the client is kept, and the one before comes back at the end.
class ConsumeCall {
 public:
  explicit ConsumeCall(const rd_kafka_t* rk) noexcept : outer_{std::exchange(consuming_client, rk)} {}
  ~ConsumeCall() { consuming_client = outer_; }
  ConsumeCall(const ConsumeCall&) = delete;
  ConsumeCall& operator=(const ConsumeCall&) = delete;

 private:
  const rd_kafka_t* outer_;
};

}  // namespace edgespan::kafka_detail
