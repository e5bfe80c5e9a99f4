// SPDX-License-Identifier: Apache-2.0
// Checks of what stands on the command line. A check that fails gives a sentence that says what is accepted.
#pragma once

#include <CLI/App.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace edgespan::cli {

// `wanted` completes the sentence "'text' is not ...", such as "a rate from 0 to 1".
CLI::Validator number_between(double low, double high, const char* wanted);  // NaN is refused
CLI::Validator whole_number_between(double low, double high, const char* wanted);

CLI::Validator not_empty();
CLI::Validator topic_name();   // 1 to 249 bytes
CLI::Validator topic_names();  // the same, separated by commas
CLI::Validator id_bits();      // 64 or 128
CLI::Validator propagation();  // what parse_propagation() reads
CLI::Validator b3_format();    // a name that parse_b3_format() reads
CLI::Validator span_url();     // a URL that parse_span_url() reads
CLI::Validator http_url();     // http:// or https:// alone

// The parts of a list that is separated by commas.
std::vector<std::string> split_list(std::string_view text);

}  // namespace edgespan::cli
