// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#include <cstddef>
#include <cstdint>

namespace edgespan::mbedtls {

// Sets the clock from which mbedTLS takes time and entropy, in the whole process. nullptr: it has neither.
// The clock is kept, not copied.
void set_platform(const edgespan_clock* clock) noexcept;

// mbedTLS' callback for random bytes; `clock` is an edgespan_clock. 0, or MBEDTLS_ERR_SSL_NO_RNG while the
// clock has no entropy.
int random_bytes(void* clock, unsigned char* out, std::size_t n) noexcept;

// How often random_bytes() has failed so far. mbedTLS passes its code on in TLS 1.2 only, so the caller
// compares this count before and after.
std::uint32_t random_failures() noexcept;

}  // namespace edgespan::mbedtls
