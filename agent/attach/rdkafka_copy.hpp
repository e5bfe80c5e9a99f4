// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "attach/conf_lists.hpp"
#include "attach/problem_text.hpp"
#include "attach/rdkafka_functions.hpp"

namespace edgespan::attach {

// One copy of librdkafka in this process: a shared library, or a part of a program or of another library.
// Lives as long as the process.
class RdkafkaCopy {
 public:
  static constexpr std::size_t copies_max = 4;

  // The copy in the program or library that holds `address`: one of those that are known, or a new one. Each
  // function is accepted only if it lies in the same object, so none is ever called with the handles of
  // another copy. Null if that object does not show its functions; `problem` says so. One thread at a time.
  static RdkafkaCopy* at(const void* address, ProblemText& problem) noexcept;

  const RdkafkaFunctions& functions() const noexcept { return functions_; }
  // Of this copy among all; less than copies_max.
  std::size_t index() const noexcept { return index_; }
  static RdkafkaCopy& of_index(std::size_t index) noexcept;

  // The first librdkafka in which a configuration with an interceptor outlives a failed rd_kafka_new().
  static constexpr int first_safe_version = 0x020d0000;
  bool is_safe() const noexcept { return functions_.version_() >= first_safe_version; }
  // Before that version: what mends a configuration after a failed rd_kafka_new().
  ConfLists& conf_lists() noexcept { return conf_lists_; }

 private:
  bool bind(const void* base, const char* object, ProblemText& problem) noexcept;

  RdkafkaFunctions functions_{};
  ConfLists conf_lists_{};
  const void* base_ = nullptr;
  std::size_t index_ = 0;
};

}  // namespace edgespan::attach
