// SPDX-License-Identifier: Apache-2.0
// The only file that knows Relacy.
#include "model/model.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <optional>
#include <ostream>
#include <streambuf>
#include <string_view>

#include "core/assert.hpp"

#include <relacy/relacy.hpp>
// It renames words of the language for programs that are written for it.
#undef memory_order_relaxed
#undef memory_order_consume
#undef memory_order_acquire
#undef memory_order_release
#undef memory_order_acq_rel
#undef memory_order_seq_cst
#undef new
#undef delete
#undef malloc
#undef calloc
#undef realloc
#undef free
#undef $

namespace edgespan::model {
namespace {

rl::debug_info place_of(const Site& site) noexcept {
  const char* const file = site.file_name();
  const char* const slash = std::strrchr(file, '/');
  return {site.function_name(), slash == nullptr ? file : slash + 1, site.line()};
}

const char* why_failed = nullptr;

[[noreturn]] void fail(const char* what, const Site& site) noexcept {
  why_failed = what;
  rl::ctx().fail_test(what, rl::test_result_user_assert_failed, place_of(site));
  __builtin_unreachable();  // the checker has left this thread
}

// ---- What the threads share
// -----------------------------------------------------------------------------------

// A word or a plain value, found by its address.
struct Shadow {
  const void* address = nullptr;
  std::optional<rl::atomic<std::uint64_t>> atomic;
  std::optional<rl::var<int>> plain;
};

class Shadows {
 public:
  void clear() noexcept {
    for (std::size_t i = 0; i < used_count_; ++i) {
      Shadow& shadow = *used_[i];
      // What a way that failed has left is not the checker's any more.
      if (whole_) {
        shadow.atomic.reset();
        shadow.plain.reset();
      }
      new (&shadow) Shadow;
    }
    used_count_ = 0;
    whole_ = false;
  }
  // Every thread came to its end.
  void end() noexcept {
    whole_ = true;
    clear();
  }
  Shadow* find(const void* address) noexcept {
    Shadow& shadow = place(address);
    return shadow.address == nullptr ? nullptr : &shadow;
  }
  Shadow& at(const void* address) noexcept {
    Shadow& shadow = place(address);
    if (shadow.address == nullptr) {
      if (used_count_ == used_.size()) std::abort();
      used_[used_count_++] = &shadow;
      shadow.address = address;
    }
    return shadow;
  }
  rl::atomic<std::uint64_t>& atomic(const void* address, const Site& site) noexcept {
    Shadow& shadow = at(address);
    if (!shadow.atomic) fail("a word that before() did not share", site);
    return *shadow.atomic;
  }

 private:
  Shadow& place(const void* address) noexcept {
    std::size_t i = (reinterpret_cast<std::uintptr_t>(address) >> 1) * 0x9E3779B97F4A7C15U >> 51;
    while (shadows_[i].address != nullptr && shadows_[i].address != address) i = (i + 1) % count;
    return shadows_[i];
  }

