// SPDX-License-Identifier: Apache-2.0
#include "attach/rdkafka_copy.hpp"

#include <dlfcn.h>

#include <optional>
#include <string_view>

#include "attach/loaded_object.hpp"
#include "attach/symbol_file.hpp"

namespace edgespan::attach {
namespace {

constinit std::array<RdkafkaCopy, RdkafkaCopy::copies_max> copies{};
constinit std::size_t copies_known = 0;

std::string_view file_name(std::string_view path) noexcept {
  path.remove_prefix(path.rfind('/') + 1);  // nothing without a slash
  return path;
}

// The functions of one object.
class Finder {
 public:
  Finder(const void* base, const char* object) noexcept
      : base_{base}, path_{program_holds(base) ? "/proc/self/exe" : object} {
    handle_ = program_holds(base) ? dlopen(nullptr, RTLD_LAZY) : dlopen(object, RTLD_LAZY | RTLD_NOLOAD);
  }
  ~Finder() {
    if (handle_ != nullptr) dlclose(handle_);
  }
  Finder(const Finder&) = delete;
  Finder& operator=(const Finder&) = delete;

  // The object stays loaded for good: its functions are called until the process is gone, and another
  // librdkafka must not come to lie where it was.
  void keep() noexcept {
    if (program_holds(base_)) return;
    void* const kept = dlopen(path_, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
    if (kept != nullptr) dlclose(kept);
  }

  // Null if the object does not show it.
  void* find(const char* name) noexcept {
    void* const exported = handle_ != nullptr ? dlsym(handle_, name) : nullptr;
    if (lies_inside(exported)) return exported;
    if (!file_) file_.emplace(path_, reinterpret_cast<std::uintptr_t>(base_));
    void* const hidden = file_->find(name);
    return lies_inside(hidden) ? hidden : nullptr;
  }

 private:
  bool lies_inside(const void* function) const noexcept {
    Dl_info info{};
    return function != nullptr && dladdr(function, &info) != 0 && info.dli_fbase == base_;
  }

  const void* base_;
  const char* path_;
  void* handle_;
  std::optional<SymbolFile> file_;
};

}  // namespace

RdkafkaCopy& RdkafkaCopy::of_index(std::size_t index) noexcept { return copies[index]; }

RdkafkaCopy* RdkafkaCopy::at(const void* address, ProblemText& problem) noexcept {
  Dl_info info{};
  if (dladdr(address, &info) == 0) {
    problem.say({"edgespan: the dynamic linker does not know which librdkafka calls"});
    return nullptr;
  }
  for (std::size_t i = 0; i < copies_known; ++i) {
    if (copies[i].base_ == info.dli_fbase) return &copies[i];
  }
  if (copies_known == copies_max) {
    problem.say({"edgespan: there are more than 4 copies of librdkafka in this process; ", info.dli_fname,
                 " is not traced"});
    return nullptr;
  }
  RdkafkaCopy& copy = copies[copies_known];
  copy.index_ = copies_known;
  if (!copy.bind(info.dli_fbase, info.dli_fname, problem)) return nullptr;
  copies_known += 1;
  sole_functions.store(copies_known == 1 ? &copy.functions_ : nullptr, std::memory_order_relaxed);
  return &copy;
}

bool RdkafkaCopy::bind(const void* base, const char* object, ProblemText& problem) noexcept {
  Finder finder{base, object};
  const char* missing = nullptr;
#define EDGESPAN_RDKAFKA_BIND(name)                                                                    \
  functions_.name##_ = reinterpret_cast<decltype(functions_.name##_)>(finder.find("rd_kafka_" #name)); \
  if (functions_.name##_ == nullptr && missing == nullptr) missing = "rd_kafka_" #name;
  EDGESPAN_RDKAFKA_FUNCTIONS(EDGESPAN_RDKAFKA_BIND)
#undef EDGESPAN_RDKAFKA_BIND
  if (missing != nullptr) {
    // What to do stands first, since some clients have room for 128 bytes.
    return problem.say({"edgespan: link ", file_name(object),
                        " with -rdynamic: it contains librdkafka, is stripped, and shows no ", missing,
                        " to plugins"});
  }
  finder.keep();
  base_ = base;
  return true;
}

}  // namespace edgespan::attach
