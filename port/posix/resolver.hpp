// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/posix_stream.hpp>

#include <span>

// Resolves names without blocking. getaddrinfo can take half a minute and cannot be cancelled, so each lookup
// runs on a detached thread of its own. Lookups lie in a static table, because a stream may be gone before
// its lookup returns.
namespace edgespan::posix {

// Starts a lookup of `host`, or takes up an orphaned one of the same name that is still under way. nullptr:
// all places are taken by lookups that hang, or no thread could be had. `host` is copied.
Lookup* start_lookup(const char* host) noexcept;

bool lookup_done(const Lookup& lookup) noexcept;

// A descriptor that becomes readable when the lookup is done. The lookup owns it: do not close it. -1: the
// application has closed it.
int lookup_descriptor(const Lookup& lookup) noexcept;

// Ends a lookup that is done. Writes its addresses to `out` and returns their number; 0: the name does not
// resolve.
std::size_t take_addresses(Lookup& lookup, std::span<Address> out) noexcept;

// Leaves a lookup that nobody waits for any longer. Its thread ends it, or a new lookup of the same name
// takes it up.
void orphan_lookup(Lookup& lookup) noexcept;

// Makes a forked child begin with an empty table, because the threads of its parent do not exist in it. Call
// at start-up; a second call does nothing.
void prepare_lookups_for_fork() noexcept;

}  // namespace edgespan::posix
