/* SPDX-License-Identifier: Apache-2.0 */
/* The ways in which a program can give a message its trace header. HEADERS.md compares what they take. */
#pragma once

#include "whole.h"

#ifdef __cplusplus
extern "C" {
#endif

enum whole_way {
  whole_no_header,
  whole_argument,     /* RD_KAFKA_V_HEADER among the arguments of the call */
  whole_list,         /* RD_KAFKA_V_HEADERS: a list that was made with room for one */
  whole_list_room,    /* the same, with room for eight */
  whole_list_no_room, /* the same, with room for none */
  whole_copy, /* RD_KAFKA_V_HEADERS: a copy of a list that was made once; the value is written into it */
  whole_interceptor,  /* an on_send interceptor sets a list with room for one, as edgespan does */
  whole_argument_set, /* three headers of the X-B3 set among the arguments */
  whole_list_set,     /* the same three in a list with room for three */
  whole_ways
};

const char* whole_way_name(enum whole_way way);

/* Sends one message of a case, whose `header` is the value that every way but the first gives it. */
void whole_send_one(rd_kafka_t* rk, const struct whole_case* work, const char* value, int partition);

/* For whole_interceptor: makes the clients of a configuration set the header. `header` outlives them. */
void whole_intercept(rd_kafka_conf_t* conf, const char* header);

#ifdef __cplusplus
}
#endif
