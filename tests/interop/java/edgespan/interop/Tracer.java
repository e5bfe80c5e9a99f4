// SPDX-License-Identifier: Apache-2.0
package edgespan.interop;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;

/** One way to trace Kafka's clients; close() returns when every span is with its collector. */
interface Tracer extends AutoCloseable {
  interface Work {
    void run() throws Exception;
  }

  Producer<String, String> wrap(Producer<String, String> producer);

  Consumer<String, String> wrap(Consumer<String, String> consumer);

  /** Runs the work inside a span of this name, which belongs to the record. */
  void process(String name, ConsumerRecord<String, String> record, Work work) throws Exception;

  /** Runs the work inside the context that the options give. */
  void inContext(Work work) throws Exception;

  @Override
  void close() throws Exception;

  static Tracer of(Options options) {
    return switch (options.tracer) {
      case "brave" -> new BraveTracer(options);
      case "otel" -> new OtelTracer(options);
      default -> throw new Options.Usage("--tracer " + options.tracer + ": brave or otel");
    };
  }
}
