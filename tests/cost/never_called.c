/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of librdkafka that stand in what is linked and are never called here. Without the client's
 * header: their types do not matter. */
#include <stdlib.h>

#define NEVER(name) \
  void name(void);  \
  void name(void) { abort(); }

NEVER(rd_kafka_conf)
NEVER(rd_kafka_conf_destroy)
NEVER(rd_kafka_conf_dup)
NEVER(rd_kafka_conf_dup_filter)
NEVER(rd_kafka_conf_get)
NEVER(rd_kafka_conf_interceptor_add_on_conf_dup)
NEVER(rd_kafka_conf_interceptor_add_on_new)
NEVER(rd_kafka_conf_new)
NEVER(rd_kafka_conf_set)
NEVER(rd_kafka_consume_batch_queue)
NEVER(rd_kafka_destroy)
NEVER(rd_kafka_err2str)
NEVER(rd_kafka_error_code)
NEVER(rd_kafka_headers_copy)
NEVER(rd_kafka_headers_destroy)
NEVER(rd_kafka_interceptor_add_on_acknowledgement)
NEVER(rd_kafka_interceptor_add_on_consume)
NEVER(rd_kafka_interceptor_add_on_destroy)
NEVER(rd_kafka_interceptor_add_on_response_received)
NEVER(rd_kafka_interceptor_add_on_send)
NEVER(rd_kafka_last_error)
NEVER(rd_kafka_message_latency)
NEVER(rd_kafka_name)
NEVER(rd_kafka_new)
NEVER(rd_kafka_produce)
NEVER(rd_kafka_produce_batch)
NEVER(rd_kafka_produceva)
NEVER(rd_kafka_purge)
NEVER(rd_kafka_type)
NEVER(rd_kafka_version)
