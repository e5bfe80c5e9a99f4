// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/sender.hpp>

#include <string>

namespace edgespan::cli {

// Why an offer of spans failed, for people. `status` is the reply's; 0 if there was none.
std::string send_failure_text(Outcome outcome, TlsCause cause, unsigned status);

}  // namespace edgespan::cli
