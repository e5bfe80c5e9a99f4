// SPDX-License-Identifier: Apache-2.0
// The inside of a KafkaTracing: what the parts of this folder share.
#pragma once

#include <atomic>
#include <cstdint>
#include <edgespan/housekeeper.hpp>
#include <edgespan/kafka_config.hpp>

#include "core/encoded_endpoint.hpp"
#include "core/tracing_state.hpp"
#include "kafka/client_deadlines.hpp"
#include "kafka/header_plan.hpp"
#include "kafka/inflight_table.hpp"
#include "kafka/kafka_access.hpp"
#include "kafka/refusals.hpp"
#include "kafka/trace_headers.hpp"

namespace edgespan::kafka_detail {

struct KafkaState {
  Tracing* tracing = nullptr;  // null: init() has not succeeded
  // The opaque of messages that carry spans to a collector and are not traced; null: there are none. Written
  // once, after `sender_ended`, which is told how such a message ended.
  std::atomic<void*> sender{nullptr};
  void (*sender_ended)(void* sender, rd_kafka_resp_err_t error) = nullptr;
  std::atomic<std::uint32_t> least_message_bytes_max{UINT32_MAX};  // message.max.bytes, of all clients
  ClientDeadlines deadlines{};                                     // here, so that no bytes are left between
  KafkaConfig config{};
  HeaderPlan headers{};
  detail::EncodedEndpoint remote{};
  InflightTable inflight{};
  Refusals refusals{};
  Housekeeper housekeeper{};

  bool active() const noexcept { return tracing != nullptr && detail::state_of(*tracing).active(); }
  detail::TracingState& core() const noexcept { return detail::state_of(*tracing); }
  // Counts what did not go well with the trace headers of a record.
  void count(Written written) const noexcept {
    EDGESPAN_ASSERT(written != Written::done);
    core().count(written == Written::failed ? detail::Event::header_failed
                                            : detail::Event::tracestate_dropped);
  }
  bool is_senders(const rd_kafka_message_t* message) const noexcept {
    void* const opaque = sender.load(std::memory_order_acquire);
    return opaque != nullptr && message->_private == opaque;
  }
};

static_assert(sizeof(KafkaState) <= KafkaAccess::state_bytes && alignof(KafkaState) <= 8);

inline KafkaState& state_of(KafkaTracing& kafka) noexcept { return KafkaAccess::state(kafka); }

}  // namespace edgespan::kafka_detail
