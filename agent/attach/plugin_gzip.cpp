// SPDX-License-Identifier: Apache-2.0
#include "attach/plugin_gzip.hpp"

#include <edgespan/plugin_memory.hpp>

namespace edgespan::attach {

#if EDGESPAN_ATTACH_GZIP
static_assert(plugin_gzip_bytes(0) == gzip::memory_bytes(0) && plugin_gzip_bytes(2) == gzip::memory_bytes(2));

bool PluginGzip::check(const Settings&, ProblemText&) noexcept { return true; }

const edgespan_gzip* PluginGzip::prepare(std::span<std::byte> memory) noexcept {
  gzip_.reset();
  if (memory.empty()) return nullptr;
  gzip_.emplace();
  return gzip_->init(memory) ? &gzip_->table() : nullptr;
}
#else
bool PluginGzip::check(const Settings& settings, ProblemText& problem) noexcept {
  if (!settings.flag(SettingId::gzip) || settings.made_for_others(SettingId::gzip)) return true;
  return problem.say({"edgespan: gzip 'on': this plugin was built without zlib; leave it out"});
}

const edgespan_gzip* PluginGzip::prepare(std::span<std::byte>) noexcept { return nullptr; }
#endif

}  // namespace edgespan::attach
