// SPDX-License-Identifier: Apache-2.0
#include "attach/entry_points.hpp"

#include <dlfcn.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>

#include "attach/loaded_object.hpp"
#include "attach/plugin.hpp"

namespace {

using namespace edgespan::attach;
using New = rd_kafka_t* (*)(rd_kafka_type_t, rd_kafka_conf_t*, char*, std::size_t);

bool is_ours(New function) noexcept { return function == nullptr || function == (rd_kafka_new); }

// The function that the code at `caller` would call without this file: a library's own search order, which
// RTLD_NEXT does not know if the library was opened by dlopen().
New next_new(const void* caller) noexcept {
  Dl_info info{};
  if (!program_holds(caller) && dladdr(caller, &info) != 0) {
    if (void* const library = dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD)) {
      const auto found = reinterpret_cast<New>(dlsym(library, "rd_kafka_new"));
      dlclose(library);
      if (!is_ours(found)) return found;
    }
  }
  const auto next = reinterpret_cast<New>(dlsym(RTLD_NEXT, "rd_kafka_new"));
  return is_ours(next) ? nullptr : next;
}

void complain_once(const char* text) noexcept {
  static constinit std::atomic<bool> done{false};
  if (text[0] == '\0' || done.exchange(true)) return;
  constexpr char rest[] = "; this program is not traced\n";
  if (write(STDERR_FILENO, text, std::strlen(text)) > 0) {
    static_cast<void>(write(STDERR_FILENO, rest, sizeof rest - 1) > 0);
  }
}

}  // namespace

// Not inlined, and no tail call: its return address lies in the copy of librdkafka that calls.
extern "C" __attribute__((noinline)) rd_kafka_resp_err_t conf_init(rd_kafka_conf_t* conf, void**,
                                                                   char* errstr, std::size_t errstr_size) {
  ProblemText problem{errstr, errstr_size};
  return Plugin::instance().add_to(conf, __builtin_return_address(0), problem);
}

extern "C" rd_kafka_t*(rd_kafka_new)(rd_kafka_type_t type, rd_kafka_conf_t* conf, char* errstr,
                                     std::size_t errstr_size) {
  const New make = next_new(__builtin_return_address(0));
  if (make == nullptr) {
    ProblemText{errstr, errstr_size}.say({"edgespan: there is no librdkafka to call"});
    return nullptr;
  }
  std::array<char, 512> text{};
  ProblemText problem{text.data(), text.size()};
  RdkafkaCopy* const copy = Plugin::instance().copy_at(reinterpret_cast<const void*>(make), problem);
  rd_kafka_conf_t* const own = copy != nullptr && conf == nullptr ? copy->functions().conf_new_() : nullptr;
  rd_kafka_conf_t* const used = own != nullptr ? own : conf;
  if (copy != nullptr) {
    static_cast<void>(Plugin::instance().add_to(used, reinterpret_cast<const void*>(make), problem));
  }
  complain_once(text.data());
  rd_kafka_t* const client = make(type, used, errstr, errstr_size);
  if (client == nullptr && own != nullptr) copy->functions().conf_destroy_(own);
  return client;
}
