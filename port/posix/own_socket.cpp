// SPDX-License-Identifier: Apache-2.0
#include "wide_files.hpp"

#include <edgespan/own_socket.hpp>

#include <sys/stat.h>
#include <unistd.h>

namespace edgespan::posix {
namespace {

// All sockets of a machine have inodes of one numbering, of 32 bits. 0: this is no socket.
std::uint32_t socket_inode(int number) noexcept {
  struct stat file {};
  if (fstat(number, &file) != 0 || !S_ISSOCK(file.st_mode)) return 0;
  return static_cast<std::uint32_t>(file.st_ino);
}

}  // namespace

bool OwnSocket::take(int number) noexcept {
  const std::uint32_t inode = number < 0 ? 0 : socket_inode(number);
  if (inode == 0 && number >= 0) ::close(number);
  number_.store(number);
  inode_.store(inode);
  return inode != 0;
}

bool OwnSocket::intact() const noexcept {
  const std::uint32_t inode = inode_.load();
  return inode != 0 && socket_inode(number_.load()) == inode;
}

void OwnSocket::close() noexcept {
  if (intact()) ::close(number_.load());
  inode_.store(0);
}

}  // namespace edgespan::posix
