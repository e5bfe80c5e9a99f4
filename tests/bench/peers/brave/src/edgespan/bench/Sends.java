// SPDX-License-Identifier: Apache-2.0
package edgespan.bench;

import brave.Tracing;
import brave.kafka.clients.KafkaTracing;
import brave.propagation.CurrentTraceContext;
import brave.sampler.Sampler;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Sends through a producer that only remembers. Methods are named as their rows; `_base` is the client's own part. */
@State(Scope.Thread)
public class Sends {
  private final Workload.Discard discard = new Workload.Discard();
  private final Tracing always = Workload.tracing(discard, Sampler.ALWAYS_SAMPLE);
  private final Tracing never = Workload.tracing(discard, Sampler.NEVER_SAMPLE);
  private final MockProducer<String, byte[]> mock =
      new MockProducer<>(true, new StringSerializer(), new ByteArraySerializer());
  private final Producer<String, byte[]> sampled = KafkaTracing.create(always).producer(mock);
  private final Producer<String, byte[]> unsampled = KafkaTracing.create(never).producer(mock);

  private int send(Producer<String, byte[]> producer) {
    for (int i = 0; i < Workload.BATCH; ++i) {
      producer.send(new ProducerRecord<>(Workload.TOPIC, Workload.KEY, Workload.VALUE));
    }
    mock.clear();
    return discard.spans;
  }

  @Benchmark @OperationsPerInvocation(Workload.BATCH) public int send_sampled() {
    try (CurrentTraceContext.Scope scope = always.currentTraceContext().newScope(Workload.CONTEXT)) {
      return send(sampled);
    }
  }

  @Benchmark @OperationsPerInvocation(Workload.BATCH) public int send_sampled_base() {
    return send(mock);
  }

  @Benchmark @OperationsPerInvocation(Workload.BATCH) public int send_unsampled() {
    return send(unsampled);
  }

  @Benchmark @OperationsPerInvocation(Workload.BATCH) public int send_unsampled_base() {
    return send(mock);
  }

  @TearDown public void close() {
    always.close();
    never.close();
  }
}
