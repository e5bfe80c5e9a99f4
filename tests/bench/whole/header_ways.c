/* SPDX-License-Identifier: Apache-2.0 */
#include "header_ways.h"

#include <string.h>

static const char key[] = "sensor-042";

/* Where the fields of `b3` begin and end: trace id, span id, decision. */
enum { trace_at = 0, trace_size = 32, span_at = 33, span_size = 16, decision_at = 50 };

const char* whole_way_name(enum whole_way way) {
  static const char* const names[] = {"none", "argument",    "list",         "list_room", "list_no_room",
                                      "copy", "interceptor", "argument_set", "list_set"};
  return names[way];
}

static rd_kafka_headers_t* one(const char* header, size_t room) {
  rd_kafka_headers_t* const list = rd_kafka_headers_new(room);
  rd_kafka_header_add(list, "b3", 2, header, -1);
  return list;
}

static rd_kafka_headers_t* set(const char* header) {
  rd_kafka_headers_t* const list = rd_kafka_headers_new(3);
  rd_kafka_header_add(list, "X-B3-TraceId", 12, header + trace_at, trace_size);
  rd_kafka_header_add(list, "X-B3-SpanId", 11, header + span_at, span_size);
  rd_kafka_header_add(list, "X-B3-Sampled", 12, header + decision_at, 1);
  return list;
}

/* The value in the copy is the copy's own, so it may be written. */
static rd_kafka_headers_t* copy_of(const char* header) {
  static rd_kafka_headers_t* prepared;
  if (prepared == NULL) prepared = one(header, 1);
  rd_kafka_headers_t* const list = rd_kafka_headers_copy(prepared);
  const void* value = NULL;
  size_t size = 0;
  whole_must(rd_kafka_header_get_last(list, "b3", &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR, "no header");
  memcpy((void*)value, header, size);
  return list;
}

#define MESSAGE(work, value, partition)                                              \
  RD_KAFKA_V_TOPIC((work)->topic), RD_KAFKA_V_PARTITION(partition),                  \
      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(key, sizeof key - 1), \
      RD_KAFKA_V_VALUE((void*)(value), (work)->value_bytes)
#define WITH_LIST(made) \
  rd_kafka_producev(rk, MESSAGE(work, value, partition), RD_KAFKA_V_HEADERS(made), RD_KAFKA_V_END)

static rd_kafka_resp_err_t send_in_its_way(rd_kafka_t* rk, const struct whole_case* work, const char* value,
                                           int partition) {
  const char* const header = work->header;
  switch ((enum whole_way)work->way) {
    case whole_argument:
      return rd_kafka_producev(rk, MESSAGE(work, value, partition), RD_KAFKA_V_HEADER("b3", header, -1),
                               RD_KAFKA_V_END);
    case whole_list:
      return WITH_LIST(one(header, 1));
    case whole_list_room:
      return WITH_LIST(one(header, 8));
    case whole_list_no_room:
      return WITH_LIST(one(header, 0));
    case whole_copy:
      return WITH_LIST(copy_of(header));
    case whole_argument_set:
      return rd_kafka_producev(rk, MESSAGE(work, value, partition),
                               RD_KAFKA_V_HEADER("X-B3-TraceId", header + trace_at, trace_size),
                               RD_KAFKA_V_HEADER("X-B3-SpanId", header + span_at, span_size),
                               RD_KAFKA_V_HEADER("X-B3-Sampled", header + decision_at, 1), RD_KAFKA_V_END);
    case whole_list_set:
      return WITH_LIST(set(header));
    default:
      return rd_kafka_producev(rk, MESSAGE(work, value, partition), RD_KAFKA_V_END);
  }
}

void whole_send_one(rd_kafka_t* rk, const struct whole_case* work, const char* value, int partition) {
  whole_must(send_in_its_way(rk, work, value, partition) == RD_KAFKA_RESP_ERR_NO_ERROR,
             "a message was refused");
}

static rd_kafka_resp_err_t on_send(rd_kafka_t* rk, rd_kafka_message_t* message, void* opaque) {
  (void)rk;
  rd_kafka_headers_t* list = NULL;
  if (rd_kafka_message_headers(message, &list) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    rd_kafka_message_set_headers(message, one((const char*)opaque, 1));
  }
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t on_new(rd_kafka_t* rk, const rd_kafka_conf_t* conf, void* opaque, char* text,
                                  size_t size) {
  (void)conf, (void)text, (void)size;
  return rd_kafka_interceptor_add_on_send(rk, "header", on_send, opaque);
}

void whole_intercept(rd_kafka_conf_t* conf, const char* header) {
  whole_must(rd_kafka_conf_interceptor_add_on_new(conf, "header", on_new, (void*)header) ==
                 RD_KAFKA_RESP_ERR_NO_ERROR,
             "the interceptor was refused");
}
