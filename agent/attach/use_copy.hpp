// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "attach/rdkafka_copy.hpp"

namespace edgespan::attach {

// While it lives, this thread calls the functions of one copy.
class UseCopy {
 public:
  explicit UseCopy(const RdkafkaCopy& copy) noexcept
      : outer_{std::exchange(current_functions, &copy.functions())} {}
  ~UseCopy() { current_functions = outer_; }
  UseCopy(const UseCopy&) = delete;
  UseCopy& operator=(const UseCopy&) = delete;

 private:
  const RdkafkaFunctions* outer_;
};

}  // namespace edgespan::attach
