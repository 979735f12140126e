package io.neuralake.internal.columnar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.StructType;
import io.neuralake.error.CorruptTableException;
import io.neuralake.error.UnsupportedTableException;
import io.neuralake.internal.meta.ColumnMapping;
import io.neuralake.internal.store.InMemoryFileStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged files end in an exception that names the file, or in rows; never in anything worse. */
class ParquetDamageTest {
  private static final String LOCATION = "mem://t/f.parquet";
  private static final int MAX_BATCHES = 1000;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void randomDamageIsReported(long seed) throws IOException {
    Random random = new Random(seed);
    RandomRows rows = new RandomRows(seed);
    StructType schema = seed == 1 ? RandomRows.allPrimitives() : rows.schema(3);
    WriteSpec.Codec codec = WriteSpec.Codec.values()[(int) (seed % 5)];
    WriteSpec spec =
        WriteSpec.of(schema, ColumnMapping.Mode.NONE).withCodec(codec, 1).withSizes(20_000, 500);
    byte[] intact = ParquetRoundTripTest.write(spec, rows.rows(schema, 60), 60);
    damageAndRead(intact, schema, random);
  }

  @ParameterizedTest
  @EnumSource(WriterVersion.class)
  void randomDamageWithoutChecksumsIsHarmless(WriterVersion version) throws IOException {
    List<Consumer<Group>> rows = new ArrayList<>();
    ForeignFilesTest.fill(200, rows, new ArrayList<>());
    for (CompressionCodecName codec :
        List.of(CompressionCodecName.UNCOMPRESSED, CompressionCodecName.SNAPPY)) {
      byte[] intact = ForeignFilesTest.file(ForeignFilesTest.MIXED_FILE, rows, version, codec);
      damageAndRead(intact, ForeignFilesTest.MIXED, new Random(11));
      damageAndRead(intact, ForeignFilesTest.MIXED, new Random(12));
    }
  }

  private static void damageAndRead(byte[] intact, StructType schema, Random random) {
    int reported = 0;
    for (int i = 0; i < 150; i++) {
      byte[] damaged = damage(intact, random);
      if (Assertions.assertTimeoutPreemptively(
          Duration.ofSeconds(30), () -> isReported(damaged, schema))) {
        reported++;
      }
    }
    assertThat(reported).isGreaterThan(10);
  }

  private static byte[] damage(byte[] intact, Random random) {
    if (random.nextInt(8) == 0) {
      return Arrays.copyOf(intact, random.nextInt(intact.length));
    }
    byte[] damaged = intact.clone();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      int at =
          random.nextBoolean()
              ? random.nextInt(damaged.length)
              : damaged.length - 1 - random.nextInt(Math.min(damaged.length, 600));
      damaged[at] =
          random.nextBoolean()
              ? (byte) random.nextInt()
              : (byte) (damaged[at] ^ 1 << random.nextInt(8));
    }
    return damaged;
  }

  private static boolean isReported(byte[] file, StructType schema) {
    InMemoryFileStore store = new InMemoryFileStore();
    store.write(LOCATION, file);
    try (RootAllocator allocator = new RootAllocator(256L << 20)) {
      try (ParquetBatchReader reader =
          new ParquetBatchReader(store, LOCATION, file.length, ReadSpec.of(schema), allocator)) {
        VectorSchemaRoot batch = reader.next();
        for (int i = 0; batch != null && i < MAX_BATCHES; i++) {
          batch.close();
          batch = reader.next();
        }
        if (batch != null) {
          batch.close();
        }
        return false;
      } catch (CorruptTableException | UnsupportedTableException | IOException e) {
        assertThat(e).hasMessageContaining(LOCATION);
        return true;
      } finally {
        assertThat(allocator.getAllocatedMemory()).isZero();
      }
    }
  }

  @Test
  void filesThatAreNoParquetFilesAreNamed() {
    StructType schema = RandomRows.allPrimitives();
    assertThatThrownBy(() -> GoldenParquetTest.read(new byte[0], ReadSpec.of(schema)))
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining(LOCATION)
        .hasMessageContaining("only 0 bytes");
    assertThatThrownBy(() -> GoldenParquetTest.read(new byte[100], ReadSpec.of(schema)))
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining(LOCATION)
        .hasMessageContaining("does not end in PAR1");
    byte[] encrypted = new byte[100];
    System.arraycopy(new byte[] {'P', 'A', 'R', 'E'}, 0, encrypted, 96, 4);
    assertThatThrownBy(() -> GoldenParquetTest.read(encrypted, ReadSpec.of(schema)))
        .isInstanceOf(UnsupportedTableException.class)
        .hasMessageContaining(LOCATION)
        .hasMessageContaining("encrypted");
  }

  @Test
  void metadataWithImpossibleCountsIsRefusedBeforeAnythingIsAllocated() {
    byte[] list = {0x29, (byte) 0xfc, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x07, 0};
    assertThatThrownBy(() -> ThriftBounds.check(new Slice(list, 0, list.length)))
        .isInstanceOf(CorruptPageException.class)
        .hasMessageContaining("counts 2147483647 elements");
    byte[] text = {0x18, 0x7f, 'x', 0};
    assertThatThrownBy(() -> ThriftBounds.check(new Slice(text, 0, text.length)))
        .isInstanceOf(CorruptPageException.class)
        .hasMessageContaining("a length of 127");
    byte[] deep = new byte[1000];
    Arrays.fill(deep, (byte) 0x1c);
    assertThatThrownBy(() -> ThriftBounds.check(new Slice(deep, 0, deep.length)))
        .isInstanceOf(CorruptPageException.class)
        .hasMessageContaining("nested more than 64 levels");
  }

  @Test
  void smallFilesCostOneRead() throws IOException {
    StructType schema = RandomRows.allPrimitives();
    List<List<Object>> rows = new RandomRows(5).rows(schema, 50);
    byte[] file =
        ParquetRoundTripTest.write(WriteSpec.of(schema, ColumnMapping.Mode.NONE), rows, 50);
    InMemoryFileStore store = new InMemoryFileStore();
    store.write(LOCATION, file);
    try (RootAllocator allocator = new RootAllocator();
        ParquetBatchReader reader =
            new ParquetBatchReader(store, LOCATION, file.length, ReadSpec.of(schema), allocator)) {
      try (VectorSchemaRoot batch = reader.next()) {
        assertThat(ArrowRows.of(batch)).isEqualTo(rows);
      }
      assertThat(reader.next()).isNull();
      assertThat(store.rangeReads()).isEqualTo(1);
    }
  }
}
