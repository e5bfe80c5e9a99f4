// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace edgespan::attach {

// Held while a configuration is prepared, a setting is made or the agent starts; never while messages pass.
// fork() waits for it, so that a child finds it free.
class PluginLock {
 public:
  PluginLock() noexcept;
  ~PluginLock();
  PluginLock(const PluginLock&) = delete;
  PluginLock& operator=(const PluginLock&) = delete;
};

}  // namespace edgespan::attach
