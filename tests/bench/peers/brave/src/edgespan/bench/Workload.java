// SPDX-License-Identifier: Apache-2.0
package edgespan.bench;

import brave.Tracing;
import brave.handler.MutableSpan;
import brave.handler.SpanHandler;
import brave.propagation.B3Propagation;
import brave.propagation.Propagation;
import brave.propagation.TraceContext;
import brave.sampler.Sampler;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;

/** What tests/bench/rows.ini calls the workload. */
final class Workload {
  static final String B3 = "463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-1-0020000000000001";
  static final String TOPIC = "readings";
  static final String KEY = "sensor-042";
  static final byte[] VALUE = new byte[100];
  static final int BATCH = 500;

  static final TraceContext CONTEXT = TraceContext.newBuilder()
      .traceIdHigh(0x463ac35c9f6413adL).traceId(0x48485a3953bb6124L)
      .spanId(0xa2fb4a1d1a96d312L).parentId(0x0020000000000001L).sampled(true).build();

  /** B3 as the Kafka instrumentation reads and writes it by default. */
  static final Propagation.Factory PROPAGATION =
      B3Propagation.newFactoryBuilder().injectFormat(B3Propagation.Format.SINGLE_NO_PARENT).build();

  /** Does what KafkaTracing's own getter does, which is not public. */
  static final Propagation.Getter<Headers, String> GETTER = (headers, key) -> {
    Header header = headers.lastHeader(key);
    return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
  };

  /** Takes a finished span and does nothing with it. Without any handler Brave would log each span. */
  static final class Discard extends SpanHandler {
    int spans;

    @Override public boolean end(TraceContext context, MutableSpan span, Cause cause) {
      ++spans;
      return true;
    }
  }

  static Tracing tracing(SpanHandler handler, Sampler sampler) {
    return Tracing.newBuilder().localServiceName("svc").localIp("10.1.2.3").localPort(8080).traceId128Bit(true)
        .propagationFactory(PROPAGATION).sampler(sampler).addSpanHandler(handler).build();
  }

  /** A finished span of the workload. */
  static MutableSpan span() {
    MutableSpan span = new MutableSpan(CONTEXT, null);
    span.kind(brave.Span.Kind.PRODUCER);
    span.name("send");
    span.startTimestamp(1_700_000_000_000_000L);
    span.finishTimestamp(1_700_000_000_000_001L);
    span.localServiceName("svc");
    span.localIp("10.1.2.3");
    span.localPort(8080);
    span.remoteServiceName("kafka");
    span.tag("kafka.key", KEY);
    span.tag("kafka.topic", TOPIC);
    return span;
  }

  static RecordHeader header(String key, String value) {
    return new RecordHeader(key, value.getBytes(StandardCharsets.UTF_8));
  }

  static List<Header> singleHeaders() {
    return List.of(header("content-type", "json"), header("device", "pump-7"), header("b3", B3));
  }

  private Workload() {}
}
