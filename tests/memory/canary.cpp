// SPDX-License-Identifier: Apache-2.0
// What the agent must not do, in a library that trap.ld takes for a part of it: each of these must end the
// program.
#include "memory/canary.hpp"

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace edgespan::canary {

volatile unsigned char sink = 0;
void* volatile seen = nullptr;  // memory that nobody looked at may be left out: clang does

int initialised = 42;  // in .data
struct AtExit {
  ~AtExit() { sink = 0; }
} at_exit;  // its destructor is registered before main()

void call_malloc() {
  seen = std::malloc(100);
  std::free(seen);
}

void call_new() {
  auto* memory = new std::array<char, 100>;
  seen = memory;
  sink = static_cast<unsigned char>((*memory)[sink]);
  delete memory;
}

void call_c_library() {
  char* copy = strdup("a copy on the heap");
  sink = static_cast<unsigned char>(copy[0]);
  std::free(copy);
}

void call_cpp_library() {
  std::string text = "text";
  text.append(100, 'x');
  sink = static_cast<unsigned char>(text[50]);
}

void call_standard_template() {
  std::vector<long> numbers;
  for (long i = 0; i < 3; ++i) numbers.push_back(i);
  sink = static_cast<unsigned char>(numbers.back());
}

void call_back(void (*function)()) {
  function();
  sink = 1;
}

}  // namespace edgespan::canary
