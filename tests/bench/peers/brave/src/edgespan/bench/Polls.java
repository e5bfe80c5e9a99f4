// SPDX-License-Identifier: Apache-2.0
package edgespan.bench;

import brave.Tracing;
import brave.kafka.clients.KafkaTracing;
import brave.sampler.Sampler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Polls of 500 records that carry b3. Methods are named as their rows; `_base` makes and polls the same records. */
@State(Scope.Thread)
public class Polls {
  private static final TopicPartition PARTITION = new TopicPartition(Workload.TOPIC, 0);

  private final Workload.Discard discard = new Workload.Discard();
  private final Tracing tracing = Workload.tracing(discard, Sampler.ALWAYS_SAMPLE);
  private final KafkaTracing kafka = KafkaTracing.create(tracing);
  private final MockConsumer<String, byte[]> mock = new MockConsumer<>(OffsetResetStrategy.EARLIEST);
  private final Consumer<String, byte[]> traced = kafka.consumer(mock);
  private final List<Header> headers = Workload.singleHeaders();
  private long offset;

  @Setup public void assign() {
    mock.assign(List.of(PARTITION));
    mock.updateBeginningOffsets(Map.of(PARTITION, 0L));
  }

  private ConsumerRecords<String, byte[]> poll(Consumer<String, byte[]> consumer) {
    for (int i = 0; i < Workload.BATCH; ++i) {
      mock.addRecord(new ConsumerRecord<>(Workload.TOPIC, 0, offset++, 1L, TimestampType.CREATE_TIME,
          Workload.KEY.length(), Workload.VALUE.length, Workload.KEY, Workload.VALUE, new RecordHeaders(headers),
          Optional.empty()));
    }
    ConsumerRecords<String, byte[]> records = consumer.poll(Duration.ZERO);
    if (records.count() != Workload.BATCH) throw new IllegalStateException(records.count() + " records");
    return records;
  }

  private int work(ConsumerRecords<String, byte[]> records, boolean spans) {
    int bytes = 0;
    for (ConsumerRecord<String, byte[]> record : records) {
      if (spans) kafka.nextSpan(record).name("process").start().finish();
      bytes += record.value().length;
    }
    return bytes;
  }

  @Benchmark @OperationsPerInvocation(Workload.BATCH) public int poll_record() {
    return work(poll(traced), false);
  }

  @Benchmark @OperationsPerInvocation(Workload.BATCH) public int poll_record_base() {
    return work(poll(mock), false);
  }

  @Benchmark @OperationsPerInvocation(Workload.BATCH) public int poll_next_span() {
    return work(poll(traced), true);
  }

  @Benchmark @OperationsPerInvocation(Workload.BATCH) public int poll_next_span_base() {
    return work(poll(mock), false);
  }

  @TearDown public void close() {
    tracing.close();
  }
}
