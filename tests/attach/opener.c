/* SPDX-License-Identifier: Apache-2.0
   A program that opens librdkafka when it runs and looks its functions up, as .NET's and Ruby's modules do.
   usage: opener LIBRARY BROKERS TOPIC [PROPERTY=VALUE...]: sends a message. */
#include <dlfcn.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void* library;

static void* function(const char* name) {
  void* const found = dlsym(library, name);
  if (found == NULL) {
    printf("no %s\n", name);
    exit(5);
  }
  return found;
}

#define LOOKED_UP(name) __typeof__(&rd_kafka_##name) const name = function("rd_kafka_" #name)

int main(int argc, char** argv) {
  char errstr[512] = "";
  library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  if (library == NULL || argc < 4) return 9;
  LOOKED_UP(conf_new);
  LOOKED_UP(conf_set);
  LOOKED_UP(new);
  LOOKED_UP(producev);
  LOOKED_UP(flush);
  LOOKED_UP(destroy);
  LOOKED_UP(err2name);
  rd_kafka_conf_t* const conf = conf_new();
  conf_set(conf, "bootstrap.servers", argv[2], NULL, 0);
  for (int i = 4; i < argc; ++i) {
    char* const equals = strchr(argv[i], '=');
    *equals = '\0';
    if (conf_set(conf, argv[i], equals + 1, errstr, sizeof errstr) != RD_KAFKA_CONF_OK) {
      printf("refused: %s\n", errstr);
      return 3;
    }
  }
  rd_kafka_t* const rk = new (RD_KAFKA_PRODUCER, conf, errstr, sizeof errstr);
  if (rk == NULL) return 4;
  producev(rk, RD_KAFKA_V_TOPIC(argv[3]), RD_KAFKA_V_KEY("opened", 6), RD_KAFKA_V_VALUE("value", 5),
           RD_KAFKA_V_END);
  printf("flush: %s\n", err2name(flush(rk, 10000)));
  destroy(rk);
  return 0;
}
