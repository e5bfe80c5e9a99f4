// SPDX-License-Identifier: Apache-2.0
#include "attach/times_of_64_bits.hpp"

#ifdef EDGESPAN_ATTACH_TIMES
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <limits>

namespace {

static_assert(sizeof(timespec::tv_sec) == 8);

struct OldTime {
  std::int32_t seconds;
  std::int32_t nanoseconds;
};

OldTime old_of(const timespec& time) noexcept {
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
  return {static_cast<std::int32_t>(std::min<std::int64_t>(time.tv_sec, most)),
          static_cast<std::int32_t>(time.tv_nsec)};
}

timespec new_of(const OldTime& time) noexcept {
  timespec out{};
  out.tv_sec = time.seconds;
  out.tv_nsec = time.nanoseconds;
  return out;
}

// What fstat64() of the kernel writes on ARM (struct stat64 of asm/stat.h).
struct OldStat {
  std::uint64_t device;
  std::uint32_t unused_before, short_inode, mode, links, user, group;
  std::uint64_t device_itself;
  std::uint32_t unused_between, unused_here;
  std::int64_t bytes;
  std::uint32_t block_bytes, unused_behind;
  std::uint64_t blocks;
  std::array<std::uint32_t, 6>
      times;  // of access, change of content, change of the file: each with nanoseconds
  std::uint64_t inode;
};
static_assert(sizeof(OldStat) == 104);

extern "C" {
int old_clock_gettime(clockid_t, OldTime*) __asm__("clock_gettime");
int old_nanosleep(const OldTime*, OldTime*) __asm__("nanosleep");
int old_ppoll(pollfd*, nfds_t, const OldTime*, const sigset_t*) __asm__("ppoll");
int old_timedwait(pthread_cond_t*, pthread_mutex_t*, const OldTime*) __asm__("pthread_cond_timedwait");
int old_getsockopt(int, int, int, void*, socklen_t*) __asm__("getsockopt");
int old_setsockopt(int, int, int, const void*, socklen_t) __asm__("setsockopt");
}

// As the kernel's clock_gettime64() writes it.
struct KernelTime {
  std::int64_t seconds;
  std::int64_t nanoseconds;
};
constexpr long kernel_clock_gettime64 = 403;  // from Linux 5.1 on

}  // namespace

extern "C" {

// The clocks that count from the start of the machine fit into the older function, which the kernel's vDSO
// answers.
int __clock_gettime64(clockid_t clock, timespec* out) {
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) {
    KernelTime time{};
    if (syscall(kernel_clock_gettime64, clock, &time) == 0) {
      *out = {};
      out->tv_sec = time.seconds;
      out->tv_nsec = static_cast<long>(time.nanoseconds);
      return 0;
    }
    if (errno != ENOSYS) return -1;
  }
  OldTime time{};
  const int failed = old_clock_gettime(clock, &time);
  if (failed == 0) *out = new_of(time);
  return failed;
}

int __nanosleep64(const timespec* wanted, timespec* left) {
  const OldTime time = old_of(*wanted);
  OldTime rest{};
  const int failed = old_nanosleep(&time, &rest);
  if (failed != 0 && left != nullptr) *left = new_of(rest);
  return failed;
}

int __ppoll64(pollfd* descriptors, nfds_t count, const timespec* timeout, const sigset_t* signals) {
  if (timeout == nullptr) return old_ppoll(descriptors, count, nullptr, signals);
  const OldTime time = old_of(*timeout);
  return old_ppoll(descriptors, count, &time, signals);
}

int __pthread_cond_timedwait64(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* until) {
  const OldTime time = old_of(*until);
  return old_timedwait(condition, mutex, &time);
}

int __getsockopt64(int socket, int level, int option, void* value, socklen_t* size) {
  return old_getsockopt(socket, level, option, value, size);
}

int __setsockopt64(int socket, int level, int option, const void* value, socklen_t size) {
  return old_setsockopt(socket, level, option, value, size);
}

int __fstat64_time64(int file, struct stat* out) {
  OldStat found{};
  if (syscall(SYS_fstat64, file, &found) != 0) return -1;
  *out = {};
  out->st_dev = found.device;
  out->st_ino = found.inode;
  out->st_mode = found.mode;
  out->st_nlink = found.links;
  out->st_uid = found.user;
  out->st_gid = found.group;
  out->st_rdev = found.device_itself;
  out->st_size = found.bytes;
  out->st_blksize = static_cast<blksize_t>(found.block_bytes);
  out->st_blocks = static_cast<blkcnt_t>(found.blocks);
  out->st_atim.tv_sec = found.times[0];
  out->st_mtim.tv_sec = found.times[2];
  out->st_ctim.tv_sec = found.times[4];
  return 0;
}
}
#endif
