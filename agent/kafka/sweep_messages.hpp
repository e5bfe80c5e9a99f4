// SPDX-License-Identifier: Apache-2.0
// Ends the spans of messages for which no delivery report will come.
#pragma once

#include <cstdint>

#include "kafka/kafka_state.hpp"

namespace edgespan::kafka_detail {

// Ends the spans of messages that are older than the deadline of their client, or all of them. For a
// housekeeper, under its lock: one sweep at a time.
void sweep_messages(KafkaState& state, std::uint64_t now_us, bool all) noexcept;

// Ends the spans of a client that is being destroyed: what it still holds is freed without a delivery report,
// or with one that nobody reads. Waits for the sweep that another thread is at. In a forked child it does
// nothing.
void end_messages_of(KafkaState& state, const rd_kafka_t* client) noexcept;

}  // namespace edgespan::kafka_detail
