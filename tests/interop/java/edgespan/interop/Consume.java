// SPDX-License-Identifier: Apache-2.0
package edgespan.interop;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.StringDeserializer;

/** `consume` (traced) and `plain-consume` (shows the wire's headers): 0 once COUNT records came in time. */
final class Consume {
  private interface Work {
    void run(ConsumerRecord<String, String> record) throws Exception;
  }

  private Consume() {}

  private static KafkaConsumer<String, String> client(Options options) {
    if (options.group == null) throw new Options.Usage("-g GROUP is needed");
    var properties = new java.util.Properties();
    properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, options.brokers);
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, options.group);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    // Closing waits for the fetch under way, which the broker holds back this long if nothing is new.
    properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "20");
    properties.putAll(options.properties);
    return new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer());
  }

  static int plain(Options options, PrintStream out) throws Exception {
    try (Consumer<String, String> consumer = client(options)) {
      return consume(options, consumer, record -> Records.received(out, record));
    }
  }

  static int traced(Options options, PrintStream out) throws Exception {
    // The tracer closes last: a forwarded record's span ends when its producer closes.
    try (Tracer tracer = Tracer.of(options);
        Producer<String, String> next =
            options.forward == null ? null : tracer.wrap(Produce.client(options, 0));
        Consumer<String, String> consumer = tracer.wrap(client(options))) {
      return consume(options, consumer, record -> {
        Records.received(out, record);
        if (options.process == null) {
          forward(options, next, record);
        } else {
          tracer.process(options.process, record, () -> forward(options, next, record));
        }
      });
    }
  }

  private static void forward(
      Options options, Producer<String, String> next, ConsumerRecord<String, String> record)
      throws Exception {
    if (next == null) return;
    Headers headers = options.withHeaders ? record.headers() : null;
    next.send(new ProducerRecord<>(options.forward, null, record.key(), record.value(), headers)).get();
  }

  private static int consume(Options options, Consumer<String, String> consumer, Work work) throws Exception {
    consumer.subscribe(options.topics);
    long started = System.nanoTime();
    int seen = 0;
    while (seen < options.count) {
      if (System.nanoTime() - started >= TimeUnit.MILLISECONDS.toNanos(options.timeoutMs)) {
        System.err.println("consume: " + seen + " of " + options.count + " records in time");
        return 1;
      }
      for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
        work.run(record);
        seen++;
      }
    }
    consumer.commitSync();
    return 0;
  }
}
