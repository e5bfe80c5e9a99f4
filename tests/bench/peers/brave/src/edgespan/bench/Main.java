// SPDX-License-Identifier: Apache-2.0
package edgespan.bench;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import zipkin2.reporter.brave.MutableSpanBytesEncoder;

/**
 * {@code Main ROWS MS}: measures the rows whose whole name the regular expression matches, each in a JVM of its own
 * that warms up for four times MS and is measured for four times half of that. Prints a JSON object a line.
 */
public final class Main {
  private static final int ITERATIONS = 4;

  public static void main(String[] args) throws RunnerException {
    Pattern rows = Pattern.compile(args[0]);
    int ms = Integer.parseInt(args[1]);
    if (rows.matcher("span_bytes").matches()) {
      int size = MutableSpanBytesEncoder.PROTO3.encode(Workload.span()).length;
      System.out.printf("{\"name\": \"span_bytes/brave\", \"value\": %d}%n", size);
    }
    // -Xbatch: the thread waits until its code is compiled, so that a busy machine cannot starve the warm-up.
    Options options = new OptionsBuilder()
        .include("\\.(?:" + args[0] + ")(?:_base)?$")
        .mode(Mode.AverageTime).timeUnit(TimeUnit.NANOSECONDS)
        .forks(1).threads(1).jvmArgs("-Xms256m", "-Xmx256m", "-Xbatch")
        .warmupIterations(ITERATIONS).warmupTime(TimeValue.milliseconds(ms))
        .measurementIterations(ITERATIONS).measurementTime(TimeValue.milliseconds(Math.max(1, ms / 2)))
        .addProfiler(WorkerCost.class).verbosity(VerboseMode.SILENT).shouldFailOnError(true)
        .build();
    Collection<RunResult> results = new Runner(options).run();
    for (RunResult result : results) print(result);
  }

  @SuppressWarnings("rawtypes")
  private static void print(RunResult result) {
    String method = result.getParams().getBenchmark();
    method = method.substring(method.lastIndexOf('.') + 1);
    boolean base = method.endsWith("_base");
    String row = base ? method.substring(0, method.length() - "_base".length()) : method;
    Map<String, Result> costs = result.getSecondaryResults();
    System.out.printf(Locale.ROOT, "{\"name\": \"%s/brave%s\", \"value\": %.3f, \"bytes\": %.1f, \"wall\": %.3f}%n",
        row, base ? "_base" : "", costs.get(WorkerCost.NS).getScore(), costs.get(WorkerCost.BYTES).getScore(),
        result.getPrimaryResult().getScore());
  }

  private Main() {}
}
