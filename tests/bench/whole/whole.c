/* SPDX-License-Identifier: Apache-2.0 */
#include "whole.h"

#include "header_ways.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { patience_ms = 20000, round_messages = 1000 };

void whole_must(int ok, const char* what) {
  if (ok) return;
  fprintf(stderr, "edgespan_whole: %s\n", what);
  exit(2);
}

static double cpu_ns(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static struct whole_usage now(void) {
  const struct whole_usage usage = {cpu_ns(CLOCK_THREAD_CPUTIME_ID), cpu_ns(CLOCK_PROCESS_CPUTIME_ID),
                                    (double)whole_allocations(), 0};
  return usage;
}

static struct whole_usage since(struct whole_usage begun, size_t messages) {
  struct whole_usage usage = now();
  usage.caller_ns = (usage.caller_ns - begun.caller_ns) / (double)messages;
  usage.process_ns = (usage.process_ns - begun.process_ns) / (double)messages;
  usage.allocations = (usage.allocations - begun.allocations) / (double)messages;
  return usage;
}

/* The last count of the bytes that were sent to brokers, and how often it was told. */
static long long sent_bytes;
static unsigned told;

static int on_statistics(rd_kafka_t* rk, char* json, size_t size, void* opaque) {
  (void)rk, (void)size, (void)opaque;
  const char* const found = strstr(json, "\"tx_bytes\":");
  if (found != NULL) sent_bytes = strtoll(found + strlen("\"tx_bytes\":"), NULL, 10);
  ++told;
  return 0;
}

static long long bytes_now(rd_kafka_t* rk) {
  const unsigned before = told;
  for (int i = 0; i < patience_ms / 10 && told < before + 2; ++i) rd_kafka_poll(rk, 10);
  whole_must(told >= before + 2, "no statistics came");
  return sent_bytes;
}

static void on_report(rd_kafka_t* rk, const rd_kafka_message_t* message, void* opaque) {
  (void)rk, (void)opaque;
  whole_must(message->err == RD_KAFKA_RESP_ERR_NO_ERROR, "a message was not delivered");
}

static rd_kafka_conf_t* conf_of(const char* brokers, const char* const (*settings)[2]) {
  char errstr[256] = "";
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  whole_must(rd_kafka_conf_set(conf, "bootstrap.servers", brokers, errstr, sizeof errstr) == RD_KAFKA_CONF_OK,
             errstr);
  for (; (*settings)[0] != NULL; ++settings) {
    whole_must(
        rd_kafka_conf_set(conf, (*settings)[0], (*settings)[1], errstr, sizeof errstr) == RD_KAFKA_CONF_OK,
        errstr);
  }
  return conf;
}

rd_kafka_conf_t* whole_producer_conf(const char* brokers) {
  static const char* const settings[][2] = {
      {"linger.ms", "5"}, {"statistics.interval.ms", "100"}, {NULL, NULL}};
  rd_kafka_conf_t* const conf = conf_of(brokers, settings);
  rd_kafka_conf_set_dr_msg_cb(conf, on_report);
  rd_kafka_conf_set_stats_cb(conf, on_statistics);
  return conf;
}

rd_kafka_conf_t* whole_consumer_conf(const char* brokers) {
  static const char* const settings[][2] = {
      {"group.id", "whole"}, {"enable.auto.commit", "false"}, {"fetch.wait.max.ms", "10"}, {NULL, NULL}};
  return conf_of(brokers, settings);
}

static char* value_of(const struct whole_case* work) {
  char* const value = malloc(work->value_bytes);
  whole_must(value != NULL, "no memory");
  memset(value, 'v', work->value_bytes);
  return value;
}

static void send_many(rd_kafka_t* rk, const struct whole_case* work, const char* value, size_t messages) {
  for (size_t done = 0; done < messages;) {
    for (size_t i = 0; i < round_messages && done < messages; ++i, ++done) {
      whole_send_one(rk, work, value, (int)(done % (size_t)work->partitions));
      if (done % 100 == 0) rd_kafka_poll(rk, 0);
    }
    whole_must(rd_kafka_flush(rk, patience_ms) == RD_KAFKA_RESP_ERR_NO_ERROR, "messages were not delivered");
  }
}

struct whole_usage whole_produce(rd_kafka_t* rk, const struct whole_case* work) {
  char* const value = value_of(work);
  /* The first message finds the topic, whatever its partition. */
  whole_send_one(rk, work, value, RD_KAFKA_PARTITION_UA);
  whole_must(rd_kafka_flush(rk, patience_ms) == RD_KAFKA_RESP_ERR_NO_ERROR,
             "the first message was not delivered");
  send_many(rk, work, value, round_messages);
  const long long bytes_before = bytes_now(rk);
  const struct whole_usage begun = now();
  send_many(rk, work, value, work->messages);
  struct whole_usage usage = since(begun, work->messages);
  usage.wire_bytes = (double)(bytes_now(rk) - bytes_before) / (double)work->messages;
  rd_kafka_destroy(rk);
  free(value);
  return usage;
}

void whole_fill(rd_kafka_t* rk, const struct whole_case* work) {
  char* const value = value_of(work);
  send_many(rk, work, value, work->messages);
  rd_kafka_destroy(rk);
  free(value);
}

static void assign(rd_kafka_t* rk, const struct whole_case* work, int64_t offset) {
  rd_kafka_topic_partition_list_t* const list = rd_kafka_topic_partition_list_new(work->partitions);
  for (int i = 0; i < work->partitions; ++i) {
    rd_kafka_topic_partition_list_add(list, work->topic, i)->offset = offset;
  }
  whole_must(rd_kafka_assign(rk, list) == RD_KAFKA_RESP_ERR_NO_ERROR, "assign failed");
  rd_kafka_topic_partition_list_destroy(list);
}

/* A program that sends a header reads it, too. */
static void take_one(rd_kafka_t* rk, const struct whole_case* work) {
  rd_kafka_message_t* const message = rd_kafka_consumer_poll(rk, patience_ms);
  whole_must(message != NULL && message->err == RD_KAFKA_RESP_ERR_NO_ERROR, "a message did not come back");
  if (work->header != NULL) {
    rd_kafka_headers_t* list = NULL;
    const void* text = NULL;
    size_t size = 0;
    whole_must(rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR &&
                   rd_kafka_header_get_last(list, "b3", &text, &size) == RD_KAFKA_RESP_ERR_NO_ERROR,
               "a header did not come back");
  }
  rd_kafka_message_destroy(message);
}

/* Until all messages wait in the client. */
static void await_fetched(rd_kafka_t* rk, const struct whole_case* work) {
  rd_kafka_queue_t* const queue = rd_kafka_queue_get_consumer(rk);
  whole_must(queue != NULL, "a consumer without a queue");
  for (int i = 0; i < patience_ms && rd_kafka_queue_length(queue) < work->messages; ++i) usleep(1000);
  whole_must(rd_kafka_queue_length(queue) >= work->messages, "not all messages were fetched");
  rd_kafka_queue_destroy(queue);
}

/* So that all that the client fetches falls into what is measured, it is connected before, by the last
 * message of each partition, and then begins anew. The caller takes its messages when all are there: one that
 * is as quick as the broker sleeps and wakes for some of them, as chance has it. */
struct whole_usage whole_consume(rd_kafka_t* rk, const struct whole_case* work) {
  rd_kafka_poll_set_consumer(rk);
  assign(rk, work, RD_KAFKA_OFFSET_TAIL(1));
  for (int i = 0; i < work->partitions; ++i) take_one(rk, work);
  struct whole_usage begun = now();
  assign(rk, work, RD_KAFKA_OFFSET_BEGINNING);
  await_fetched(rk, work);
  begun.caller_ns = now().caller_ns;
  for (size_t i = 0; i < work->messages; ++i) take_one(rk, work);
  const struct whole_usage usage = since(begun, work->messages);
  rd_kafka_consumer_close(rk);
  rd_kafka_destroy(rk);
  return usage;
}
