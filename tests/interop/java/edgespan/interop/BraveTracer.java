// SPDX-License-Identifier: Apache-2.0
package edgespan.interop;

import brave.Span;
import brave.Span.Kind;
import brave.Tracer.SpanInScope;
import brave.Tracing;
import brave.kafka.clients.KafkaTracing;
import brave.propagation.B3Propagation;
import brave.propagation.B3Propagation.Format;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import zipkin2.reporter.BytesMessageSender;
import zipkin2.reporter.InMemoryReporterMetrics;
import zipkin2.reporter.brave.AsyncZipkinSpanHandler;
import zipkin2.reporter.urlconnection.URLConnectionSender;

/** Brave as an application sets it up, reporting to a Zipkin; close() returns when every span is with it. */
final class BraveTracer implements Tracer {
  private final InMemoryReporterMetrics metrics = new InMemoryReporterMetrics();
  private final BytesMessageSender sender;
  private final AsyncZipkinSpanHandler handler;
  private final Tracing tracing;
  private final KafkaTracing kafka;

  BraveTracer(Options options) {
    if (options.zipkin == null) throw new Options.Usage("--zipkin URL is needed");
    sender = URLConnectionSender.create(options.zipkin);
    // Timeout 0 means no reporting thread: flush() alone sends, so that nothing is in flight when it returns.
    handler = AsyncZipkinSpanHandler.newBuilder(sender)
        .messageTimeout(0, java.util.concurrent.TimeUnit.MILLISECONDS)
        .metrics(metrics)
        .build();
    tracing = Tracing.newBuilder()
        .localServiceName(options.service)
        .traceId128Bit(options.trace128)
        .propagationFactory(propagation(options.b3))
        .addSpanHandler(handler)
        .build();
    kafka = KafkaTracing.newBuilder(tracing)
        .remoteServiceName(options.remoteService)
        .singleRootSpanOnReceiveBatch(options.sharedRoot)
        .build();
  }

  private static brave.propagation.Propagation.Factory propagation(String b3) {
    B3Propagation.FactoryBuilder builder = B3Propagation.newFactoryBuilder();
    for (Kind kind : new Kind[] {Kind.PRODUCER, Kind.CONSUMER}) {
      switch (b3) {
        case "single_no_parent" -> builder.injectFormat(kind, Format.SINGLE_NO_PARENT);
        case "single" -> builder.injectFormat(kind, Format.SINGLE);
        case "multi" -> builder.injectFormat(kind, Format.MULTI);
        case "both" -> builder.injectFormats(kind, Format.SINGLE_NO_PARENT, Format.MULTI);
        default -> throw new Options.Usage("--b3 " + b3 + ": single, single_no_parent, multi or both");
      }
    }
    return builder.build();
  }

  @Override
  public Producer<String, String> wrap(Producer<String, String> producer) {
    return kafka.producer(producer);
  }

  @Override
  public Consumer<String, String> wrap(Consumer<String, String> consumer) {
    return kafka.consumer(consumer);
  }

  @Override
  public void process(String name, ConsumerRecord<String, String> record, Work work) throws Exception {
    Span span = kafka.nextSpan(record).name(name).start();
    try (SpanInScope scope = tracing.tracer().withSpanInScope(span)) {
      work.run();
    } finally {
      span.finish();
    }
  }

  @Override
  public void inContext(Work work) throws Exception {
    work.run();
  }

  @Override
  public void close() throws java.io.IOException {
    tracing.close();
    handler.flush();
    handler.close();
    sender.close();
    long lost = metrics.spansDropped();
    if (lost > 0) throw new IllegalStateException(lost + " spans were lost");
  }
}
