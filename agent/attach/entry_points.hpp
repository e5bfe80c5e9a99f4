// SPDX-License-Identifier: Apache-2.0
// All that the plugin's file exports.
#pragma once

#include <cstddef>

#include "attach/rdkafka_functions.hpp"

extern "C" {

// Called by librdkafka for each configuration whose plugin.library.paths names this file.
__attribute__((visibility("default"))) rd_kafka_resp_err_t conf_init(rd_kafka_conf_t* conf, void** opaque,
                                                                     char* errstr, std::size_t errstr_size);

// With LD_PRELOAD this file's function stands before librdkafka's: it prepares the configuration and calls
// the one that the caller would have called. What is wrong with the settings is told once, on standard error;
// the program then runs untraced.
__attribute__((visibility("default")))
rd_kafka_t*(rd_kafka_new)(rd_kafka_type_t type, rd_kafka_conf_t* conf, char* errstr, std::size_t errstr_size);
}
