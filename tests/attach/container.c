/* SPDX-License-Identifier: Apache-2.0
   Looks like a program that contains librdkafka: the texts and a function by which the tool knows one. */
#include <stdio.h>

void* rd_kafka_new(int type, void* conf, char* errstr, unsigned long size);

void* rd_kafka_new(int type, void* conf, char* errstr, unsigned long size) {
  printf("rdkafka#%d %p %lu\n", type, conf, size);
  return errstr;
}

int main(void) {
  puts("plugin.library.paths");
  return rd_kafka_new(0, NULL, NULL, 0) != NULL;
}
