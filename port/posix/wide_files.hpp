// SPDX-License-Identifier: Apache-2.0
// Files and times of 64 bits, where a 32-bit glibc would take 32: it cannot tell of a file whose times lie
// behind 2038 otherwise, nor give such a time. To be included before any header of the system; what is
// compiled without it does not notice.
#pragma once

#ifndef _FILE_OFFSET_BITS
#define _FILE_OFFSET_BITS 64  // NOLINT(bugprone-reserved-identifier): the C library reads it
#endif
#ifndef _TIME_BITS
#define _TIME_BITS 64  // NOLINT(bugprone-reserved-identifier): the C library reads it
#endif
