// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/http_sender.hpp>

namespace edgespan::http {

// What a reply whose status is known means for the batch. Never `pending`.
SendResult verdict(const HttpReply& reply) noexcept;

}  // namespace edgespan::http
