package io.neuralake.internal.columnar;

import static org.assertj.core.api.Assertions.assertThat;

import io.delta.kernel.types.StructType;
import io.neuralake.internal.meta.ColumnMapping;
import io.neuralake.internal.store.InMemoryFileStore;
import java.io.IOException;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;

/** What is written is read back, by us and by parquet-java's own reader. */
class ParquetRoundTripTest {
  private static final String LOCATION = "mem://t/f.parquet";

  @Property(tries = 300)
  void rowsOfAnySchemaComeBack(
      @ForAll long seed,
      @ForAll @IntRange(max = 400) int count,
      @ForAll WriteSpec.Codec codec,
      @ForAll @IntRange(min = 200, max = 100_000) int sizes)
      throws IOException {
    RandomRows random = new RandomRows(seed);
    StructType schema = random.schema(3);
    List<List<Object>> rows = random.rows(schema, count);
    WriteSpec spec =
        WriteSpec.of(schema, ColumnMapping.Mode.NONE)
            .withCodec(codec, 3)
            .withSizes(sizes * 4L, sizes);
    byte[] file = write(spec, rows, 1 + (int) Math.floorMod(seed, 150L));
    assertThat(GroupRows.of(file, schema)).isEqualTo(rows);
    ReadSpec read = ReadSpec.of(schema).withBatchSize(1 + count / 3, 1 << 20);
    assertThat(GoldenParquetTest.read(file, read)).isEqualTo(rows);
  }

  static byte[] write(WriteSpec spec, List<List<Object>> rows, int batchRows) throws IOException {
    InMemoryFileStore store = new InMemoryFileStore();
    try (RootAllocator allocator = new RootAllocator()) {
      ParquetBatchWriter writer = new ParquetBatchWriter(store.create(LOCATION), spec);
      for (int from = 0; from < rows.size(); from += batchRows) {
        List<List<Object>> part = rows.subList(from, Math.min(rows.size(), from + batchRows));
        try (VectorSchemaRoot batch = ArrowRows.root(spec.schema(), part, allocator)) {
          writer.write(batch);
        }
      }
      WrittenFile written = writer.close();
      byte[] file = store.read(LOCATION, Integer.MAX_VALUE);
      assertThat(written.bytes()).isEqualTo(file.length);
      assertThat(written.rows()).isEqualTo(rows.size());
      return file;
    }
  }
}