  static constexpr std::size_t count = 8'192;
  std::array<Shadow, count> shadows_;
  std::array<Shadow*, 4'096> used_{};
  std::size_t used_count_ = 0;
  bool whole_ = false;
};
// Never destroyed: what a way that failed has left in it is not the checker's any more.
alignas(Shadows) std::array<std::byte, sizeof(Shadows)> shadow_memory;
Shadows& shadows = *new (shadow_memory.data()) Shadows;

bool exploring = false;

// ---- Orders
// ---------------------------------------------------------------------------------------------------

std::array<Place, 256> found_places;
std::size_t found_count = 0;
std::optional<Place> weakened;

bool same(const Place& place, const Site& site, Part part) noexcept {
  return place.site.line() == site.line() && place.part == part &&
         std::strcmp(place.site.file_name(), site.file_name()) == 0;
}

// A hash table would do no better: there are some thirty of them.
void note(const Site& site, const char* operation, Part part) noexcept {
  const auto is_same = [&](const Place& place) { return same(place, site, part); };
  if (std::any_of(found_places.begin(), found_places.begin() + found_count, is_same)) return;
  if (found_count == found_places.size()) std::abort();
  found_places[found_count++] = {site, operation, part};
}

bool holds(const Site& site, const char* operation, Part part) noexcept {
  note(site, operation, part);
  return !weakened || !same(*weakened, site, part);
}

rl::memory_order checked(std::memory_order order, const Site& site, const char* operation) noexcept {
  const bool acquire = (order == std::memory_order_acquire || order == std::memory_order_acq_rel) &&
                       holds(site, operation, Part::acquire);
  const bool release = (order == std::memory_order_release || order == std::memory_order_acq_rel) &&
                       holds(site, operation, Part::release);
  if (order == std::memory_order_seq_cst || order == std::memory_order_consume)
    fail("an order that the agent does not use", site);
  if (acquire) return release ? rl::mo_acq_rel : rl::mo_acquire;
  return release ? rl::mo_release : rl::mo_relaxed;
}

// ---- C++20
// ----------------------------------------------------------------------------------------------------

// Relacy follows C++11, in which a release still covers later relaxed stores of its thread. C++20 ended that,
// so such a store must forget what Relacy has it carry on. The way to Relacy's records, which are private:
template <auto Member>
struct Opened {
  friend auto records_member() { return Member; }
};
auto records_member();
template struct Opened<&rl::generic_atomic<std::uint64_t, false>::impl_>;

template <int Threads>
void release_nothing(rl::atomic_data* data) noexcept {
  auto& records = *static_cast<rl::atomic_data_impl<Threads>*>(data);
  auto& newest = records.history_[records.current_index_ % rl::atomic_history_size];
  for (rl::timestamp_t& order : newest.acq_rel_order_) order = 0;
}

// ---- Relacy's side
// ----------------------------------------------------------------------------------------------

const Scenario* running = nullptr;
std::uint32_t fence_word = 0;
std::uint64_t ways_taken = 0;
std::uint64_t ways_most = 0;

template <int Threads>
struct Suite : rl::test_suite<Suite<Threads>, Threads> {
  Suite() { shadows.clear(); }
  void before() {
    if (ways_taken++ >= ways_most) rl::ctx().rl_until("enough", rl::debug_info{});
    share(&fence_word, 0);
    running->before();
  }
  void thread(unsigned index) { running->thread(index); }
  void after() {
    running->after();
    shadows.end();
  }
};

// Relacy counts every allocation while it runs, so its words go to fixed memory: the last of them are kept.
class LastWords : public std::streambuf {
 public:
  void clear() noexcept { size_ = 0; }
  const char* text() noexcept {
    text_[size_] = 0;
    return text_.data();
  }

 protected:
  int_type overflow(int_type c) override {
    if (size_ + 1 == text_.size()) {
      std::memmove(text_.data(), text_.data() + text_.size() / 2, size_ - text_.size() / 2);
      size_ -= text_.size() / 2;
    }
    text_[size_++] = static_cast<char>(c);
    return c;
  }

