// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>

#include "attach/rdkafka_functions.hpp"

namespace edgespan::attach {

// Where a configuration of librdkafka keeps its lists of interceptors, for versions before 2.13. There a
// failed rd_kafka_new() frees the interceptors and leaves the lists in the application's configuration as
// they were; rd_kafka_conf_destroy() then frees them again, and the program crashes. In such a failure
// librdkafka calls on_destroy() before it frees them: at that moment forget() empties the application's
// lists, and nothing is freed twice.
//
// No function tells where the lists are, so learn() looks: it adds interceptors of its own to a configuration
// of its own, and finds the words that lead to them. It then lets a client fail, and looks whether librdkafka
// does what was said above. Nothing is assumed of a version that was not seen.
class ConfLists {
 public:
  // Once, before anything else. False: this librdkafka does something else.
  bool learn(const RdkafkaFunctions& functions) noexcept;
  bool known() const noexcept { return known_; }

  // Empties the lists of a configuration whose interceptors librdkafka is about to free.
  void forget(rd_kafka_conf_t* conf) const noexcept;

 private:
  enum List : std::size_t { on_new, on_conf_set, properties, lists };

  bool find(const rd_kafka_conf_t* conf, const void* opaque) noexcept;
  bool forgotten(const rd_kafka_conf_t* conf) const noexcept;

  std::array<std::size_t, lists> offsets_{};  // of each list's pointer to its elements
  bool known_ = false;
};

}  // namespace edgespan::attach
