// SPDX-License-Identifier: Apache-2.0
#include "attach/last_record.hpp"

namespace edgespan::attach {
namespace {

constinit thread_local Context last{};
constinit thread_local std::uint64_t taken_us = 0;

}  // namespace

void keep_last_record(const Context& context, std::uint64_t now_us) noexcept {
  last = context;
  taken_us = now_us;
}

Context last_record(std::uint64_t now_us) noexcept {
  if (now_us - taken_us > last_record_life_us) last = {};
  return last;
}

}  // namespace edgespan::attach
