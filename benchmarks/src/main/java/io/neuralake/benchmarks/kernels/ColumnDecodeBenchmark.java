package io.neuralake.benchmarks.kernels;

import io.delta.kernel.types.StructType;
import io.neuralake.internal.columnar.ParquetBatchReader;
import io.neuralake.internal.columnar.ParquetBatchWriter;
import io.neuralake.internal.columnar.ReadSpec;
import io.neuralake.internal.columnar.WriteSpec;
import io.neuralake.internal.meta.ColumnMapping;
import io.neuralake.internal.store.FileStore;
import io.neuralake.internal.store.FileStores;
import io.neuralake.internal.store.Locations;
import io.neuralake.storage.StorageSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
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

/** Pages of one column to Arrow, from a file in the page cache; time for each value. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "--add-opens=java.base/java.nio=ALL-UNNAMED")
@SuppressWarnings("NullAway.Init")
public class ColumnDecodeBenchmark {

  /** PLAIN: signal_id, voltage, amplitude; dictionary: neuron_id, region, ts; nulls: quality. */
  @Param({"signal_id", "voltage", "amplitude", "neuron_id", "region", "ts", "spike", "quality"})
  public String column;

  @Param({"UNCOMPRESSED", "ZSTD"})
  public String codec;

  private FileStores stores;
  private FileStore store;
  private BufferAllocator allocator;
  private Path folder;
  private String location;
  private StructType schema;

  @Setup
  public void write() throws IOException {
    folder = Files.createTempDirectory("neuralake-jmh");
    location = Locations.parse(folder.resolve("column.parquet").toString());
    stores = new FileStores(StorageSettings.defaults(), new Random(42), Runnable::run);
    store = stores.at(location);
    allocator = new RootAllocator();
    schema = new StructType(java.util.List.of(SignalBatches.SCHEMA.get(column)));
    WriteSpec spec =
        WriteSpec.of(schema, ColumnMapping.Mode.NONE).withCodec(WriteSpec.Codec.valueOf(codec), 3);
    ParquetBatchWriter writer = new ParquetBatchWriter(store.create(location), spec);
    try (VectorSchemaRoot batch = SignalBatches.batch(allocator)) {
      writer.write(batch);
    }
    writer.close();
  }

  @Benchmark
  @OperationsPerInvocation(SignalBatches.ROWS)
  public long decode() throws IOException {
    long rows = 0;
    try (ParquetBatchReader reader =
        new ParquetBatchReader(store, location, -1, ReadSpec.of(schema), allocator)) {
      for (VectorSchemaRoot batch = reader.next(); batch != null; batch = reader.next()) {
        rows += batch.getRowCount();
        batch.close();
      }
    }
    return rows;
  }

  @TearDown
  public void delete() throws IOException {
    allocator.close();
    stores.close();
    Files.delete(folder.resolve("column.parquet"));
    Files.delete(folder);
  }
}
