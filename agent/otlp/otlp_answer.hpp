// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <edgespan/answer.hpp>
#include <edgespan/sender.hpp>
#include <string_view>

namespace edgespan::otlp_detail {

// What an answer says, as far as it was seen.
struct OtlpAnswer {
  Outcome outcome = Outcome::pending;
  std::uint32_t rejected = 0;
  std::string_view text{};  // into the answer: the collector's words for people
};

// `answer` as a server for OTLP means it; the table stands at OtlpDialect.
OtlpAnswer read_answer(const Answer& answer) noexcept;

}  // namespace edgespan::otlp_detail
