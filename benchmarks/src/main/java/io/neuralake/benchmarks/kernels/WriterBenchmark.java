package io.neuralake.benchmarks.kernels;

import io.neuralake.internal.columnar.ParquetBatchWriter;
import io.neuralake.internal.columnar.WriteSpec;
import io.neuralake.internal.meta.ColumnMapping;
import io.neuralake.internal.store.FileSink;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Batches of ten columns to a Parquet file that nobody keeps; time for each row. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "--add-opens=java.base/java.nio=ALL-UNNAMED")
@SuppressWarnings("NullAway.Init")
public class WriterBenchmark {
  private static final int BATCHES = 4;

  @Param({"UNCOMPRESSED", "SNAPPY", "ZSTD"})
  public String codec;

  private BufferAllocator allocator;
  private VectorSchemaRoot batch;
  private WriteSpec spec;

  @Setup
  public void make() {
    allocator = new RootAllocator();
    batch = SignalBatches.batch(allocator);
    spec =
        WriteSpec.of(SignalBatches.SCHEMA, ColumnMapping.Mode.NONE)
            .withCodec(WriteSpec.Codec.valueOf(codec), 3);
  }

  @Benchmark
  @OperationsPerInvocation(BATCHES * SignalBatches.ROWS)
  public long write() throws IOException {
    ParquetBatchWriter writer = new ParquetBatchWriter(new Discarded(), spec);
    for (int i = 0; i < BATCHES; i++) {
      writer.write(batch);
    }
    return writer.close().bytes();
  }

  @TearDown
  public void release() {
    batch.close();
    allocator.close();
  }

  /** Counts bytes and drops them. */
  private static final class Discarded extends FileSink {
    private long position;

    @Override
    public void write(int b) {
      position++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      position += length;
    }

    @Override
    public long position() {
      return position;
    }

    @Override
    public void abort() {
      // Nothing to drop.
    }

    @Override
    public void close() {
      // Nothing to publish.
    }
  }
}
