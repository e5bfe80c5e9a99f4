/* SPDX-License-Identifier: Apache-2.0
   A program that knows nothing of edgespan: what it does with librdkafka says its first argument. It prints
   what it sees, which must be the same with the plugin and without. usage: client CASE BROKERS TOPIC
   [PROPERTY=VALUE...] */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char errstr[512];
static const char* brokers;
static const char* topic;

static rd_kafka_conf_t* conf_of(int argc, char** argv) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  for (int i = 4; i < argc; ++i) {
    char* equals = strchr(argv[i], '=');
    *equals = '\0';
    if (rd_kafka_conf_set(conf, argv[i], equals + 1, errstr, sizeof errstr) != RD_KAFKA_CONF_OK &&
        strcmp(argv[1], "tolerant") != 0) {
      printf("refused: %s\n", errstr);
      exit(3);
    }
    *equals = '=';
  }
  rd_kafka_conf_set(conf, "bootstrap.servers", brokers, NULL, 0);
  return conf;
}

static rd_kafka_t* made(rd_kafka_type_t type, rd_kafka_conf_t* conf) {
  rd_kafka_t* rk = rd_kafka_new(type, conf, errstr, sizeof errstr);
  if (rk == NULL) printf("not made\n");
  return rk;
}

static void send_one(rd_kafka_t* rk, const char* key) {
  rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_KEY((void*)key, strlen(key)),
                    RD_KAFKA_V_VALUE("value", 5), RD_KAFKA_V_END);
}

static void end(rd_kafka_t* rk) {
  printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 10000)));
  rd_kafka_destroy(rk);
}

/* Clients that cannot be made, of a configuration that is kept, tried again and destroyed. */
static void fail(int argc, char** argv) {
  for (int i = 0; i < 50; ++i) {
    rd_kafka_conf_t* conf = conf_of(argc, argv);
    rd_kafka_conf_set(conf, "partition.assignment.strategy", "none-such", NULL, 0);
    made(i % 2 == 0 ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER, conf);
    if (i % 3 != 0) {
      rd_kafka_conf_set(conf, "partition.assignment.strategy", "range", NULL, 0);
      rd_kafka_t* rk = made(RD_KAFKA_PRODUCER, conf);
      if (rk != NULL) {
        send_one(rk, "again");
        end(rk);
      }
    } else {
      rd_kafka_conf_destroy(conf);
    }
  }
}

/* A consumer of the topic's one partition. */
static rd_kafka_t* from_the_beginning(rd_kafka_conf_t* conf) {
  rd_kafka_t* rk = made(RD_KAFKA_CONSUMER, conf);
  rd_kafka_poll_set_consumer(rk);
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic, 0)->offset = 0;
  rd_kafka_assign(rk, list);
  rd_kafka_topic_partition_list_destroy(list);
  return rk;
}

static void consume(int argc, char** argv) {
  rd_kafka_t* rk = from_the_beginning(conf_of(argc, argv));
  for (int seen = 0; seen < 2;) {
    rd_kafka_message_t* message = rd_kafka_consumer_poll(rk, 1000);
    if (message == NULL) continue;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      printf("%.*s\n", (int)message->key_len, (const char*)message->key);
      seen += 1;
    }
    rd_kafka_message_destroy(message);
  }
  rd_kafka_consumer_close(rk);
  rd_kafka_destroy(rk);
}

/* All that the topic holds: a line each. */
static void all(int argc, char** argv) {
  rd_kafka_t* rk = from_the_beginning(conf_of(argc, argv));
  for (int ended = 0; !ended;) {
    rd_kafka_message_t* message = rd_kafka_consumer_poll(rk, 1000);
    if (message == NULL) continue;
    ended = message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      printf("%.*s=%.*s\n", (int)message->key_len, (const char*)message->key, (int)message->len,
             (const char*)message->payload);
    }
    rd_kafka_message_destroy(message);
  }
  rd_kafka_consumer_close(rk);
  rd_kafka_destroy(rk);
}

/* Far more messages than the plugin records; prints how many seconds they took, rounded down. */
static void burst(int argc, char** argv) {
  rd_kafka_t* rk = made(RD_KAFKA_PRODUCER, conf_of(argc, argv));
  const time_t began = time(NULL);
  for (int i = 0; i < 1000; ++i) send_one(rk, "burst");
  printf("seconds %ld\n", (long)(time(NULL) - began));
  end(rk);
}

/* A client, and another one in a child of fork. */
static void forks(int argc, char** argv) {
  for (int child = 0; child < 2; ++child) {
    const pid_t pid = child ? fork() : 0;
    if (pid == 0) {
      rd_kafka_t* rk = made(RD_KAFKA_PRODUCER, conf_of(argc, argv));
      send_one(rk, child ? "child" : "parent");
      rd_kafka_flush(rk, 10000);
      rd_kafka_destroy(rk);
      if (child) _exit(0);
    } else {
      int status = -1;
      waitpid(pid, &status, 0);
      printf("child: %d\n", status);
    }
  }
}

int main(int argc, char** argv) {
  const char* what = argv[1];
  brokers = argv[2];
  topic = argv[3];
  if (strcmp(what, "fail") == 0) {
    fail(argc, argv);
  } else if (strcmp(what, "consume") == 0) {
    consume(argc, argv);
  } else if (strcmp(what, "all") == 0) {
    all(argc, argv);
    return 0;
  } else if (strcmp(what, "burst") == 0) {
    burst(argc, argv);
  } else if (strcmp(what, "forks") == 0) {
    forks(argc, argv);
  } else if (strcmp(what, "default") == 0) {
    rd_kafka_t* rk = made(RD_KAFKA_PRODUCER, NULL); /* a client without a configuration */
    if (rk != NULL) rd_kafka_destroy(rk);
  } else {
    rd_kafka_conf_t* conf = conf_of(argc, argv);
    if (strcmp(what, "dup") == 0) {
      rd_kafka_conf_t* copy = rd_kafka_conf_dup(conf);
      rd_kafka_conf_destroy(conf);
      conf = copy;
    }
    if (strcmp(what, "emptied") == 0) rd_kafka_conf_set(conf, "plugin.library.paths", "", NULL, 0);
    rd_kafka_t* rk = made(RD_KAFKA_PRODUCER, conf);
    if (rk == NULL) return 4;
    send_one(rk, what);
    if (strcmp(what, "leave") == 0) { /* ends without a word to librdkafka, once the message is delivered */
      printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 10000)));
      return 0;
    }
    end(rk);
    if (strcmp(what, "turns") == 0) { /* clients in turn */
      rk = made(RD_KAFKA_PRODUCER, conf_of(argc, argv));
      send_one(rk, what);
      end(rk);
    }
  }
  printf("end\n");
  return 0;
}
