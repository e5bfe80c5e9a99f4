// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/sending/sender_options.hpp"

#include <edgespan/propagation.hpp>
#include <edgespan/sampler.hpp>
#include <edgespan/settings.hpp>

#include <CLI/App.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace edgespan::cli {

// How a command traces, and where its spans go.
struct TracingOptions {
  std::string service = "edgespan";
  std::string remote_service = "kafka";  // empty: none
  SenderOptions sender;
  std::optional<double> sample_rate;            // 0 to 1; none: every trace
  RatioRule ratio_rule = RatioRule::magnitude;  // for sample_rate
  std::optional<std::uint32_t> rate_limit;      // traces a second; not together with sample_rate
  unsigned id_bits = 128;                       // of new traces: 64 or 128
  Propagation propagation{};
  bool shared_root = true;
  bool off = false;
  // Null: none are read. Where neither sample_rate nor rate_limit is given, and for what no option says, what
  // was made there counts. Outlives what is started with these options.
  const Settings* settings = nullptr;
};

// Adds the options. Parsing writes to `options`, which must live as long as `app`.
void add_tracing_options(CLI::App& app, TracingOptions& options);

// Reads single, single_no_parent, multi or both: the formats that these words stood for, and w3c_continued.
std::optional<Propagation> parse_b3_format(std::string_view name) noexcept;

}  // namespace edgespan::cli
