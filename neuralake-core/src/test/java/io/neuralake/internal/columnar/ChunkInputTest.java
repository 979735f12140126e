package io.neuralake.internal.columnar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.StructType;
import io.neuralake.internal.meta.ColumnMapping;
import io.neuralake.internal.store.InMemoryFileStore;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Test;

/** How bytes of larger files are fetched. */
class ChunkInputTest {
  private static final String LOCATION = "mem://t/f.parquet";

  @Test
  void windowsGiveEveryByteInOrder() throws IOException {
    Random random = new Random(3);
    byte[] bytes = new byte[20_000_000];
    random.nextBytes(bytes);
    InMemoryFileStore store = new InMemoryFileStore();
    store.write(LOCATION, bytes);
    try (FileBytes file = new FileBytes(store.open(LOCATION, bytes.length), new ReadCounters())) {
      int start = 100;
      int length = bytes.length - 200;
      Slice fetched = file.read(start, 1000);
      ChunkInput input = new ChunkInput(file, start, length, fetched, 1 << 20);
      int at = start;
      while (input.remaining() > 0) {
        int size = (int) Math.min(input.remaining(), random.nextInt(3_000_000));
        Slice taken = input.take(size);
        assertThat(taken.length()).isEqualTo(size);
        assertThat(Arrays.equals(taken.array(), taken.offset(), taken.end(), bytes, at, at + size))
            .isTrue();
        at += size;
        if (input.remaining() > 0) {
          assertThat(input.read()).isEqualTo(bytes[at++] & 0xff);
        }
      }
      assertThat(at).isEqualTo(start + length);
      assertThat(input.read()).isEqualTo(-1);
      assertThatThrownBy(() -> input.take(1))
          .isInstanceOf(CorruptPageException.class)
          .hasMessageContaining("claims 1 bytes where its column has 0 left");
    }
  }

  @Test
  void aRowGroupCostsOneReadAndTheFooterAnother() throws IOException {
    StructType schema = RandomRows.allPrimitives();
    List<List<Object>> some = new RandomRows(22).rows(schema, 20_000);
    WriteSpec spec =
        WriteSpec.of(schema, ColumnMapping.Mode.NONE).withCodec(WriteSpec.Codec.UNCOMPRESSED, 0);
    byte[] file = ParquetRoundTripTest.write(spec, some, 8192);
    assertThat(file.length).isGreaterThan(600_000);
    InMemoryFileStore store = new InMemoryFileStore();
    store.write(LOCATION, file);
    int rows = 0;
    try (RootAllocator allocator = new RootAllocator();
        ParquetBatchReader reader =
            new ParquetBatchReader(store, LOCATION, file.length, ReadSpec.of(schema), allocator)) {
      assertThat(store.rangeReads()).isEqualTo(1);
      VectorSchemaRoot batch;
      while ((batch = reader.next()) != null) {
        try (VectorSchemaRoot part = batch) {
          assertThat(ArrowRows.of(part)).isEqualTo(some.subList(rows, rows + part.getRowCount()));
          rows += part.getRowCount();
        }
      }
      assertThat(store.rangeReads()).isEqualTo(2);
    }
    assertThat(rows).isEqualTo(some.size());
  }
}
