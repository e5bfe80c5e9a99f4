// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/sending/sender_options.hpp"

#include <CLI/App.hpp>

#include <string>
#include <string_view>

#include <cstdint>

namespace edgespan::cli {

struct DoctorOptions {
  SenderOptions sender;
  std::string http_headers;           // as the setting of this name
  std::string header_lines;           // http, https: as HttpConfig::headers; empty: none
  std::string headers_made_by;        // for people
  double limit_s = 10;                // of each step
  std::uint16_t query_port = 16'686;  // otlp: where Jaeger, on the collector's host, answers queries
};

// Whether what the doctor is asked about is a program: every URL has a colon.
bool names_program(std::string_view text) noexcept;

// Adds the subcommand. Parsing writes to `options`, which must live as long as `app`.
CLI::App* add_doctor(CLI::App& app, DoctorOptions& options);

}  // namespace edgespan::cli
