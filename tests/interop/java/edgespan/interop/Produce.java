// SPDX-License-Identifier: Apache-2.0
package edgespan.interop;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;

/** `produce` (traced) and `plain-produce` (knows nothing of tracing): 0 if all were delivered. */
final class Produce {
  private record Sent(ProducerRecord<String, String> record, Future<RecordMetadata> result) {}

  // A partition's records leave as one batch, at the flush: a consumer then meets all of them in one poll.
  private static final int UNTIL_FLUSH_MS = 10_000;

  private Produce() {}

  static KafkaProducer<String, String> client(Options options, int lingerMs) {
    var properties = new java.util.Properties();
    properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, options.brokers);
    properties.put(ProducerConfig.LINGER_MS_CONFIG, Integer.toString(lingerMs));
    properties.putAll(options.properties);
    return new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
  }

  static int traced(Options options, PrintStream out) throws Exception {
    int[] exit = {1};
    // The tracer closes last: a producer that is closing still ends spans.
    try (Tracer tracer = Tracer.of(options);
        Producer<String, String> producer = tracer.wrap(client(options, UNTIL_FLUSH_MS))) {
      tracer.inContext(() -> exit[0] = send(options, producer, out));
    }
    return exit[0];
  }

  static int plain(Options options, PrintStream out) throws InterruptedException {
    try (Producer<String, String> producer = client(options, UNTIL_FLUSH_MS)) {
      return send(options, producer, out);
    }
  }

  private static int send(Options options, Producer<String, String> producer, PrintStream out)
      throws InterruptedException {
    List<Sent> all = new ArrayList<>();
    for (int i = 0; i < options.count; i++) {
      for (String topic : options.topics) {
        String value = "v".repeat(options.valueBytes);
        var record = new ProducerRecord<>(topic, null, options.keyPrefix + i, value, options.copyOfHeaders());
        all.add(new Sent(record, producer.send(record)));
      }
    }
    producer.flush();
    int failures = 0;
    for (Sent sent : all) {
      try {
        Records.delivered(out, sent.record, sent.result.get());
      } catch (ExecutionException failed) {
        Records.failed(out, sent.record, failed.getCause());
        failures++;
      }
    }
    return failures == 0 ? 0 : 1;
  }
}
