// SPDX-License-Identifier: Apache-2.0
// What an application decides about its Kafka tracing.
#pragma once

#include <cstdint>
#include <edgespan/messaging_sampler.hpp>
#include <edgespan/propagation.hpp>
#include <string_view>

namespace edgespan {

// When next_span() tags topic and text key, with Semantics::brave.
enum class TagProcessor : std::uint8_t {
  always,     // so that a message is found by its key at every step
  when_root,  // only if the record held no context, as Brave does
};

// What the spans of messages, and their tags, are called.
enum class Semantics : std::uint8_t {
  brave,  // `send`, `poll`, `kafka.topic`: as Brave's Kafka instrumentation calls them
  otel,   // `send <topic>`, `messaging.destination.name`: OpenTelemetry's conventions for messaging, 1.44;
          // with link_otel_semantics()
};

inline constexpr std::uint16_t key_bytes_most = 255;

struct KafkaConfig {
  // The remote endpoint of send and poll spans, 63 bytes of UTF-8 at most; empty: none. Copied.
  std::string_view remote_service_name = "kafka";
  bool shared_root = true;  // records without a context share one root span a topic and poll
  Semantics semantics = Semantics::brave;
  MessagingSampler producer_sampler{};
  MessagingSampler consumer_sampler{};
  // The trace headers that send and poll write. Read are all that edgespan knows.
  Propagation propagation{};
  // How long a `tracestate` may be that stays with its trace; a longer one is taken out as a whole and
  // counted (Books::tracestates_dropped).
  std::uint16_t tracestate_bytes_max = 512;
  TagProcessor tag_processor = TagProcessor::always;
  // poll puts its span's context into the record. It stays there: a record whose headers are sent on, and
  // next_span() as often as it is called, continue the trace.
  bool rewrite_headers = true;
  // How much of a text key a span shows, 0 to key_bytes_most bytes; 0: no key is shown. A longer key is
  // cut between two characters and counted (Books::texts_cut). Topic and key of a send span
  // have 310 bytes together, but the key 64 at least; all texts of a next_span() have 384. With
  // Semantics::otel a key has what the other attributes leave of the largest span.
  std::uint16_t key_bytes_max = 128;
  // 1 or more: the span of a message without a delivery report expires after this. If message.timeout.ms of
  // its client, and 30 s, is more, it expires after that; if message.timeout.ms is 0, never. That is read
  // when a client is made. A topic with a configuration of its own is not asked: librdkafka does not tell.
  std::uint32_t inflight_deadline_s = 330;
};

}  // namespace edgespan