 private:
  std::array<char, 16'384> text_{};
  std::size_t size_ = 0;
};
LastWords last_words;

Found explore(const Scenario& scenario, std::uint64_t ways, rl::test_params& params) noexcept {
  last_words.clear();
  std::ostream words{&last_words};
  params.output_stream = params.progress_stream = &words;
  params.execution_depth_limit = 20'000;
  running = &scenario;
  why_failed = nullptr;
  ways_taken = 0;
  ways_most = ways;
  detail::fault_handler = [](const void*) { fail("an assertion of the agent", Site::current()); };
  exploring = true;
  const bool whole = scenario.threads == 2 ? rl::simulate<Suite<2>>(params) : rl::simulate<Suite<3>>(params);
  exploring = false;
  const bool enough = params.test_result == rl::test_result_until_condition_hit;
  if (why_failed == nullptr) why_failed = rl::test_result_str(params.test_result);
  return {whole || enough, whole, params.stop_iteration, why_failed, last_words.text()};
}

}  // namespace

void share(const void* word, std::uint64_t value) noexcept {
  if (!exploring) return;
  Shadow& shadow = shadows.at(word);
  shadow.atomic.emplace();
  shadow.atomic->store(value, rl::mo_relaxed, place_of(Site::current()));
}

std::uint64_t load(const void* word, std::memory_order order, const Site& site) noexcept {
  return shadows.atomic(word, site).load(checked(order, site, "load"), place_of(site));
}

void store(const void* word, std::uint64_t value, std::memory_order order, const Site& site) noexcept {
  rl::atomic<std::uint64_t>& atomic = shadows.atomic(word, site);
  const rl::memory_order made = checked(order, site, "store");
  atomic.store(value, made, place_of(site));
  if (made != rl::mo_relaxed) return;
  rl::atomic_data* const records = atomic.*records_member();
  if (running->threads == 2)
    release_nothing<2>(records);
  else
    release_nothing<3>(records);
}

std::uint64_t add(const void* word, std::uint64_t value, std::memory_order order, const Site& site) noexcept {
  return shadows.atomic(word, site).fetch_add(value, checked(order, site, "fetch_add"), place_of(site));
}

std::uint64_t exchange(const void* word, std::uint64_t value, std::memory_order order,
                       const Site& site) noexcept {
  return shadows.atomic(word, site).exchange(value, checked(order, site, "exchange"), place_of(site));
}

bool compare_exchange(const void* word, std::uint64_t& expected, std::uint64_t value, bool weak,
                      std::memory_order order, std::memory_order failed, const Site& site) noexcept {
  rl::atomic<std::uint64_t>& atomic = shadows.atomic(word, site);
  const rl::debug_info info = place_of(site);
  const rl::memory_order success = checked(order, site, "compare_exchange");
  rl::memory_order failure = rl::mo_relaxed;
  if (failed == std::memory_order_acquire && holds(site, "compare_exchange", Part::failed))
    failure = rl::mo_acquire;
  // Relacy wants a success to be no weaker than a failure.
  if (success == rl::mo_relaxed || success == rl::mo_release) failure = rl::mo_relaxed;
  return weak ? atomic.compare_exchange_weak(expected, value, success, info, failure, info)
              : atomic.compare_exchange_strong(expected, value, success, info, failure, info);
}

void fence() noexcept {
  const Site site = Site::current();
  shadows.atomic(&fence_word, site).fetch_add(1, rl::mo_acq_rel, place_of(site));
}

void read_plain(const void* at, const Site& site) noexcept {
  if (!exploring) return;
  Shadow& shadow = shadows.at(at);
  if (!shadow.plain) fail("a plain value that nobody wrote", site);
  static_cast<void>((*shadow.plain)(place_of(site)).load());
}

void write_plain(const void* at, const Site& site) noexcept {
  if (!exploring) return;
  Shadow& shadow = shadows.at(at);
  if (!shadow.plain) shadow.plain.emplace();
  (*shadow.plain)(place_of(site)).store(0);
}

void zero(const std::uint32_t* words, std::size_t count, const Site& site) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    Shadow* const shadow = shadows.find(words + i);
    if (shadow == nullptr) continue;
    if (shadow->atomic && shadow->atomic->debug_value() != 0)
      shadow->atomic->store(0, rl::mo_relaxed, place_of(site));
    if (shadow->plain) (*shadow->plain)(place_of(site)).store(0);
  }
}

void require(bool holds, const char* what) noexcept {
  if (!holds) fail(what, Site::current());
}

void give_way() noexcept { rl::ctx().yield(1, rl::debug_info{}); }

unsigned thread_index() noexcept { return static_cast<unsigned>(rl::ctx().threadx_->index_); }

std::span<const Place> places() noexcept { return std::span{found_places}.first(found_count); }

void weaken(const Place* place) noexcept {
  weakened.reset();
  if (place != nullptr) weakened = *place;
}

Found search_at_random(const Scenario& scenario, std::uint64_t ways) noexcept {
  rl::test_params params;
  params.search_type = rl::random_scheduler_type;
  params.iteration_count = ways;
  Found found = explore(scenario, ways, params);
  found.complete = false;
  return found;
}

Found search_all(const Scenario& scenario, std::uint64_t ways) noexcept {
  rl::test_params params;
  params.search_type = rl::fair_context_bound_scheduler_type;
  params.context_bound = scenario.switches;
  return explore(scenario, ways, params);
}

}  // namespace edgespan::model
