// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#include <cstddef>
#include <edgespan/settings.hpp>
#include <span>

#include "attach/problem_text.hpp"

#if EDGESPAN_ATTACH_GZIP
#include <edgespan/gzip.hpp>

#include <optional>
#endif

namespace edgespan::attach {

// Packs requests, where the setting `gzip` is on. One thread at a time.
class PluginGzip {
 public:
  // False if somebody wants it who made the setting for this plugin, and it was built without zlib.
  static bool check(const Settings& settings, ProblemText& problem) noexcept;

  // For an agent that starts anew, in memory of plugin_gzip_bytes(). Null: nothing is packed.
  const edgespan_gzip* prepare(std::span<std::byte> memory) noexcept;

 private:
#if EDGESPAN_ATTACH_GZIP
  std::optional<gzip::Gzip> gzip_{};
#endif
};

}  // namespace edgespan::attach
