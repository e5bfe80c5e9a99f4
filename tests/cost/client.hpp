// SPDX-License-Identifier: Apache-2.0
// Stand-ins for the functions of librdkafka that tracing calls. Their code is not counted: it is the client's
// price, not the agent's. They do as much as the agent looks at, and allocate nothing.
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstddef>
#include <cstdint>

namespace edgespan::cost::client {

// So many messages in turn, each with key, value and topic of the workload.
inline constexpr std::size_t messages = 100;
rd_kafka_message_t* next_message() noexcept;
// Puts a message back to where it was before it was sent.
void drop_headers(rd_kafka_message_t* message) noexcept;
// All messages have one header `b3`, and a consumer gets them one after the other, until there are no more.
void replay_messages() noexcept;

// What the calls need a handle for.
rd_kafka_t* handle() noexcept;

}  // namespace edgespan::cost::client
