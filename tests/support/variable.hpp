// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/test.hpp"

#include <cstdlib>
#include <string>

namespace edgespan::test {

// A variable of this process, until the end of its block.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_{name} {
    TEST_ASSERT_EQUAL(0, setenv(name, value.c_str(), 1));
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { unsetenv(name_); }

 private:
  const char* name_;
};

}  // namespace edgespan::test
