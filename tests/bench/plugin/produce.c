/* SPDX-License-Identifier: Apache-2.0
   A program that knows nothing of edgespan sends messages in three ways in turn: by a plain client, bare and
   with the headers of a trace, and by one that the plugin traces. Prints a line for each figure: name and
   nanoseconds a message. usage: produce BROKERS TOPIC COLLECTOR PLUGIN MESSAGES TURNS */
#define _GNU_SOURCE
#include <librdkafka/rdkafka.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCH 1000
#define TURNS_MAX 99

static const char header[] = "463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-1";
static const char parent[] = "00-463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-01";
static char errstr[512];

static double now_ns(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void set(rd_kafka_conf_t* conf, const char* name, const char* value) {
  if (rd_kafka_conf_set(conf, name, value, errstr, sizeof errstr) == RD_KAFKA_CONF_OK) return;
  fprintf(stderr, "%s\n", errstr);
  exit(1);
}

static rd_kafka_t* made(const char* brokers, const char* plugin, const char* collector) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  if (plugin != NULL) {
    set(conf, "plugin.library.paths", plugin);
    set(conf, "edgespan.url", collector);
    set(conf, "edgespan.sample", "always");
    set(conf, "edgespan.service_name", "bench");
  }
  set(conf, "bootstrap.servers", brokers);
  set(conf, "queue.buffering.max.messages", "1000000");
  rd_kafka_t* rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, errstr, sizeof errstr);
  if (rk != NULL) return rk;
  fprintf(stderr, "%s\n", errstr);
  exit(1);
}

static void send_one(rd_kafka_t* rk, const char* topic, int with_header) {
  static char value[100];
  static const char key[] = "pump-00042";
  if (with_header) {
    rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_KEY((void*)key, sizeof key - 1),
                      RD_KAFKA_V_VALUE(value, sizeof value),
                      RD_KAFKA_V_HEADER("b3", header, sizeof header - 1),
                      RD_KAFKA_V_HEADER("traceparent", parent, sizeof parent - 1), RD_KAFKA_V_END);
  } else {
    rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_KEY((void*)key, sizeof key - 1),
                      RD_KAFKA_V_VALUE(value, sizeof value), RD_KAFKA_V_END);
  }
}

struct figure {
  double call_ns;
  double process_ns;
};

/* Of one message: the time of the calls, and that of all threads until the messages are delivered. */
static struct figure turn(rd_kafka_t* rk, const char* topic, int with_header, int messages) {
  struct figure figure = {0, 0};
  const double began = now_ns(CLOCK_PROCESS_CPUTIME_ID);
  for (int sent = 0; sent < messages; sent += BATCH) {
    const double called = now_ns(CLOCK_THREAD_CPUTIME_ID);
    for (int i = 0; i < BATCH; ++i) send_one(rk, topic, with_header);
    figure.call_ns += now_ns(CLOCK_THREAD_CPUTIME_ID) - called;
    rd_kafka_poll(rk, 0);
  }
  rd_kafka_flush(rk, 60000);
  figure.process_ns = now_ns(CLOCK_PROCESS_CPUTIME_ID) - began;
  figure.call_ns /= messages;
  figure.process_ns /= messages;
  return figure;
}

static int by_size(const void* a, const void* b) {
  const double left = *(const double*)a;
  const double right = *(const double*)b;
  return left < right ? -1 : left > right;
}

static double median(double* values, int count) {
  qsort(values, (size_t)count, sizeof *values, by_size);
  return values[count / 2];
}

/* Plain without and with headers, and traced. */
enum { bare, plain, edgespan, ways };
static const char* const names[ways] = {"bare", "plain", "edgespan"};

int main(int argc, char** argv) {
  if (argc != 7) return 2;
  const int messages = atoi(argv[5]);
  const int turns = atoi(argv[6]) < TURNS_MAX ? atoi(argv[6]) : TURNS_MAX;
  rd_kafka_t* untraced = made(argv[1], NULL, NULL);
  rd_kafka_t* traced = made(argv[1], argv[4], argv[3]);
  double call[ways][TURNS_MAX];
  double process[ways][TURNS_MAX];
  turn(untraced, argv[2], 1, BATCH); /* connects */
  turn(traced, argv[2], 0, BATCH);
  for (int i = 0; i < turns; ++i) {
    for (int j = 0; j < ways; ++j) {
      const int way = (i + j) % ways;
      const struct figure figure = turn(way == edgespan ? traced : untraced, argv[2], way == plain, messages);
      call[way][i] = figure.call_ns;
      process[way][i] = figure.process_ns;
    }
  }
  for (int way = 0; way < ways; ++way) {
    printf("plugin_call/%s %f\n", names[way], median(call[way], turns));
    printf("plugin_process/%s %f\n", names[way], median(process[way], turns));
  }
  rd_kafka_destroy(traced);
  rd_kafka_destroy(untraced);
  return 0;
}
