// SPDX-License-Identifier: Apache-2.0
// What the codes of streams mean to the reporter.
#pragma once

#include <cstdint>
#include <edgespan/sender.hpp>

namespace edgespan::http_detail {

// What it means that the stream failed with `error`, an edgespan_stream_error. An error that is not about TLS
// means `otherwise`: Outcome::unreachable or interrupted.
SendResult outcome_of_stream_error(std::int32_t error, Outcome otherwise) noexcept;

}  // namespace edgespan::http_detail
