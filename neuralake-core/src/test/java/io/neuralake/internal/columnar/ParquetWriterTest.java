package io.neuralake.internal.columnar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.meta.ColumnMapping;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.IntFunction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.bloomfilter.BloomFilter;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.internal.column.columnindex.ColumnIndex;
import org.apache.parquet.internal.column.columnindex.OffsetIndex;
import org.apache.parquet.io.api.Binary;
import org.junit.jupiter.api.Test;

/** What the writer puts into files, as parquet-java's own reader sees it. */
class ParquetWriterTest {
  private static final int MANY = 30_000;

  private static WriteSpec spec(StructType schema) {
    return WriteSpec.of(schema, ColumnMapping.Mode.NONE);
  }

  private static ParquetFileReader open(byte[] file) throws IOException {
    return ParquetFileReader.open(
        GroupRows.input(file),
        ParquetReadOptions.builder(new PlainParquetConfiguration())
            .usePageChecksumVerification(true)
            .build());
  }

  private static List<List<Object>> rows(int count, IntFunction<Object> value) {
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(Arrays.asList(value.apply(i)));
    }
    return rows;
  }

  /** Writes one column, and checks that both readers get it back. */
  private static byte[] write(WriteSpec spec, List<List<Object>> rows, int batchRows)
      throws IOException {
    byte[] file = ParquetRoundTripTest.write(spec, rows, batchRows);
    assertThat(GroupRows.of(file, spec.schema())).isEqualTo(rows);
    assertThat(GoldenParquetTest.read(file, ReadSpec.of(spec.schema()))).isEqualTo(rows);
    return file;
  }

  private static byte[] write(DataType type, List<List<Object>> rows) throws IOException {
    return write(spec(new StructType().add("c", type, true)), rows, 7_000);
  }

  private static ColumnChunkMetaData chunk(byte[] file) throws IOException {
    try (ParquetFileReader reader = open(file)) {
      assertThat(reader.getRowGroups()).hasSize(1);
      return reader.getRowGroups().get(0).getColumns().get(0);
    }
  }

  @Property(tries = 60)
  void valuesOfEveryTypeComeBackFromManyPages(
      @ForAll long seed,
      @ForAll @IntRange(max = 3_000) int count,
      @ForAll @IntRange(min = 64, max = 4_000) int pageBytes,
      @ForAll @IntRange(min = 1, max = 2_000) int batchRows)
      throws IOException {
    StructType schema = RandomRows.allPrimitives();
    List<List<Object>> rows = new RandomRows(seed).rows(schema, count);
    write(spec(schema).withSizes(pageBytes * 40L, pageBytes), rows, batchRows);
  }

  @Test
  void fewValuesGoIntoADictionary() throws IOException {
    Random random = new Random(2);
    for (DataType type : List.of(IntegerType.INTEGER, LongType.LONG)) {
      byte[] file =
          write(type, rows(MANY, i -> i % 9 == 0 ? null : (Object) (long) random.nextInt(500)));
      assertThat(chunk(file).getEncodings())
          .containsExactlyInAnyOrder(Encoding.RLE, Encoding.RLE_DICTIONARY, Encoding.PLAIN);
      assertThat(chunk(file).getEncodingStats().hasNonDictionaryEncodedPages()).isFalse();
    }
    byte[] file = write(StringType.STRING, rows(MANY, i -> "region " + random.nextInt(500)));
    assertThat(chunk(file).getEncodingStats().hasNonDictionaryEncodedPages()).isFalse();
    assertThat(chunk(file).hasDictionaryPage()).isTrue();
  }

  @Test
  void manyValuesDoNot() throws IOException {
    Random random = new Random(1);
    byte[] file = write(DoubleType.DOUBLE, rows(MANY, i -> random.nextGaussian()));
    assertThat(chunk(file).hasDictionaryPage()).isFalse();
    file = write(StringType.STRING, rows(MANY, i -> "id " + i));
    assertThat(chunk(file).hasDictionaryPage()).isFalse();
  }

  @Test
  void aDictionaryIsGivenUpWhereItStopsPaying() throws IOException {
    Random random = new Random(1);
    byte[] file =
        write(LongType.LONG, rows(2 * MANY, i -> i < 25_000 ? i % 100L : random.nextLong()));
    ColumnChunkMetaData chunk = chunk(file);
    assertThat(chunk.getEncodingStats().hasDictionaryEncodedPages()).isTrue();
    assertThat(chunk.getEncodingStats().hasNonDictionaryEncodedPages()).isTrue();
    assertThat(chunk.hasDictionaryPage()).isTrue();
  }

  @Test
  void aDictionaryIsGivenUpWhereItBecomesTooLarge() throws IOException {
    StructType schema = new StructType().add("c", StringType.STRING, true);
    String text = "x".repeat(200);
    WriteSpec spec = spec(schema).withSizes(1 << 20, 10_000);
    byte[] file = write(spec, rows(3_000, i -> text + i / 30), 100);
    assertThat(chunk(file).getEncodingStats().hasDictionaryEncodedPages()).isTrue();
    assertThat(chunk(file).getEncodingStats().hasNonDictionaryEncodedPages()).isTrue();
  }

  @Test
  void nullsAloneNeedNoDictionary() throws IOException {
    byte[] file = write(LongType.LONG, rows(MANY, i -> null));
    assertThat(chunk(file).hasDictionaryPage()).isFalse();
    assertThat(chunk(file).getStatistics().getNumNulls()).isEqualTo(MANY);
    file = write(StringType.STRING, rows(2 * MANY, i -> i < MANY ? null : "s" + i % 3));
    assertThat(chunk(file).getStatistics().getNumNulls()).isEqualTo(MANY);
  }

  @Test
  void valuesLargerThanAPageGetPagesOfTheirOwn() throws IOException {
    StructType schema =
        new StructType()
            .add("s", StringType.STRING, true)
            .add("l", new ArrayType(BinaryType.BINARY, true), true);
    Random random = new Random(3);
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      String large = Integer.toHexString(random.nextInt()).substring(0, 2).repeat(3_000 * (i % 5));
      rows.add(Arrays.asList(large, i % 7 == 0 ? null : List.of("00", "ab".repeat(i * 500))));
    }
    byte[] file = write(spec(schema).withSizes(1 << 30, 2_000), rows, 40);
    try (ParquetFileReader reader = open(file)) {
      for (ColumnChunkMetaData column : reader.getRowGroups().get(0).getColumns()) {
        assertThat(reader.readOffsetIndex(column).getPageCount()).isGreaterThan(20);
      }
    }
  }

  @Test
  void pagesOfAllColumnsHoldTheSameRows() throws IOException {
    StructType schema =
        new StructType()
            .add("a", LongType.LONG, true)
            .add("b", StringType.STRING, true)
            .add("l", new ArrayType(LongType.LONG, true), true);
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < 2 * MANY; i++) {
      rows.add(Arrays.asList((long) i, "s" + i, List.of((long) i, -1L)));
    }
    byte[] file = write(spec(schema), rows, 9_999);
    try (ParquetFileReader reader = open(file)) {
      for (ColumnChunkMetaData column : reader.getRowGroups().get(0).getColumns()) {
        OffsetIndex offsets = reader.readOffsetIndex(column);
        assertThat(offsets.getPageCount()).isEqualTo(3);
        assertThat(offsets.getFirstRowIndex(1)).isEqualTo(20_000);
        assertThat(offsets.getFirstRowIndex(2)).isEqualTo(40_000);
      }
      ColumnIndex index = reader.readColumnIndex(reader.getRowGroups().get(0).getColumns().get(0));
      assertThat(index.getMinValues().get(1).getLong(0)).isEqualTo(20_000);
      assertThat(index.getMaxValues().get(1).getLong(0)).isEqualTo(39_999);
    }
  }

  @Test
  void boundsAreThoseOfTheValues() throws IOException {
    Statistics<?> longs =
        chunk(write(LongType.LONG, rows(MANY, i -> i == 7 ? null : (Object) (i - 5L))))
            .getStatistics();
    assertThat(longs.genericGetMin()).isEqualTo(-5L);
    assertThat(longs.genericGetMax()).isEqualTo(MANY - 6L);
    assertThat(longs.getNumNulls()).isEqualTo(1);
    Statistics<?> strings =
        chunk(write(StringType.STRING, rows(MANY, i -> i % 2 == 0 ? "ab" : "\u00e4" + i % 5)))
            .getStatistics();
    assertThat(strings.genericGetMin()).isEqualTo(Binary.fromString("ab"));
    assertThat(strings.genericGetMax()).isEqualTo(Binary.fromString("\u00e44"));
    strings =
        chunk(write(StringType.STRING, rows(5, i -> List.of("b", "ab", "a", "", "abc").get(i))))
            .getStatistics();
    assertThat(strings.genericGetMin()).isEqualTo(Binary.fromString(""));
    assertThat(strings.genericGetMax()).isEqualTo(Binary.fromString("b"));
  }

  @Test
  void longBoundsAreShortenedWithoutCuttingCharacters() throws IOException {
    String smileys = Character.toString(0x1F600).repeat(2_000);
    Statistics<?> bounds =
        chunk(write(StringType.STRING, rows(3, i -> "a" + smileys))).getStatistics();
    String min = ((Binary) bounds.genericGetMin()).toStringUsingUTF8();
    String max = ((Binary) bounds.genericGetMax()).toStringUsingUTF8();
    assertThat("a" + smileys).startsWith(min);
    assertThat(min.length()).isBetween(10, 64);
    assertThat(max.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(64);
    assertThat(
            Arrays.compareUnsigned(
                max.getBytes(StandardCharsets.UTF_8),
                ("a" + smileys).getBytes(StandardCharsets.UTF_8)))
        .isPositive();
    String top = Character.toString(Character.MAX_CODE_POINT).repeat(2_000);
    bounds = chunk(write(StringType.STRING, rows(1, i -> top))).getStatistics();
    assertThat(bounds.genericGetMax())
        .satisfiesAnyOf(
            bound -> assertThat(bound).isNull(),
            bound -> assertThat(((Binary) bound).toStringUsingUTF8()).isEqualTo(top));
  }

  @Test
  void columnsWithNanHaveNoBoundsAndZerosStandForBoth() throws IOException {
    for (boolean single : new boolean[] {true, false}) {
      DataType type = single ? FloatType.FLOAT : DoubleType.DOUBLE;
      byte[] file = write(type, rows(MANY, i -> number(single, i == 25_000 ? Double.NaN : i)));
      try (ParquetFileReader reader = open(file)) {
        ColumnChunkMetaData chunk = reader.getRowGroups().get(0).getColumns().get(0);
        assertThat(chunk.getStatistics().hasNonNullValue()).isFalse();
        assertThat(chunk.getStatistics().getNumNulls()).isZero();
        assertThat(reader.readColumnIndex(chunk)).isNull();
      }
      Statistics<?> zeros = chunk(write(type, rows(9, i -> number(single, 0)))).getStatistics();
      assertThat(zeros.genericGetMin()).isEqualTo(number(single, -0.0));
      assertThat(zeros.genericGetMax()).isEqualTo(number(single, 0.0));
      zeros = chunk(write(type, rows(9, i -> number(single, -0.0)))).getStatistics();
      assertThat(zeros.genericGetMin()).isEqualTo(number(single, -0.0));
      assertThat(zeros.genericGetMax()).isEqualTo(number(single, 0.0));
    }
  }

  /** The order that parquet-java takes by itself is newer than most readers. */
  @Test
  void floatingPointColumnsHaveTheOrderThatAllReadersKnow() throws IOException {
    byte[] file = write(DoubleType.DOUBLE, rows(1, i -> 1.0));
    int length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(file.length - 8);
    FileMetaData footer =
        Util.readFileMetaData(new ByteArrayInputStream(file, file.length - 8 - length, length));
    assertThat(footer.getColumn_orders())
        .singleElement()
        .satisfies(order -> assertThat(order.isSetTYPE_ORDER()).isTrue());
  }

  private static Object number(boolean single, double value) {
    if (single) {
      return (float) value;
    }
    return value;
  }

  @Test
  void bloomFiltersAreWrittenForTheNamedColumnsWithoutDictionary() throws IOException {
    StructType schema =
        new StructType()
            .add("id", StringType.STRING, true)
            .add("n", LongType.LONG, true)
            .add("few", LongType.LONG, true)
            .add("other", LongType.LONG, true);
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      rows.add(Arrays.asList("id-" + i, i * 1_000_003L, i % 3L, i * 7L));
    }
    WriteSpec spec =
        spec(schema).withBloomColumns(Set.of(List.of("id"), List.of("n"), List.of("few")));
    byte[] file = write(spec, rows, 7_000);
    try (ParquetFileReader reader = open(file)) {
      BlockMetaData group = reader.getRowGroups().get(0);
      BloomFilter ids = reader.readBloomFilter(group.getColumns().get(0));
      BloomFilter numbers = reader.readBloomFilter(group.getColumns().get(1));
      int wrong = 0;
      for (int i = 0; i < MANY; i++) {
        assertThat(ids.findHash(ids.hash(Binary.fromString("id-" + i)))).isTrue();
        assertThat(numbers.findHash(numbers.hash(i * 1_000_003L))).isTrue();
        wrong += ids.findHash(ids.hash(Binary.fromString("no-" + i))) ? 1 : 0;
      }
      assertThat(wrong).isLessThan(MANY / 30);
      assertThat(reader.readBloomFilter(group.getColumns().get(2))).isNull();
      assertThat(reader.readBloomFilter(group.getColumns().get(3))).isNull();
    }
  }

  @Test
  void rowGroupsEndAtTheirSize() throws IOException {
    Random random = new Random(5);
    StructType schema = new StructType().add("c", LongType.LONG, true);
    WriteSpec spec = spec(schema).withSizes(200_000, 10_000);
    byte[] file = write(spec, rows(100_000, i -> random.nextLong()), 3_000);
    try (ParquetFileReader reader = open(file)) {
      assertThat(reader.getRowGroups()).hasSizeBetween(3, 5);
    }
  }

  @Test
  void pagesHaveChecksums() throws IOException {
    byte[] file = write(LongType.LONG, rows(100, i -> (long) i));
    try (ParquetFileReader reader = open(file)) {
      PageReadStore group = reader.readNextRowGroup();
      ColumnDescriptor column = reader.getFileMetaData().getSchema().getColumns().get(0);
      PageReader pages = group.getPageReader(column);
      DataPage page = pages.readPage();
      assertThat(page.getCrc()).isPresent();
    }
  }

  @Test
  void higherLevelsMakeSmallerFiles() throws IOException {
    Random random = new Random(4);
    List<List<Object>> rows =
        rows(MANY, i -> "session " + i / 7 + " of " + random.nextInt(50) + " is over");
    WriteSpec spec = spec(new StructType().add("c", StringType.STRING, true));
    int fast = write(spec.withCodec(WriteSpec.Codec.ZSTD, 1), rows, 5_000).length;
    int small = write(spec.withCodec(WriteSpec.Codec.ZSTD, 19), rows, 5_000).length;
    assertThat(small).isLessThan(fast);
  }

  @Test
  void filesWithoutRowsAreFiles() throws IOException {
    byte[] file = write(LongType.LONG, List.of());
    try (ParquetFileReader reader = open(file)) {
      assertThat(reader.getRecordCount()).isZero();
    }
  }

  @Test
  void nullsInNestedRequiredFieldsAreRefused() {
    StructType schema = new StructType().add("l", new ArrayType(LongType.LONG, false), true);
    List<List<Object>> rows = List.of(List.of(Arrays.asList(1L, null)));
    assertThatThrownBy(() -> ParquetRoundTripTest.write(spec(schema), rows, 10))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("column l.list.element must not be null, but the value at 1 is");
  }
}
