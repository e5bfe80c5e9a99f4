/* SPDX-License-Identifier: Apache-2.0
   Takes a topic's messages in one of librdkafka's ways, and knows nothing of edgespan. Prints the key of
   each, and how many headers it has. usage: ways WAY BROKERS TOPIC COUNT [PROPERTY=VALUE...] */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char errstr[512];
static int left;

static void take(rd_kafka_message_t* message) {
  rd_kafka_headers_t* headers = NULL;
  if (message == NULL || message->err != RD_KAFKA_RESP_ERR_NO_ERROR || left == 0) return;
  rd_kafka_message_headers(message, &headers);
  printf("%.*s %zu\n", (int)message->key_len, (const char*)message->key,
         headers == NULL ? (size_t)0 : rd_kafka_header_cnt(headers));
  left -= 1;
}

static void take_and_destroy(rd_kafka_message_t* message) {
  take(message);
  if (message != NULL) rd_kafka_message_destroy(message);
}

static void take_called_back(rd_kafka_message_t* message, void* unused) {
  (void)unused;
  take(message);
}

static void take_event(rd_kafka_queue_t* queue) {
  rd_kafka_event_t* event = rd_kafka_queue_poll(queue, 100);
  const rd_kafka_message_t* message = NULL;
  if (event == NULL) return;
  while ((message = rd_kafka_event_message_next(event)) != NULL) take((rd_kafka_message_t*)message);
  rd_kafka_event_destroy(event);
}

/* With a group: by rd_kafka_assign(). */
static void by_group(rd_kafka_t* rk, const char* way, const char* topic) {
  rd_kafka_message_t* messages[8];
  rd_kafka_poll_set_consumer(rk);
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic, 0)->offset = 0;
  rd_kafka_assign(rk, list);
  rd_kafka_topic_partition_list_destroy(list);
  rd_kafka_queue_t* queue = rd_kafka_queue_get_consumer(rk);
  while (left > 0) {
    if (strcmp(way, "consumer_poll") == 0) {
      take_and_destroy(rd_kafka_consumer_poll(rk, 100));
    } else if (strcmp(way, "event") == 0) {
      take_event(queue);
    } else if (strcmp(way, "consume_queue") == 0) {
      take_and_destroy(rd_kafka_consume_queue(queue, 100));
    } else if (strcmp(way, "consume_callback_queue") == 0) {
      rd_kafka_consume_callback_queue(queue, 100, take_called_back, NULL);
    } else {
      const ssize_t count = rd_kafka_consume_batch_queue(queue, 100, messages, 8);
      for (ssize_t i = 0; i < count; ++i) take_and_destroy(messages[i]);
    }
  }
  rd_kafka_queue_destroy(queue);
  rd_kafka_consumer_close(rk);
}

/* The older consumer, a partition at a time. */
static void by_partition(rd_kafka_t* rk, const char* way, const char* topic) {
  rd_kafka_message_t* messages[8];
  rd_kafka_topic_t* rkt = rd_kafka_topic_new(rk, topic, NULL);
  rd_kafka_consume_start(rkt, 0, 0);
  while (left > 0) {
    if (strcmp(way, "consume") == 0) {
      take_and_destroy(rd_kafka_consume(rkt, 0, 100));
    } else if (strcmp(way, "consume_callback") == 0) {
      rd_kafka_consume_callback(rkt, 0, 100, take_called_back, NULL);
    } else {
      const ssize_t count = rd_kafka_consume_batch(rkt, 0, 100, messages, 8);
      for (ssize_t i = 0; i < count; ++i) take_and_destroy(messages[i]);
    }
  }
  rd_kafka_consume_stop(rkt, 0);
  rd_kafka_topic_destroy(rkt);
}

int main(int argc, char** argv) {
  if (argc < 5) return 2;
  left = atoi(argv[4]);
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "bootstrap.servers", argv[2], NULL, 0);
  rd_kafka_conf_set(conf, "group.id", "g", NULL, 0);
  for (int i = 5; i < argc; ++i) {
    char* const equals = strchr(argv[i], '=');
    *equals = '\0';
    if (rd_kafka_conf_set(conf, argv[i], equals + 1, errstr, sizeof errstr) != RD_KAFKA_CONF_OK) return 3;
  }
  rd_kafka_t* rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, errstr, sizeof errstr);
  if (rk == NULL) return 4;
  const int older = strcmp(argv[1], "consume") == 0 || strcmp(argv[1], "consume_callback") == 0 ||
                    strcmp(argv[1], "consume_batch") == 0;
  (older ? by_partition : by_group)(rk, argv[1], argv[3]);
  rd_kafka_destroy(rk);
  return 0;
}
