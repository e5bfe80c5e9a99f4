// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/doctor/finding.hpp"
#include "cli/doctor/reply_text.hpp"
#include "cli/sending/span_url.hpp"

#include <edgespan/sender.hpp>

#include <cstdint>

namespace edgespan::cli {

// What the result of a post of spans to `url` means to the person who set it up. `limit_us` is how long the
// post could take.
Finding diagnose_post(const SendResult& result, const ReplyText& reply, const SpanUrl& url,
                      std::uint64_t limit_us);

}  // namespace edgespan::cli
