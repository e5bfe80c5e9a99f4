// SPDX-License-Identifier: Apache-2.0
// How librdkafka, as it was built, reads a counter of 64 bits; names.py looks at the instructions.
#include "rd.h"
#include "rdatomic.h"

int64_t edgespan_abi_counter(rd_atomic64_t* counter);

int64_t edgespan_abi_counter(rd_atomic64_t* counter) { return rd_atomic64_get(counter); }
