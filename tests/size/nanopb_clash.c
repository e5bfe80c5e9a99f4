// SPDX-License-Identifier: Apache-2.0
// The canary of nanopb_names.py: calls nanopb by the names that librdkafka's has too.
#include <pb_encode.h>

#include <librdkafka/rdkafka.h>

int main(void) {
  pb_byte_t bytes[8];
  pb_ostream_t out = pb_ostream_from_buffer(bytes, sizeof bytes);
  return pb_encode_varint(&out, (uint64_t)rd_kafka_version()) ? 0 : 1;
}
