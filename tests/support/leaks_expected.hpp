// SPDX-License-Identifier: Apache-2.0
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif

namespace edgespan::test {

// While it lives, what is allocated may leak: before librdkafka 2.13 a configuration that holds an
// interceptor cannot be destroyed after a failed rd_kafka_new().
class LeaksExpected {
 public:
#if defined(__SANITIZE_ADDRESS__)
  LeaksExpected() { __lsan_disable(); }
  ~LeaksExpected() { __lsan_enable(); }
#else
  LeaksExpected() {}
#endif
  LeaksExpected(const LeaksExpected&) = delete;
  LeaksExpected& operator=(const LeaksExpected&) = delete;
};

}  // namespace edgespan::test
