package io.neuralake.internal.columnar;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.delta.kernel.types.StructType;
import io.neuralake.error.CorruptTableException;
import io.neuralake.error.UnsupportedTableException;
import io.neuralake.internal.meta.ColumnMapping;
import io.neuralake.internal.store.InMemoryFileStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/**
 * Files that lie: every number and name in footers and page headers is replaced by others. Reading
 * them ends in an exception that names the file, or in rows, within bounded time and memory.
 *
 * <p>Runs {@code -Dneuralake.fuzz.seconds} seconds (10) from {@code -Dneuralake.fuzz.seed} on; a
 * failure prints the seed of its case, which then fails alone.
 */
class ParquetFuzzTest {
  private static final String LOCATION = "mem://t/f.parquet";
  private static final Duration MOST_FOR_ONE = Duration.ofSeconds(30);
  private static final int LEAST_CASES = 200;
  private static final int MOST_BATCHES = 2000;

  private record Sample(byte[] file, StructType schema) {}

  @Test
  void filesThatLieAreReported() throws IOException {
    long first = Long.getLong("neuralake.fuzz.seed", System.nanoTime());
    long nanos = Duration.ofSeconds(Long.getLong("neuralake.fuzz.seconds", 10)).toNanos();
    List<Sample> samples = samples();
    Map<String, Integer> outcomes = new TreeMap<>();
    long start = System.nanoTime();
    long seed = first;
    for (; seed - first < LEAST_CASES || System.nanoTime() - start < nanos; seed++) {
      Random random = new Random(seed);
      Sample sample = samples.get(random.nextInt(samples.size()));
      String outcome;
      try {
        byte[] lying = new LyingFile(sample.file(), random).bytes();
        outcome =
            Assertions.assertTimeoutPreemptively(
                MOST_FOR_ONE, () -> outcome(lying, spec(sample.schema(), random)));
      } catch (Throwable e) {
        throw new AssertionError("-Dneuralake.fuzz.seed=" + seed, e);
      }
      outcomes.merge(outcome, 1, Integer::sum);
    }
    System.out.printf("ParquetFuzzTest: seeds %d to %d, %s%n", first, seed - 1, outcomes);
    assertThat(outcomes).containsKeys("CorruptTableException", "rows");
  }

  private static List<Sample> samples() throws IOException {
    List<Sample> samples = new ArrayList<>();
    for (long seed = 1; seed <= 6; seed++) {
      RandomRows rows = new RandomRows(seed);
      StructType schema = seed == 1 ? RandomRows.allPrimitives() : rows.schema(3);
      WriteSpec.Codec codec = WriteSpec.Codec.values()[(int) (seed % 5)];
      WriteSpec spec =
          WriteSpec.of(schema, ColumnMapping.Mode.NONE).withCodec(codec, 1).withSizes(20_000, 500);
      samples.add(new Sample(ParquetRoundTripTest.write(spec, rows.rows(schema, 200), 60), schema));
    }
    List<Consumer<Group>> rows = new ArrayList<>();
    ForeignFilesTest.fill(400, rows, new ArrayList<>());
    for (WriterVersion version : WriterVersion.values()) {
      for (CompressionCodecName codec :
          List.of(CompressionCodecName.UNCOMPRESSED, CompressionCodecName.ZSTD)) {
        byte[] file = ForeignFilesTest.file(ForeignFilesTest.MIXED_FILE, rows, version, codec);
        samples.add(new Sample(file, ForeignFilesTest.MIXED));
      }
    }
    return samples;
  }

  /** With or without a filter that looks at everything there is and rules parts out at random. */
  private static ReadSpec spec(StructType schema, Random random) {
    ReadSpec all = ReadSpec.of(schema);
    Set<List<String>> columns =
        schema.fieldNames().stream().map(List::of).collect(Collectors.toSet());
    return random.nextBoolean()
        ? all
        : all.withFilter(
            new PartFilter() {
              @Override
              public Set<List<String>> columns() {
                return columns;
              }

              @Override
              public boolean mayMatch(Part part) {
                for (List<String> column : columns) {
                  PartFilter.Range range = part.range(column);
                  if (range != null && range.min() != null) {
                    part.mayContain(column, range.min());
                  }
                }
                return random.nextInt(4) > 0;
              }
            });
  }

  private static String outcome(byte[] file, ReadSpec spec) {
    InMemoryFileStore store = new InMemoryFileStore();
    store.write(LOCATION, file);
    try (RootAllocator allocator = new RootAllocator(256L << 20)) {
      try (ParquetBatchReader reader =
          new ParquetBatchReader(store, LOCATION, file.length, spec, allocator)) {
        int batches = 0;
        for (VectorSchemaRoot batch = reader.next(); batch != null; batch = reader.next()) {
          batch.close();
          assertThat(++batches).isLessThan(MOST_BATCHES);
        }
        return "rows";
      } catch (CorruptTableException | UnsupportedTableException | IOException e) {
        assertThat(e).hasMessageContaining(LOCATION);
        return e.getClass().getSimpleName();
      } catch (OutOfMemoryException e) {
        return "OutOfMemoryException"; // of the allocator, whose limit is the bound
      } finally {
        assertThat(allocator.getAllocatedMemory()).isZero();
      }
    }
  }

  @Test
  void aPageThatUnpacksToMoreThanMemoryHoldsIsRefused() {
    int claimed = (int) Math.min(1 << 30, Runtime.getRuntime().maxMemory() / 2);
    byte[] bomb = new byte[1 << 16];
    new Random(1).nextBytes(bomb);
    try (var zstd = new com.github.luben.zstd.ZstdDecompressCtx()) {
      PageCodec codec = new PageCodec(CompressionCodecName.ZSTD, zstd, LOCATION);
      Assertions.assertThrows(
          CorruptPageException.class,
          () -> codec.decompress(new Slice(bomb, 0, bomb.length), claimed));
      byte[] honest = Zstd.compress(new byte[1 << 20]);
      Assertions.assertDoesNotThrow(
          () -> codec.decompress(new Slice(honest, 0, honest.length), 1 << 20));
      Assertions.assertThrows(
          CorruptPageException.class,
          () -> codec.decompress(new Slice(honest, 0, honest.length), (1 << 20) - 1));
    }
  }
}
