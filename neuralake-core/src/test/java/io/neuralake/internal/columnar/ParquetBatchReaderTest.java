package io.neuralake.internal.columnar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.FieldMetadata;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampType;
import io.neuralake.error.CorruptTableException;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.meta.ColumnMapping;
import io.neuralake.internal.store.InMemoryFileStore;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ParquetBatchReaderTest {

  private static StructField mapped(String logical, String physical, int id, DataType type) {
    FieldMetadata metadata =
        FieldMetadata.builder()
            .putLong("delta.columnMapping.id", id)
            .putString("delta.columnMapping.physicalName", physical)
            .build();
    return new StructField(logical, type, true, metadata);
  }

  private static byte[] write(StructType schema, ColumnMapping.Mode mode, List<List<Object>> rows)
      throws IOException {
    return ParquetRoundTripTest.write(WriteSpec.of(schema, mode), rows, 100);
  }

  @ParameterizedTest
  @EnumSource(
      value = ColumnMapping.Mode.class,
      names = {"NAME", "ID"})
  void mappedColumnsAreFoundAtEveryLevelAfterRenamesAndDrops(ColumnMapping.Mode mode)
      throws IOException {
    StructType inner =
        new StructType()
            .add(mapped("x", "col-x", 4, IntegerType.INTEGER))
            .add(mapped("y", "col-y", 5, StringType.STRING));
    StructType written =
        new StructType()
            .add(mapped("a", "col-a", 1, LongType.LONG))
            .add(mapped("list", "col-list", 2, new ArrayType(inner, true)))
            .add(mapped("map", "col-map", 3, new MapType(StringType.STRING, inner, true)));
    List<List<Object>> rows =
        List.of(
            Arrays.asList(1L, List.of(List.of(2L, "u")), List.of(List.of("k", List.of(3L, "v")))),
            Arrays.asList(null, Arrays.asList((Object) null), List.of()));
    byte[] file = write(written, mode, rows);
    StructType innerNow =
        new StructType()
            .add(mapped("added", "col-z", 9, LongType.LONG))
            .add(mapped("renamed", "col-y", 5, StringType.STRING));
    StructType now =
        new StructType()
            .add(mapped("m", "col-map", 3, new MapType(StringType.STRING, innerNow, true)))
            .add(mapped("x", "col-list", 2, new ArrayType(innerNow, true)))
            .add(mapped("col-a", "col-new", 10, LongType.LONG));
    assertThat(GoldenParquetTest.read(file, ReadSpec.of(now).withMode(mode)))
        .containsExactly(
            Arrays.asList(
                List.of(List.of("k", Arrays.asList(null, "v"))),
                List.of(Arrays.asList(null, "u")),
                null),
            Arrays.asList(List.of(), Arrays.asList((Object) null), null));
  }

  @Test
  void mappedTablesNeedTheirMetadata() {
    StructType schema = new StructType().add("a", LongType.LONG);
    assertThatThrownBy(() -> WriteSpec.of(schema, ColumnMapping.Mode.NAME))
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining("column a no physical name");
  }

  @Test
  void partitionColumnsAreConstants() throws IOException {
    StructType data = new StructType().add("v", IntegerType.INTEGER);
    byte[] file = write(data, ColumnMapping.Mode.NONE, List.of(List.of(1L), List.of(2L)));
    StructType schema =
        new StructType()
            .add("s", StringType.STRING)
            .add("v", IntegerType.INTEGER)
            .add("d", DateType.DATE)
            .add("t", TimestampType.TIMESTAMP)
            .add("n", new DecimalType(10, 2))
            .add("none", LongType.LONG);
    Map<String, String> values = new HashMap<>();
    values.put("s", "ä b");
    values.put("d", "1969-12-31");
    values.put("t", "1970-01-01 00:00:01.5");
    values.put("n", "1.5");
    values.put("none", null);
    ReadSpec spec = ReadSpec.of(schema).withPartition(Set.of("s", "d", "t", "n", "none"), values);
    BigDecimal n = new BigDecimal("1.50");
    assertThat(GoldenParquetTest.read(file, spec))
        .containsExactly(
            Arrays.asList("ä b", 1L, -1L, 1_500_000L, n, null),
            Arrays.asList("ä b", 2L, -1L, 1_500_000L, n, null));
  }

  @Test
  void nullsWhereNoneMayBeAreRefused() throws IOException {
    StructType schema = new StructType().add(new StructField("a", LongType.LONG, false));
    List<List<Object>> rows = List.of(Arrays.asList((Object) null));
    assertThatThrownBy(() -> write(schema, ColumnMapping.Mode.NONE, rows))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("column a must not be null");
  }

  @Test
  void batchesOfAnotherTypeAreRefused() throws IOException {
    StructType schema = new StructType().add("a", LongType.LONG);
    StructType other = new StructType().add("a", IntegerType.INTEGER);
    ParquetBatchWriter writer =
        new ParquetBatchWriter(
            new InMemoryFileStore().create("mem://f"),
            WriteSpec.of(schema, ColumnMapping.Mode.NONE));
    try (RootAllocator allocator = new RootAllocator();
        var batch = ArrowRows.root(other, List.of(List.of(1L)), allocator)) {
      assertThatThrownBy(() -> writer.write(batch))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("column a takes a BigIntVector, not a: Int(32, true)");
    } finally {
      writer.abort();
    }
  }

  @Test
  void abortedFilesAreNeverVisible() throws IOException {
    InMemoryFileStore store = new InMemoryFileStore();
    StructType schema = new StructType().add("a", LongType.LONG);
    ParquetBatchWriter writer =
        new ParquetBatchWriter(
            store.create("mem://f"), WriteSpec.of(schema, ColumnMapping.Mode.NONE));
    writer.abort();
    assertThatThrownBy(() -> store.stat("mem://f"))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("mem://f");
    assertThatThrownBy(writer::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed or aborted");
  }
}
