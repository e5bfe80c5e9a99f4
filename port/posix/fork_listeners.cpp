// SPDX-License-Identifier: Apache-2.0
#include "fork_listeners.hpp"

#include <errno.h>
#include <pthread.h>

#include <atomic>

namespace edgespan::posix {
namespace {

// Over the list. It is held across a fork, so that the child finds the list whole; nobody else holds it for
// longer than it takes to change a pointer.
pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
edgespan_fork_listener* first = nullptr;

void before_fork() { pthread_mutex_lock(&mutex); }
void in_parent() { pthread_mutex_unlock(&mutex); }
void in_child() {
  for (const edgespan_fork_listener* listener = first; listener != nullptr; listener = listener->next) {
    listener->forked(listener->ctx);
  }
  pthread_mutex_unlock(&mutex);
}

}  // namespace

bool prepare_listeners_for_fork() noexcept {
  static constinit std::atomic<bool> prepared{false};
  if (prepared.exchange(true)) return true;
  const int error = pthread_atfork(before_fork, in_parent, in_child);
  errno = error;
  return error == 0;
}

void listen_for_fork(void*, edgespan_fork_listener* listener, bool add) noexcept {
  pthread_mutex_lock(&mutex);
  edgespan_fork_listener** place = &first;
  while (*place != nullptr && *place != listener) place = &(*place)->next;
  if (add && *place == nullptr) {
    listener->next = nullptr;
    *place = listener;
  } else if (!add && *place != nullptr) {
    *place = listener->next;
  }
  pthread_mutex_unlock(&mutex);
}

}  // namespace edgespan::posix
