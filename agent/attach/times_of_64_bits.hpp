// SPDX-License-Identifier: Apache-2.0
// 32-bit ARM has 64-bit times from glibc 2.34 on. For an older one these are the functions that the plugin
// calls, under the names that the C library's headers give them: on the older functions, whose times end in
// 2038, and for the date on the kernel's own.
#pragma once

#include <features.h>

// musl has no such macro; there times have 64 bits.
#ifdef __GLIBC_PREREQ
#if !__GLIBC_PREREQ(2, 34) && __SIZEOF_POINTER__ == 4
#define EDGESPAN_ATTACH_TIMES
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

extern "C" {
int __clock_gettime64(clockid_t clock, timespec* out);
int __nanosleep64(const timespec* wanted, timespec* left);
int __ppoll64(pollfd* descriptors, nfds_t count, const timespec* timeout, const sigset_t* signals);
int __pthread_cond_timedwait64(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* until);
int __getsockopt64(int socket, int level, int option, void* value, socklen_t* size);
int __setsockopt64(int socket, int level, int option, const void* value, socklen_t size);
int __fstat64_time64(int file, struct stat* out);
}
#endif
#endif
