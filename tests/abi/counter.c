// SPDX-License-Identifier: Apache-2.0
// How librdkafka, as it was built, reads and writes a counter of 64 bits; names.py looks at the instructions.
#include "rd.h"
#include "rdatomic.h"

int64_t edgespan_abi_counter_read(rd_atomic64_t* counter);
void edgespan_abi_counter_write(rd_atomic64_t* counter, int64_t value);

int64_t edgespan_abi_counter_read(rd_atomic64_t* counter) { return rd_atomic64_get(counter); }
void edgespan_abi_counter_write(rd_atomic64_t* counter, int64_t value) {
  (void)rd_atomic64_set(counter, value);
}
