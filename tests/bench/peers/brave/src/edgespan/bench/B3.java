// SPDX-License-Identifier: Apache-2.0
package edgespan.bench;

import brave.propagation.B3SingleFormat;
import brave.propagation.TraceContext;
import brave.propagation.TraceContextOrSamplingFlags;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The header codec. Methods are named as their rows. */
@State(Scope.Thread)
public class B3 {
  private final String text = Workload.B3;
  private final TraceContext context = Workload.CONTEXT;
  private final TraceContext.Extractor<Headers> extractor = Workload.PROPAGATION.get().extractor(Workload.GETTER);
  private final Headers single = new RecordHeaders(Workload.singleHeaders());
  private final Headers multi = new RecordHeaders(List.of(
      Workload.header("content-type", "json"),
      Workload.header("device", "pump-7"),
      Workload.header("X-B3-TraceId", "463ac35c9f6413ad48485a3953bb6124"),
      Workload.header("X-B3-SpanId", "a2fb4a1d1a96d312"),
      Workload.header("X-B3-ParentSpanId", "0020000000000001"),
      Workload.header("X-B3-Sampled", "1")));
  private final Headers none = new RecordHeaders(List.of(
      Workload.header("content-type", "json"), Workload.header("device", "pump-7")));

  @Benchmark public TraceContextOrSamplingFlags b3_parse() {
    return B3SingleFormat.parseB3SingleFormat(text);
  }

  @Benchmark public String b3_write() {
    return B3SingleFormat.writeB3SingleFormat(context);
  }

  @Benchmark public TraceContextOrSamplingFlags extract_single() {
    return extractor.extract(single);
  }

  @Benchmark public TraceContextOrSamplingFlags extract_multi() {
    return extractor.extract(multi);
  }

  @Benchmark public TraceContextOrSamplingFlags extract_none() {
    return extractor.extract(none);
  }
}
