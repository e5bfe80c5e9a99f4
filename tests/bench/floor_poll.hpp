// SPDX-License-Identifier: Apache-2.0
// The floor of a traced poll, without the calls of the client.
#pragma once

#include <librdkafka/rdkafka.h>

#include "bench/floor_b3.hpp"
#include "bench/floor_span.hpp"

#include <cstdint>
#include <string_view>

namespace edgespan::bench::floor {

// What a poll gives to the application: its messages and the contexts of their spans.
struct Polled {
  const rd_kafka_message_t* message;
  Context context;
};

// One record; between two of them stand the client's calls.
[[gnu::noinline]] inline void poll_one(Ring& ring, const Header& header, std::uint64_t now_us,
                                       std::string_view topic_name, char* text, Context& polled) noexcept {
  if (!switched_on.load(std::memory_order_relaxed)) return;
  const B3Extraction found = read_headers(&header, 1);
  if (found.kind != B3Extraction::Kind::ids) return;
  copy(found.context, polled);
  polled.parent_id = found.context.span_id;
  polled.span_id = random.next();
  write_short<Vector>(polled, text);
  if (polled.sampled()) record_poll(ring, polled, now_us, topic_name);
}

}  // namespace edgespan::bench::floor
