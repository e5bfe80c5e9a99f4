// SPDX-License-Identifier: Apache-2.0
package edgespan.bench;

import brave.Span;
import brave.Tracer;
import brave.Tracing;
import brave.handler.MutableSpan;
import brave.handler.SpanHandler;
import brave.propagation.TraceContext;
import brave.sampler.Sampler;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import zipkin2.reporter.BytesMessageSender;
import zipkin2.reporter.Encoding;
import zipkin2.reporter.brave.AsyncZipkinSpanHandler;
import zipkin2.reporter.brave.MutableSpanBytesEncoder;

/** Spans, and their way into a message. Methods are named as their rows. */
@State(Scope.Thread)
public class Spans {
  /** The reporter's queue holds this many, and a message of 16 KiB nearly as many. */
  private static final int REPORTED = 100;

  /** Encodes each span as it ends, as edgespan does. */
  private static final class Encode extends SpanHandler {
    byte[] last;

    @Override public boolean end(TraceContext context, MutableSpan span, Cause cause) {
      last = MutableSpanBytesEncoder.PROTO3.encode(span);
      return true;
    }
  }

  /** Takes messages and does nothing with them. */
  private static final class Nowhere extends BytesMessageSender.Base {
    int messages;

    Nowhere() {
      super(Encoding.PROTO3);
    }

    @Override public int messageMaxBytes() {
      return 500_000;
    }

    @Override public void send(List<byte[]> encodedSpans) {
      ++messages;
    }

    @Override public void close() {}
  }

  private final Encode encode = new Encode();
  private final Tracing tracing = Workload.tracing(encode, Sampler.ALWAYS_SAMPLE);
  private final Tracer tracer = tracing.tracer();
  private final MutableSpan finished = Workload.span();
  private final Nowhere nowhere = new Nowhere();
  // 16 KiB, and no thread of its own: Brave's best case by far.
  private final AsyncZipkinSpanHandler reporter = AsyncZipkinSpanHandler.newBuilder(nowhere)
      .messageMaxBytes(16 * 1024).messageTimeout(0, TimeUnit.SECONDS).build();

  @Benchmark public byte[] span_2tags() {
    Span span = tracer.newChild(Workload.CONTEXT).kind(Span.Kind.PRODUCER).name("send");
    span.remoteServiceName("kafka").tag("kafka.key", Workload.KEY).tag("kafka.topic", Workload.TOPIC).start();
    span.finish();
    return encode.last;
  }

  @Benchmark @OperationsPerInvocation(REPORTED) public int drain() {
    for (int i = 0; i < REPORTED; ++i) reporter.end(Workload.CONTEXT, finished, SpanHandler.Cause.FINISHED);
    reporter.flush();
    return nowhere.messages;
  }

  @TearDown public void close() {
    tracing.close();
    reporter.close();
  }
}
