// SPDX-License-Identifier: Apache-2.0
package edgespan.interop;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.extension.trace.propagation.B3Propagator;
import io.opentelemetry.instrumentation.kafkaclients.v2_6.KafkaTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** OpenTelemetry as an application sets it up, reporting to a collector over OTLP. */
final class OtelTracer implements Tracer {
  private final OpenTelemetrySdk sdk;
  private final KafkaTelemetry kafka;
  private final Context context;

  OtelTracer(Options options) {
    if (options.zipkin == null) throw new Options.Usage("--zipkin URL is needed, of a collector for OTLP");
    TextMapPropagator propagator = propagator(options.propagation);
    var exporter = OtlpHttpSpanExporter.builder().setEndpoint(options.zipkin).build();
    var provider = SdkTracerProvider.builder()
        .setResource(Resource.create(Attributes.builder().put("service.name", options.service).build()))
        .setSampler(Sampler.parentBased(options.sampled ? Sampler.alwaysOn() : Sampler.alwaysOff()))
        .addSpanProcessor(SimpleSpanProcessor.create(exporter))
        .build();
    sdk = OpenTelemetrySdk.builder()
        .setTracerProvider(provider)
        .setPropagators(ContextPropagators.create(propagator))
        .build();
    kafka = KafkaTelemetry.create(sdk);
    context = propagator.extract(Context.root(), options.context, HeaderGetter.INSTANCE);
  }

  /** Formats by the names that edgespan gives them, separated by commas. */
  static TextMapPropagator propagator(String formats) {
    List<TextMapPropagator> all = new ArrayList<>();
    for (String format : formats.split(",")) {
      all.add(switch (format) {
        case "w3c" -> W3CTraceContextPropagator.getInstance();
        case "b3" -> B3Propagator.injectingSingleHeader();
        case "b3_multi" -> B3Propagator.injectingMultiHeaders();
        default -> throw new Options.Usage("--propagation " + formats + ": of w3c, b3 and b3_multi");
      });
    }
    return TextMapPropagator.composite(all);
  }

  /** As the instrumentation's own, which is private: the last header of exactly that name. */
  enum HeaderGetter implements TextMapGetter<Headers> {
    INSTANCE;

    @Override
    public String get(Headers headers, String key) {
      Header header = headers == null ? null : headers.lastHeader(key);
      if (header == null || header.value() == null) return null;
      return new String(header.value(), StandardCharsets.UTF_8);
    }
  }

  @Override
  public Producer<String, String> wrap(Producer<String, String> producer) {
    return kafka.wrap(producer);
  }

  @Override
  public Consumer<String, String> wrap(Consumer<String, String> consumer) {
    return kafka.wrap(consumer);
  }

  /** The instrumentation's own span of the record is current while its records are walked through. */
  @Override
  public void process(String name, ConsumerRecord<String, String> record, Work work) throws Exception {
    Span span = sdk.getTracer("work").spanBuilder(name).startSpan();
    try (Scope scope = span.makeCurrent()) {
      work.run();
    } finally {
      span.end();
    }
  }

  @Override
  public void inContext(Work work) throws Exception {
    try (Scope scope = context.makeCurrent()) {
      work.run();
    }
  }

  @Override
  public void close() {
    sdk.getSdkTracerProvider().forceFlush().join(10, java.util.concurrent.TimeUnit.SECONDS);
    sdk.close();
  }
}
