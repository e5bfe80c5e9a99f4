// SPDX-License-Identifier: Apache-2.0
package edgespan.interop;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** One line a record: a word, then ` name=value` fields, the record's headers last. */
final class Records {
  private Records() {}

  static void delivered(PrintStream out, ProducerRecord<String, String> record, RecordMetadata where) {
    out.println("delivered" + place(where.topic(), where.partition(), where.offset(), record.key())
        + fields(record.headers()));
  }

  static void failed(PrintStream out, ProducerRecord<String, String> record, Throwable error) {
    out.println("failed topic=" + record.topic() + " key=" + record.key() + fields(record.headers())
        + " error=" + error.getClass().getSimpleName());
  }

  static void received(PrintStream out, ConsumerRecord<String, String> record) {
    out.println("record" + place(record.topic(), record.partition(), record.offset(), record.key())
        + fields(record.headers()));
  }

  private static String place(String topic, int partition, long offset, String key) {
    return " topic=" + topic + " partition=" + partition + " offset=" + offset + " key=" + key;
  }

  private static String fields(Headers headers) {
    StringBuilder text = new StringBuilder();
    for (Header header : headers) {
      String value = new String(header.value(), StandardCharsets.UTF_8);
      text.append(' ').append(header.key()).append('=').append(value);
    }
    return text.toString();
  }
}
