/* SPDX-License-Identifier: Apache-2.0
   A program with a librdkafka of an old release that does not let a plugin see how to keep a client that
   cannot be made from ending the program. usage: stubborn VERSION PLUGIN [PROPERTY=VALUE...]: prints what
   each property is answered, the plugin's own first. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { unknown = -2, invalid = -1, good = 0 };
typedef int on_conf_set_t(void*, const char*, const char*, char*, size_t, void*);
typedef int conf_init_t(void*, void**, char*, size_t);

static char configuration[64];
static on_conf_set_t* on_conf_set;
static int version;

int rd_kafka_version(void);
void* rd_kafka_conf_new(void);
int rd_kafka_conf_interceptor_add_on_conf_set(void* conf, const char* name, on_conf_set_t* function,
                                              void* opaque);
int rd_kafka_conf_set(void* conf, const char* name, const char* value, char* text, size_t size);

int rd_kafka_version(void) { return version; }

void* rd_kafka_conf_new(void) { return configuration; }

int rd_kafka_conf_interceptor_add_on_conf_set(void* conf, const char* name, on_conf_set_t* function,
                                              void* opaque) {
  (void)conf, (void)name, (void)opaque;
  on_conf_set = function;
  return 0;
}

int rd_kafka_conf_set(void* conf, const char* name, const char* value, char* text, size_t size) {
  if (strncmp(name, "edgespan.", 9) == 0 && on_conf_set != NULL) {
    return on_conf_set(conf, name, value, text, size, NULL);
  }
  if (strcmp(name, "plugin.library.paths") != 0) return good;
  void* const plugin = dlopen(value, RTLD_NOW | RTLD_LOCAL);
  conf_init_t* init = NULL;
  void* opaque = NULL;
  if (plugin != NULL) *(void**)&init = dlsym(plugin, "conf_init");
  if (init == NULL) return unknown;
  return init(conf, &opaque, text, size) == 0 ? good : invalid;
}

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  version = (int)strtol(argv[1], NULL, 16);
  for (int i = 2; i < argc; ++i) {
    char text[512] = "";
    char* const equals = strchr(argv[i], '=');
    const char* const name = i == 2 ? "plugin.library.paths" : argv[i];
    if (i != 2) *equals = '\0';
    const int answer =
        rd_kafka_conf_set(rd_kafka_conf_new(), name, i == 2 ? argv[i] : equals + 1, text, sizeof text);
    printf("%d %s\n", answer, text);
  }
  return 0;
}
