/* SPDX-License-Identifier: Apache-2.0
   Every function that the plugin looks for, doing nothing; stubborn.c has those that do something. */
#include "attach/rdkafka_function_list.hpp"

#define DOES_NOTHING(name)   \
  int rd_kafka_##name(void); \
  __attribute__((weak)) int rd_kafka_##name(void) { return 0; }
EDGESPAN_RDKAFKA_FUNCTIONS(DOES_NOTHING)
