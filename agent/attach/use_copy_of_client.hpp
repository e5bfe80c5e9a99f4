// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "attach/use_copy.hpp"

namespace edgespan::attach {

// UseCopy while messages of a client pass. It does nothing as long as the process has one copy, where nobody
// looks at the thread. If another copy appears in the middle of a call, that call goes on with the functions
// of the copy that started the agent: the one that this client has.
class UseCopyOfClient {
 public:
  explicit UseCopyOfClient(const RdkafkaCopy& copy) noexcept {
    if (sole_functions.load(std::memory_order_relaxed) == nullptr) use_.emplace(copy);
  }

 private:
  std::optional<UseCopy> use_;
};

}  // namespace edgespan::attach
