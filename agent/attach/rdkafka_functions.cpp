// SPDX-License-Identifier: Apache-2.0
#include "attach/rdkafka_functions.hpp"

namespace edgespan::attach {

constinit thread_local const RdkafkaFunctions* current_functions = nullptr;
constinit const RdkafkaFunctions* agents_functions = nullptr;
constinit std::atomic<const RdkafkaFunctions*> sole_functions{nullptr};

}  // namespace edgespan::attach
