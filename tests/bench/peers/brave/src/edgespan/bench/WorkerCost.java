// SPDX-License-Identifier: Apache-2.0
package edgespan.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Processor time and heap bytes of the measuring thread, per operation. JMH itself measures the wall, which on a
 * busy machine belongs to others too; what the collector and the compiler do on threads of their own is not in it.
 */
public final class WorkerCost implements InternalProfiler {
  static final String NS = "worker.ns";
  static final String BYTES = "worker.bytes";

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private long ns;
  private long bytes;

  @Override public String getDescription() {
    return "processor time and allocated bytes of the measuring thread";
  }

  @Override public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    read();
  }

  @Override public Collection<? extends Result> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    long nsBefore = ns;
    long bytesBefore = bytes;
    read();
    double operations = result.getMetadata().getAllOps();
    return List.of(
        new ScalarResult(NS, (ns - nsBefore) / operations, "ns/op", AggregationPolicy.AVG),
        new ScalarResult(BYTES, (bytes - bytesBefore) / operations, "B/op", AggregationPolicy.AVG));
  }

  private void read() {
    ns = 0;
    bytes = 0;
    for (long id : threads.getAllThreadIds()) {
      ThreadInfo info = threads.getThreadInfo(id);
      if (info == null || !info.getThreadName().contains("-jmh-worker-")) continue;
      ns += threads.getThreadCpuTime(id);
      bytes += threads.getThreadAllocatedBytes(id);
    }
  }
}
