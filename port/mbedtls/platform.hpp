// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#include <cstddef>
#include <cstdint>

namespace edgespan::mbedtls {

// From where mbedTLS takes time and chance, in the whole process; nullptr: from nowhere.
void set_platform(const edgespan_clock* clock) noexcept;

// For mbedTLS as its source of chance; `clock` is an edgespan_clock. Fails while that has none.
int random_bytes(void* clock, unsigned char* out, std::size_t n) noexcept;
// How often it has failed so far: mbedTLS passes its code on from TLS 1.2 alone.
std::uint32_t random_failures() noexcept;

}  // namespace edgespan::mbedtls
