// SPDX-License-Identifier: Apache-2.0
// What the codes of HTTP and of streams mean to the reporter.
#pragma once

#include <cstdint>
#include <edgespan/sender.hpp>

#include "http/http_reply.hpp"

namespace edgespan::http_detail {

// What a reply whose status is known means for the batch. Never `pending`.
SendResult outcome_of_reply(const HttpReply& reply) noexcept;

// What it means that the stream failed with `error`, an edgespan_stream_error. An error that is not about TLS
// means `otherwise`: Outcome::unreachable or interrupted.
SendResult outcome_of_stream_error(std::int32_t error, Outcome otherwise) noexcept;

}  // namespace edgespan::http_detail
