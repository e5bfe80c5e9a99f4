// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/posix_stream.hpp>

#include <span>

// Names to addresses without blocking. getaddrinfo can take half a minute and cannot be cancelled, so each
// lookup runs on a detached thread of its own and lives in a static table: whoever asked may be gone when it
// returns.
namespace edgespan::posix {

// Starts a lookup of `host`, or takes up an orphaned one of the same name that is still under way. nullptr:
// all places are taken by lookups that hang, or no thread could be had. `host` is copied.
Lookup* start_lookup(const char* host) noexcept;

bool lookup_done(const Lookup& lookup) noexcept;

// Becomes readable when the lookup is done; belongs to the lookup.
int lookup_descriptor(const Lookup& lookup) noexcept;

// Ends a lookup that is done: how many addresses (0: the name does not resolve) were written to `out`.
std::size_t take_addresses(Lookup& lookup, std::span<Address> out) noexcept;

// Ends a lookup that nobody waits for any longer.
void orphan_lookup(Lookup& lookup) noexcept;

// Lets a forked child begin with an empty table: the threads of its parent do not exist in it. Call at
// start-up.
bool prepare_lookups_for_fork() noexcept;

}  // namespace edgespan::posix
