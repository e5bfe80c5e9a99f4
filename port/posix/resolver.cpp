// SPDX-License-Identifier: Apache-2.0
#include "resolver.hpp"

#include "fork_listeners.hpp"
#include "quiet_thread.hpp"

#include <edgespan/wake_up.hpp>

#include <dlfcn.h>
#include <netdb.h>

#include <algorithm>
#include <cstring>

// Weak: a static program has no use for them, and its linker would warn.
#pragma weak dladdr
#pragma weak dlopen

namespace edgespan::posix {

struct Lookup {
  enum class State : std::uint8_t {
    free,
    starting,  // taken, its thread does not run yet
    running,   // somebody waits for it
    orphaned,  // nobody does; its thread frees it
    done,      // somebody has yet to take the result
  };

  std::atomic<State> state{State::free};
  // Made at the first use, and not closed: the thread may send after the waiter has taken the result. A late
  // one is one wake-up too many.
  WakeUp wake_up;
  std::size_t count = 0;
  std::array<char, 256> host{};
  std::array<Address, addresses_max> addresses{};
};

namespace {

using State = Lookup::State;

// A connect deadline of 10 s and a resolver that hangs for 30 s would make three lookups of one agent at
// once, if none were taken up again.
constexpr std::size_t lookups_max = 4;
constexpr std::size_t stack_bytes = 256 * 1024;  // glibc's resolver keeps whole answers on its stack

constinit std::array<Lookup, lookups_max> lookups{};

void collect(const addrinfo* list, Lookup& lookup) noexcept {
  lookup.count = 0;
  for (; list != nullptr && lookup.count < addresses_max; list = list->ai_next) {
    const bool is_ip = list->ai_family == AF_INET || list->ai_family == AF_INET6;
    if (!is_ip || list->ai_addrlen > sizeof(Address)) continue;
    std::memcpy(&lookup.addresses[lookup.count++], list->ai_addr, list->ai_addrlen);
  }
}

void publish(Lookup& lookup) noexcept {
  for (;;) {
    State state = State::running;
    if (lookup.state.compare_exchange_strong(state, State::done)) break;
    state = State::orphaned;
    if (lookup.state.compare_exchange_strong(state, State::free)) return;
  }
  lookup.wake_up.send();
}

void* resolve(void* arg) {
  pthread_setname_np(pthread_self(), "edgespan-dns");
  auto& lookup = *static_cast<Lookup*>(arg);
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const bool found = getaddrinfo(lookup.host.data(), nullptr, &hints, &list) == 0;
  collect(found ? list : nullptr, lookup);
  if (found) freeaddrinfo(list);
  publish(lookup);
  return nullptr;
}

Lookup* take_up_orphan(const char* host) noexcept {
  for (Lookup& lookup : lookups) {
    State state = State::orphaned;
    if (!lookup.state.compare_exchange_strong(state, State::running)) continue;
    if (std::strcmp(lookup.host.data(), host) == 0) return &lookup;
    orphan_lookup(lookup);  // it was taken first, because only its holder may read its name
  }
  return nullptr;
}

Lookup* take_free() noexcept {
  for (Lookup& lookup : lookups) {
    State state = State::free;
    if (lookup.state.compare_exchange_strong(state, State::starting)) return &lookup;
  }
  return nullptr;
}

// Keeps the library with this code mapped for good, whatever the application unloads: nobody can wait for a
// look-up to end, and its thread comes back to this code. Nothing happens in a program, nor where the C
// library cannot load anything.
void stay_mapped() noexcept {
  static constinit std::atomic<bool> done{false};
  if (done.exchange(true) || dladdr == nullptr || dlopen == nullptr) return;
  Dl_info here{};
  if (dladdr(&done, &here) != 0 && here.dli_fname != nullptr) {
    dlopen(here.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
  }
}

bool launch(Lookup& lookup, const char* host) noexcept {
  const std::size_t host_bytes = std::strlen(host) + 1;
  if (host_bytes > lookup.host.size()) return false;
  std::memcpy(lookup.host.data(), host, host_bytes);
  if (!lookup.wake_up.intact() && !lookup.wake_up.make()) return false;
  lookup.wake_up.drain();
  stay_mapped();
  lookup.state.store(State::running);
  pthread_t thread{};
  return create_quiet_thread(thread, stack_bytes, true, "", resolve, &lookup);
}

void forget_all_in_child() {
  for (Lookup& lookup : lookups) {
    // The descriptors are shared with the parent: a child that drained them would steal its wake-up.
    lookup.wake_up.close();
    lookup.state.store(State::free);
  }
}

}  // namespace

Lookup* start_lookup(const char* host) noexcept {
  if (Lookup* const known = take_up_orphan(host)) return known;
  Lookup* const lookup = take_free();
  if (lookup == nullptr) return nullptr;
  if (launch(*lookup, host)) return lookup;
  lookup->state.store(State::free);
  return nullptr;
}

bool lookup_done(const Lookup& lookup) noexcept { return lookup.state.load() == State::done; }

int lookup_descriptor(const Lookup& lookup) noexcept { return lookup.wake_up.descriptor(); }

std::size_t take_addresses(Lookup& lookup, std::span<Address> out) noexcept {
  const std::size_t count = std::min(lookup.count, out.size());
  std::copy_n(lookup.addresses.begin(), count, out.begin());
  lookup.state.store(State::free);
  return count;
}

void orphan_lookup(Lookup& lookup) noexcept {
  State state = State::running;
  if (lookup.state.compare_exchange_strong(state, State::orphaned)) return;
  state = State::done;
  lookup.state.compare_exchange_strong(state, State::free);
}

void prepare_lookups_for_fork() noexcept {
  static constinit edgespan_fork_listener listener{};
  listener.forked = [](void*) { forget_all_in_child(); };
  listen_for_fork(nullptr, &listener, true);
}

}  // namespace edgespan::posix
