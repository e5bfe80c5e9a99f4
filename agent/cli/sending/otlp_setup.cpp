// SPDX-License-Identifier: Apache-2.0
#include "cli/sending/otlp_setup.hpp"

#include "cli/text/escape.hpp"

#include <utility>

namespace edgespan::cli {

OtlpSetup::OtlpSetup(std::size_t batch_bytes)
    : room_(OtlpDialect::room_bytes(batch_bytes)),
      dialect_{room_,
               {this, [](void* self, std::string_view text) { static_cast<OtlpSetup*>(self)->hear(text); }}} {
}

void OtlpSetup::hear(std::string_view text) {
  const std::lock_guard lock{mutex_};
  words_ = printable(text);
}

std::string OtlpSetup::take_words() {
  const std::lock_guard lock{mutex_};
  return std::exchange(words_, {});
}

}  // namespace edgespan::cli
