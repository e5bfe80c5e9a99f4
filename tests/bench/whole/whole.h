/* SPDX-License-Identifier: Apache-2.0 */
/* A producer and a consumer as programs in C have them, and what each of their messages takes. */
#pragma once

#include <librdkafka/rdkafka.h>

#ifdef __cplusplus
extern "C" {
#endif

struct whole_case {
  const char* topic;
  int partitions;
  size_t value_bytes;
  size_t messages;
  /* The value of a header `b3` that the program itself writes and reads; null: none. */
  const char* header;
  int way; /* how the header is given to librdkafka: an enum whole_way */
};

/* Of one message. */
struct whole_usage {
  double caller_ns;   /* processor time of the thread that calls librdkafka */
  double process_ns;  /* of all threads */
  double allocations; /* calls of malloc and its kin, of all threads */
  double wire_bytes;  /* sent to the broker, by librdkafka's statistics; 0: not known */
};

/* Ends the process with a sentence on stderr. */
void whole_must(int ok, const char* what);

/* The settings of both clients; the caller owns the configuration. */
rd_kafka_conf_t* whole_producer_conf(const char* brokers);
rd_kafka_conf_t* whole_consumer_conf(const char* brokers);

/* All three destroy their client. whole_fill() sends messages unmeasured, and whole_consume() takes as many:
 * all that the topic holds. */
struct whole_usage whole_produce(rd_kafka_t* rk, const struct whole_case* work);
void whole_fill(rd_kafka_t* rk, const struct whole_case* work);
struct whole_usage whole_consume(rd_kafka_t* rk, const struct whole_case* work);

/* Since the start of the process. */
unsigned long long whole_allocations(void);

#ifdef __cplusplus
}
#endif
