// SPDX-License-Identifier: Apache-2.0
// Every function of librdkafka that the plugin calls, for a macro X.
#pragma once

#define EDGESPAN_RDKAFKA_FUNCTIONS(X)     \
  X(conf)                                 \
  X(conf_destroy)                         \
  X(conf_dup)                             \
  X(conf_dup_filter)                      \
  X(conf_get)                             \
  X(conf_interceptor_add_on_conf_dup)     \
  X(conf_interceptor_add_on_conf_set)     \
  X(conf_interceptor_add_on_new)          \
  X(conf_new)                             \
  X(conf_set)                             \
  X(consume_batch_queue)                  \
  X(consumer_poll)                        \
  X(destroy)                              \
  X(err2name)                             \
  X(err2str)                              \
  X(error_code)                           \
  X(header_add)                           \
  X(header_cnt)                           \
  X(header_get_all)                       \
  X(header_remove)                        \
  X(headers_copy)                         \
  X(headers_destroy)                      \
  X(headers_new)                          \
  X(interceptor_add_on_acknowledgement)   \
  X(interceptor_add_on_consume)           \
  X(interceptor_add_on_destroy)           \
  X(interceptor_add_on_response_received) \
  X(interceptor_add_on_send)              \
  X(last_error)                           \
  X(message_destroy)                      \
  X(message_headers)                      \
  X(message_latency)                      \
  X(message_set_headers)                  \
  X(name)                                 \
  X(new)                                  \
  X(produce)                              \
  X(produce_batch)                        \
  X(producev)                             \
  X(produceva)                            \
  X(purge)                                \
  X(topic_name)                           \
  X(type)                                 \
  X(version)
