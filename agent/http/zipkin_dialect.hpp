// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/dialect.hpp>

namespace edgespan::http_detail {

// Of Zipkin's server, and of those that take the same at /api/v2/spans: an OpenTelemetry Collector, Jaeger.
extern const Dialect zipkin_dialect;

// Whether an answer refuses a batch for a trace id of 8 bytes, which may be sent with 16 (wide_ids.hpp).
bool wants_wide_ids(const Answer& answer) noexcept;

}  // namespace edgespan::http_detail
