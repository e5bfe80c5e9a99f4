// SPDX-License-Identifier: Apache-2.0
// Whether a produce call of this thread has got as far as on_send. librdkafka does not say so for a call that
// fails, and only then is the message's span begun already.
#pragma once

namespace edgespan::kafka_detail {

extern constinit thread_local bool produce_call_sent;

// Before a produce call.
inline void begin_produce_call() noexcept { produce_call_sent = false; }
// In on_send, on the thread of the call.
inline void mark_produce_call() noexcept { produce_call_sent = true; }
// After the call.
inline bool produce_call_was_sent() noexcept { return produce_call_sent; }

}  // namespace edgespan::kafka_detail
