// SPDX-License-Identifier: Apache-2.0
// The workload that every peer repeats; rows.ini describes it.
#pragma once

#include <edgespan/context.hpp>
#include <edgespan/endpoint.hpp>
#include <edgespan/tracing.hpp>

#include <cstddef>
#include <string_view>

namespace edgespan::bench {

inline constexpr std::string_view b3_value =
    "463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-1-0020000000000001";
// The same as `traceparent`, which has no parent.
inline constexpr std::string_view parent_value = "00-463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-01";
inline constexpr Context context{0x463ac35c9f6413ad, 0x48485a3953bb6124, 0xa2fb4a1d1a96d312,
                                 0x0020000000000001, Decision::accept};
inline constexpr std::string_view topic = "readings";
inline constexpr std::string_view key = "sensor-042";
inline constexpr std::size_t value_bytes = 100;
inline const Endpoint local{.service_name = "svc", .ipv4 = {10, 1, 2, 3}, .port = 8080};

// What the compiler must not look through: every round is given its input anew.
template <typename T>
T hidden(T value) noexcept {
  asm volatile("" : "+r"(value) : : "memory");
  return value;
}
inline std::string_view hidden(std::string_view text) noexcept {
  return {hidden(text.data()), hidden(text.size())};
}

// The span of the workload, from its start until it lies in the ring.
inline void one_span(Tracing& tracing) {
  Span span = tracing.child(context);
  span.name("send").kind(Kind::producer).remote_service_name("kafka");
  span.tag("kafka.key", key).tag("kafka.topic", topic);
}

}  // namespace edgespan::bench
