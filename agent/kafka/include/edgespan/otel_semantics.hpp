// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace edgespan {

// Links what Semantics::otel needs, which a program that never calls this does not carry. Before
// KafkaTracing::init() with that setting; Settings::apply() calls it by itself.
void link_otel_semantics() noexcept;

}  // namespace edgespan
