// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/doctor/finding.hpp"

#include <string>

namespace edgespan::cli {

// How a program that nobody recompiles can be traced.
struct ProgramDiagnosis {
  enum class Way {
    preload,        // by LD_PRELOAD, and by configuration
    configuration,  // by plugin.library.paths alone: no preload comes before its librdkafka
    none,
  };
  std::string program;     // the file that was found; of a script, its interpreter's; empty: there is none
  std::string librdkafka;  // the file that holds it; empty: none that the program's file names
  Way way = Way::none;
  Finding found;    // what the program is
  Finding rdkafka;  // where its librdkafka is
  Finding reached;  // whether a plugin reaches it, and how
};

// Looks at a program without running it. `name` is looked for as a shell does.
ProgramDiagnosis diagnose_program(const std::string& name);

}  // namespace edgespan::cli
