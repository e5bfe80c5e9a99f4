// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/dialect.hpp>

namespace edgespan::http_detail {

// Of Zipkin's server, and of those that take the same at /api/v2/spans: an OpenTelemetry Collector, Jaeger.
extern const Dialect zipkin_dialect;

}  // namespace edgespan::http_detail
