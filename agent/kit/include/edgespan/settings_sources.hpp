// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace edgespan {

// Where Settings::load() looks. As it stands: this process' environment, and the files that it names.
struct SettingsSources {
  // "NAME=value" each, a null at the end; null: this process' own. In a program that runs with more rights
  // than its caller has it counts as empty.
  const char* const* environment = nullptr;
  // The program's name, for sections and as the service name; empty: this process' own.
  std::string_view program{};
  // "name=value" each, in which the name may begin with "edgespan.".
  std::span<const std::string_view> properties{};
  // More properties will be made: what two settings say only together, such as a least and a most, is not
  // judged yet. One of them may still change.
  bool more_follow = false;
  // Where files lie that the environment does not name: edgespan.ini and conf.d/.
  const char* folder = "/etc/edgespan";
};

}  // namespace edgespan
