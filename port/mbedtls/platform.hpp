// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#include <cstddef>

namespace edgespan::mbedtls {

// From where mbedTLS takes time and chance, in the whole process; nullptr: from nowhere.
void set_platform(const edgespan_clock* clock) noexcept;

// For mbedTLS as its source of chance; `clock` is an edgespan_clock. Fails while that has none.
int random_bytes(void* clock, unsigned char* out, std::size_t n) noexcept;

}  // namespace edgespan::mbedtls
