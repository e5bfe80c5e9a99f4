// SPDX-License-Identifier: Apache-2.0
#include <edgespan/otlp_dialect.hpp>

#include "core/assert.hpp"
#include "otlp/otlp_answer.hpp"
#include "otlp/otlp_batch.hpp"

namespace edgespan {
namespace {

// FNV-1a; never 0, which stands for no text.
std::uint64_t hash(std::string_view text) noexcept {
  std::uint64_t value = 0xcbf29ce484222325;
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return value | 1;
}

}  // namespace

OtlpDialect::OtlpDialect(std::span<std::byte> room, const OtlpListener& listener) noexcept
    : room_{room}, listener_{listener}, table_{url_rules} {
  table_.ctx = this;
  table_.encode = [](void* self, std::span<const std::byte> portion) {
    return static_cast<OtlpDialect*>(self)->encode(portion);
  };
  table_.meaning = [](void* self, const Answer& answer) {
    return static_cast<OtlpDialect*>(self)->meaning(answer);
  };
}

std::span<const std::byte> OtlpDialect::encode(std::span<const std::byte> portion) noexcept {
  return otlp_detail::write_request(portion, room_);
}

SendResult OtlpDialect::meaning(const Answer& answer) noexcept {
  const otlp_detail::OtlpAnswer read = otlp_detail::read_answer(answer);
  EDGESPAN_ASSERT(read.rejected == 0 || read.outcome != Outcome::refused);  // none twice
  SendResult result;
  result.outcome = read.outcome;
  result.rejected = read.rejected;
  if (!read.text.empty() && answer.fully_seen()) tell(read.text);
  return result;
}

void OtlpDialect::tell(std::string_view text) noexcept {
  EDGESPAN_ASSERT(!text.empty());
  const std::uint64_t told = hash(text);
  if (listener_.heard == nullptr || told == told_) return;
  told_ = told;
  listener_.heard(listener_.ctx, text);
}

}  // namespace edgespan
