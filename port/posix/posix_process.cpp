// SPDX-License-Identifier: Apache-2.0
#include <edgespan/posix_process.hpp>

#include <errno.h>
#include <sys/auxv.h>
#include <unistd.h>

namespace edgespan::posix {

const char* const* environment() noexcept {
  static constexpr const char* nothing[] = {nullptr};
  if (getauxval(AT_SECURE) != 0 || environ == nullptr) return nothing;
  return environ;
}

std::string_view program_name() noexcept { return program_invocation_short_name; }

}  // namespace edgespan::posix
