/* SPDX-License-Identifier: Apache-2.0
   A program that loads, forks and ends in ways of its own, and knows nothing of edgespan. It prints what it
   sees, which must be the same with the plugin and without. usage: lifecycle CASE BROKERS TOPIC OTHER
   [PROPERTY=VALUE...], where OTHER is the file of a second librdkafka. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { children = 1000, children_at_once = 12, threads = 3, clients_each = 4 };

/* The functions of one copy of librdkafka that a producer takes. */
struct copy {
  __typeof__(&rd_kafka_conf_new) conf_new;
  __typeof__(&rd_kafka_conf_set) conf_set;
  __typeof__(&rd_kafka_new) make;
  __typeof__(&rd_kafka_producev) producev;
  __typeof__(&rd_kafka_flush) flush;
  __typeof__(&rd_kafka_destroy) destroy;
};

static const struct copy linked = {rd_kafka_conf_new, rd_kafka_conf_set, rd_kafka_new,
                                   rd_kafka_producev, rd_kafka_flush,    rd_kafka_destroy};
static const char* brokers;
static const char* topic;
static char** properties;

static void* open_other(const char* path, struct copy* out) {
  void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
  if (library == NULL) {
    printf("%s\n", dlerror());
    exit(5);
  }
  *(void**)&out->conf_new = dlsym(library, "rd_kafka_conf_new");
  *(void**)&out->conf_set = dlsym(library, "rd_kafka_conf_set");
  *(void**)&out->make = dlsym(library, "rd_kafka_new");
  *(void**)&out->producev = dlsym(library, "rd_kafka_producev");
  *(void**)&out->flush = dlsym(library, "rd_kafka_flush");
  *(void**)&out->destroy = dlsym(library, "rd_kafka_destroy");
  return library;
}

/* Null if a property is refused. */
static rd_kafka_t* try_to_start(const struct copy* of) {
  char errstr[512] = "";
  rd_kafka_conf_t* conf = of->conf_new();
  for (char** property = properties; *property != NULL; ++property) {
    char* const pair = strdup(*property);
    char* const equals = strchr(pair, '=');
    *equals = '\0';
    if (of->conf_set(conf, pair, equals + 1, errstr, sizeof errstr) != RD_KAFKA_CONF_OK) {
      printf("refused: %s\n", errstr);
      return NULL;
    }
    free(pair);
  }
  of->conf_set(conf, "bootstrap.servers", brokers, NULL, 0);
  rd_kafka_t* rk = of->make(RD_KAFKA_PRODUCER, conf, errstr, sizeof errstr);
  if (rk == NULL) printf("not made: %s\n", errstr);
  return rk;
}

static rd_kafka_t* start(const struct copy* of) {
  rd_kafka_t* rk = try_to_start(of);
  if (rk == NULL) exit(3);
  return rk;
}

static void send_one(const struct copy* of, rd_kafka_t* rk, const char* key) {
  of->producev(rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_KEY((void*)key, strlen(key)),
               RD_KAFKA_V_VALUE("value", 5), RD_KAFKA_V_END);
}

static void whole(const struct copy* of, const char* key) {
  rd_kafka_t* rk = start(of);
  send_one(of, rk, key);
  of->flush(rk, 20000);
  of->destroy(rk);
}

/* Two copies at once, then one that is closed, and opened again. */
static void two(const char* path, int unload) {
  struct copy other;
  for (int turn = 0; turn < 1 + unload; ++turn) {
    void* library = open_other(path, &other);
    rd_kafka_t* first = start(&linked);
    rd_kafka_t* second = start(&other);
    send_one(&other, second, "other");
    send_one(&linked, first, "linked");
    linked.flush(first, 20000);
    other.flush(second, 20000);
    linked.destroy(first);
    other.destroy(second);
    if (unload) printf("closed: %d\n", dlclose(library));
  }
}

