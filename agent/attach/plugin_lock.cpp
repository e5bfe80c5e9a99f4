// SPDX-License-Identifier: Apache-2.0
#include "attach/plugin_lock.hpp"

#include <pthread.h>

namespace edgespan::attach {
namespace {

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_once_t once = PTHREAD_ONCE_INIT;

void lock() { pthread_mutex_lock(&mutex); }
void unlock() { pthread_mutex_unlock(&mutex); }
void watch_forks() { pthread_atfork(lock, unlock, unlock); }

}  // namespace

PluginLock::PluginLock() noexcept {
  pthread_once(&once, watch_forks);
  lock();
}

PluginLock::~PluginLock() { unlock(); }

}  // namespace edgespan::attach
