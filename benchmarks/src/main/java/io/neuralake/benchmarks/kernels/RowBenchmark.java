package io.neuralake.benchmarks.kernels;

import io.neuralake.internal.row.BatchBuilder;
import io.neuralake.internal.row.RowDecoder;
import io.neuralake.internal.row.RowEncoder;
import io.neuralake.schema.Schemas;
import io.neuralake.testkit.signal.NeuralSignal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.avro.generic.GenericRecord;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Rows of ten columns to and from Arrow batches; time for each row. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "--add-opens=java.base/java.nio=ALL-UNNAMED")
@SuppressWarnings("NullAway.Init")
public class RowBenchmark {
  private BufferAllocator allocator;
  private VectorSchemaRoot batch;
  private List<NeuralSignal> records;
  private List<GenericRecord> avroRecords;
  private RowEncoder<NeuralSignal> recordEncoder;
  private RowEncoder<GenericRecord> avroEncoder;

  @Setup
  public void make() {
    allocator = new RootAllocator();
    batch = SignalBatches.batch(allocator);
    records = SignalBatches.records();
    org.apache.avro.Schema schema = Schemas.toAvro(SignalBatches.SCHEMA, "signal");
    recordEncoder = RowEncoder.forClass(NeuralSignal.class, SignalBatches.SCHEMA);
    avroEncoder = RowEncoder.forAvro(schema, SignalBatches.SCHEMA);
    avroRecords = new ArrayList<>();
    RowDecoder.forAvro(schema).rows(batch).forEachRemaining(avroRecords::add);
  }

  @Benchmark
  @OperationsPerInvocation(SignalBatches.ROWS)
  public void decodeRecords(Blackhole hole) {
    decode(RowDecoder.forClass(NeuralSignal.class), hole);
  }

  @Benchmark
  @OperationsPerInvocation(SignalBatches.ROWS)
  public void decodeAvro(Blackhole hole) {
    decode(RowDecoder.forAvro(Schemas.toAvro(SignalBatches.SCHEMA, "signal")), hole);
  }

  private <T> void decode(RowDecoder<T> decoder, Blackhole hole) {
    decoder.rows(batch).forEachRemaining(hole::consume);
  }

  @Benchmark
  @OperationsPerInvocation(SignalBatches.ROWS)
  public long encodeRecords() {
    return encode(recordEncoder, records);
  }

  @Benchmark
  @OperationsPerInvocation(SignalBatches.ROWS)
  public long encodeAvro() {
    return encode(avroEncoder, avroRecords);
  }

  private <T> long encode(RowEncoder<T> encoder, List<T> rows) {
    BatchBuilder<T> builder = new BatchBuilder<>(encoder, rows.iterator(), allocator);
    long count = 0;
    while (builder.hasNext()) {
      try (VectorSchemaRoot made = builder.next()) {
        count += made.getRowCount();
      }
    }
    return count;
  }

  @TearDown
  public void release() {
    batch.close();
    allocator.close();
  }
}