/* Five copies, each with a client that sends. */
static void crowd(const char* path) {
  struct copy copies[5] = {linked};
  for (int i = 0; i < 5; ++i) {
    char name[512];
    snprintf(name, sizeof name, "%s%d", path, i - 1);
    if (i > 0) open_other(name, &copies[i]);
    rd_kafka_t* rk = try_to_start(&copies[i]);
    if (rk == NULL) continue;
    printf("made\n");
    send_one(&copies[i], rk, "crowd");
    copies[i].flush(rk, 20000);
    copies[i].destroy(rk);
  }
}

static atomic_int children_made;

/* Clients one after the other, all through the storm: each has sent, and is not flushed yet, while its share
   of the children is made. */
static void* makes_clients(void* unused) {
  for (int i = 1; i <= clients_each; ++i) {
    rd_kafka_t* rk = start(&linked);
    send_one(&linked, rk, "thread");
    while (atomic_load(&children_made) < children * i / clients_each) usleep(1000);
    linked.flush(rk, 20000);
    linked.destroy(rk);
  }
  return unused;
}

/* Children by the thousand, while other threads make clients and destroy them. */
static void storm(void) {
  pthread_t makers[threads];
  pid_t pids[children_at_once];
  int sound = 0;
  for (int i = 0; i < threads; ++i) pthread_create(&makers[i], NULL, makes_clients, NULL);
  for (int i = 0; i < children + children_at_once; ++i) {
    pid_t* const place = &pids[i % children_at_once];
    int status = -1;
    if (i >= children_at_once && waitpid(*place, &status, 0) == *place && status == 0) ++sound;
    if (i >= children) continue;
    *place = fork();
    if (*place == 0) _exit(0); /* between threads a child may do little */
    atomic_fetch_add(&children_made, 1);
  }
  for (int i = 0; i < threads; ++i) pthread_join(makers[i], NULL);
  printf("children: %d\n", sound);
}

/* Children of one thread, each with a client; one of them has a child of its own. */
static void generations(void) {
  whole(&linked, "parent");
  for (int i = 0; i < 3; ++i) {
    const pid_t pid = fork();
    if (pid == 0) {
      whole(&linked, "child");
      const pid_t grandchild = i == 0 ? fork() : 1;
      if (grandchild == 0) whole(&linked, "grandchild");
      if (grandchild > 1) waitpid(grandchild, NULL, 0);
      _exit(i);
    }
    int status = -1;
    waitpid(pid, &status, 0);
    printf("child: %d\n", WEXITSTATUS(status));
  }
  whole(&linked, "parent");
}

static void* leaves(void* unused) {
  (void)unused;
  exit(7);
}

int main(int argc, char** argv) {
  if (argc < 5) return 2;
  const char* what = argv[1];
  brokers = argv[2];
  topic = argv[3];
  properties = argv + 5;
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (strcmp(what, "two") == 0) {
    two(argv[4], 0);
  } else if (strcmp(what, "unload") == 0) {
    two(argv[4], 1);
  } else if (strcmp(what, "crowd") == 0) {
    crowd(argv[4]);
  } else if (strcmp(what, "storm") == 0) {
    storm();
  } else if (strcmp(what, "generations") == 0) {
    generations();
  } else if (strcmp(what, "destroyed") == 0) { /* and leaves at once, not by exit() */
    whole(&linked, what);
    printf("sent\n");
    _exit(6);
  } else {
    rd_kafka_t* rk = start(&linked);
    send_one(&linked, rk, what);
    linked.flush(rk, 20000);
    printf("sent\n");
    if (strcmp(what, "_exit") == 0) _exit(6);
    if (strcmp(what, "abort") == 0) abort();
    if (strcmp(what, "exit-in-thread") == 0) {
      pthread_t thread;
      pthread_create(&thread, NULL, leaves, NULL);
      pause();
    }
    pause(); /* until a signal comes */
  }
  printf("end\n");
  return 0;
}
