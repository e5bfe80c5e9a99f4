// SPDX-License-Identifier: Apache-2.0
package edgespan.interop;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.StringJoiner;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** extract_headers.cpp with Java's propagators, W3C and then B3, over a getter as that of the instrumentation. */
public final class ExtractHeaders {
  private ExtractHeaders() {}

  private static Headers headersOf(String line) {
    Headers headers = new RecordHeaders();
    for (String field : line.split("\t")) {
      if (field.isEmpty()) continue;
      int at = field.indexOf('=');
      byte[] value = at < 0 ? null : HexFormat.of().parseHex(field, at + 1, field.length());
      headers.add(at < 0 ? field : field.substring(0, at), value);
    }
    return headers;
  }

  private static String answer(SpanContext found) {
    if (!found.isValid()) return "none";
    StringJoiner state = new StringJoiner(",");
    found.getTraceState().forEach((key, value) -> state.add(key + "=" + value));
    int flags = found.getTraceFlags().asByte();
    String bytes = HexFormat.of().formatHex(state.toString().getBytes(StandardCharsets.UTF_8));
    return found.getTraceId() + " " + found.getSpanId() + " " + (flags & 1) + " " + (flags >> 1 & 1) + " =" + bytes;
  }

  public static void main(String[] args) throws Exception {
    TextMapPropagator propagator = OtelTracer.propagator("w3c,b3");
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var out = new PrintStream(new java.io.BufferedOutputStream(System.out), false, StandardCharsets.UTF_8);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      Context context = propagator.extract(Context.root(), headersOf(line), OtelTracer.HeaderGetter.INSTANCE);
      out.println(answer(Span.fromContext(context).getSpanContext()));
    }
    out.flush();
  }
}
