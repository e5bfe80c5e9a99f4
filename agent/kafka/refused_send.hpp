// SPDX-License-Identifier: Apache-2.0
// The spans of messages that librdkafka refused before they reached on_send.
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <edgespan/b3.hpp>
#include <string_view>

#include "kafka/kafka_state.hpp"

namespace edgespan::kafka_detail {

struct RefusedSend {
  std::string_view topic;
  std::string_view key;
  rd_kafka_resp_err_t error;
};

// Records the span of a refused message, or counts the message for a span that stands for several; Refusals
// decides. Parent and decision are those of an accepted message; `extraction` is what its headers say. Start
// and end are one moment, the error is a tag. Nothing if tracing is off.
void record_refused(KafkaState& state, const RefusedSend& refused, const B3Extraction& extraction) noexcept;

// Records the spans that stand for several refusals: those whose interval has ended, or all. Any thread.
void bring_out_refused(KafkaState& state, std::uint64_t now_us, bool all) noexcept;

}  // namespace edgespan::kafka_detail
