// SPDX-License-Identifier: Apache-2.0
// The functions of one copy of librdkafka, and how the plugin calls them. The compiler includes this header
// first in every source of the plugin, those of agent/kafka among them: what is written rd_kafka_x(...) calls
// the copy that is current, and no name of librdkafka stays undefined.
#pragma once

#include <librdkafka/rdkafka.h>

#include <atomic>

#include "attach/rdkafka_function_list.hpp"

namespace edgespan::attach {

struct RdkafkaFunctions {
#define EDGESPAN_RDKAFKA_MEMBER(name) decltype(&::rd_kafka_##name) name##_ = nullptr;
  EDGESPAN_RDKAFKA_FUNCTIONS(EDGESPAN_RDKAFKA_MEMBER)
#undef EDGESPAN_RDKAFKA_MEMBER
};

// Of the copy whose interceptor this thread is in; null elsewhere.
// NOLINTNEXTLINE(bugprone-dynamic-static-initializers): it is constinit
extern constinit thread_local const RdkafkaFunctions* current_functions;
// Of the copy that started the agent: for the reporter's thread, and for a producer of spans.
// NOLINTNEXTLINE(bugprone-dynamic-static-initializers): it is constinit
extern constinit const RdkafkaFunctions* agents_functions;

// Of the only copy in this process, so that nobody need look at the thread; null before there is one, and for
// good once there are several. A second copy is known before it has a client.
// NOLINTNEXTLINE(bugprone-dynamic-static-initializers): it is constinit
extern constinit std::atomic<const RdkafkaFunctions*> sole_functions;

inline const RdkafkaFunctions& rdkafka() noexcept {
  if (const RdkafkaFunctions* const sole = sole_functions.load(std::memory_order_relaxed)) return *sole;
  const RdkafkaFunctions* const current = current_functions;
  return current != nullptr ? *current : *agents_functions;
}

}  // namespace edgespan::attach

#define rd_kafka_conf(...) ::edgespan::attach::rdkafka().conf_(__VA_ARGS__)
#define rd_kafka_conf_destroy(...) ::edgespan::attach::rdkafka().conf_destroy_(__VA_ARGS__)
#define rd_kafka_conf_dup(...) ::edgespan::attach::rdkafka().conf_dup_(__VA_ARGS__)
#define rd_kafka_conf_dup_filter(...) ::edgespan::attach::rdkafka().conf_dup_filter_(__VA_ARGS__)
#define rd_kafka_conf_get(...) ::edgespan::attach::rdkafka().conf_get_(__VA_ARGS__)
#define rd_kafka_conf_interceptor_add_on_conf_dup(...) \
  ::edgespan::attach::rdkafka().conf_interceptor_add_on_conf_dup_(__VA_ARGS__)
#define rd_kafka_conf_interceptor_add_on_conf_set(...) \
  ::edgespan::attach::rdkafka().conf_interceptor_add_on_conf_set_(__VA_ARGS__)
#define rd_kafka_conf_interceptor_add_on_new(...) \
  ::edgespan::attach::rdkafka().conf_interceptor_add_on_new_(__VA_ARGS__)
#define rd_kafka_conf_new(...) ::edgespan::attach::rdkafka().conf_new_(__VA_ARGS__)
#define rd_kafka_conf_set(...) ::edgespan::attach::rdkafka().conf_set_(__VA_ARGS__)
#define rd_kafka_consume_batch_queue(...) ::edgespan::attach::rdkafka().consume_batch_queue_(__VA_ARGS__)
#define rd_kafka_consumer_poll(...) ::edgespan::attach::rdkafka().consumer_poll_(__VA_ARGS__)
#define rd_kafka_destroy(...) ::edgespan::attach::rdkafka().destroy_(__VA_ARGS__)
#define rd_kafka_err2name(...) ::edgespan::attach::rdkafka().err2name_(__VA_ARGS__)
#define rd_kafka_err2str(...) ::edgespan::attach::rdkafka().err2str_(__VA_ARGS__)
#define rd_kafka_error_code(...) ::edgespan::attach::rdkafka().error_code_(__VA_ARGS__)
#define rd_kafka_header_add(...) ::edgespan::attach::rdkafka().header_add_(__VA_ARGS__)
#define rd_kafka_header_cnt(...) ::edgespan::attach::rdkafka().header_cnt_(__VA_ARGS__)
#define rd_kafka_header_get_all(...) ::edgespan::attach::rdkafka().header_get_all_(__VA_ARGS__)
#define rd_kafka_header_remove(...) ::edgespan::attach::rdkafka().header_remove_(__VA_ARGS__)
#define rd_kafka_headers_copy(...) ::edgespan::attach::rdkafka().headers_copy_(__VA_ARGS__)
#define rd_kafka_headers_destroy(...) ::edgespan::attach::rdkafka().headers_destroy_(__VA_ARGS__)
#define rd_kafka_headers_new(...) ::edgespan::attach::rdkafka().headers_new_(__VA_ARGS__)
#define rd_kafka_interceptor_add_on_acknowledgement(...) \
  ::edgespan::attach::rdkafka().interceptor_add_on_acknowledgement_(__VA_ARGS__)
#define rd_kafka_interceptor_add_on_consume(...) \
  ::edgespan::attach::rdkafka().interceptor_add_on_consume_(__VA_ARGS__)
#define rd_kafka_interceptor_add_on_destroy(...) \
  ::edgespan::attach::rdkafka().interceptor_add_on_destroy_(__VA_ARGS__)
#define rd_kafka_interceptor_add_on_response_received(...) \
  ::edgespan::attach::rdkafka().interceptor_add_on_response_received_(__VA_ARGS__)
#define rd_kafka_interceptor_add_on_send(...) \
  ::edgespan::attach::rdkafka().interceptor_add_on_send_(__VA_ARGS__)
#define rd_kafka_last_error(...) ::edgespan::attach::rdkafka().last_error_(__VA_ARGS__)
#define rd_kafka_message_destroy(...) ::edgespan::attach::rdkafka().message_destroy_(__VA_ARGS__)
#define rd_kafka_message_headers(...) ::edgespan::attach::rdkafka().message_headers_(__VA_ARGS__)
#define rd_kafka_message_latency(...) ::edgespan::attach::rdkafka().message_latency_(__VA_ARGS__)
#define rd_kafka_message_set_headers(...) ::edgespan::attach::rdkafka().message_set_headers_(__VA_ARGS__)
#define rd_kafka_name(...) ::edgespan::attach::rdkafka().name_(__VA_ARGS__)
#define rd_kafka_new(...) ::edgespan::attach::rdkafka().new_(__VA_ARGS__)
#define rd_kafka_produce(...) ::edgespan::attach::rdkafka().produce_(__VA_ARGS__)
#define rd_kafka_produce_batch(...) ::edgespan::attach::rdkafka().produce_batch_(__VA_ARGS__)
#define rd_kafka_producev(...) ::edgespan::attach::rdkafka().producev_(__VA_ARGS__)
#define rd_kafka_produceva(...) ::edgespan::attach::rdkafka().produceva_(__VA_ARGS__)
#define rd_kafka_purge(...) ::edgespan::attach::rdkafka().purge_(__VA_ARGS__)
#define rd_kafka_topic_name(...) ::edgespan::attach::rdkafka().topic_name_(__VA_ARGS__)
#define rd_kafka_type(...) ::edgespan::attach::rdkafka().type_(__VA_ARGS__)
#define rd_kafka_version(...) ::edgespan::attach::rdkafka().version_(__VA_ARGS__)
