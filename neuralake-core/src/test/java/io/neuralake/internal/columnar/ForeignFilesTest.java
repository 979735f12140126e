package io.neuralake.internal.columnar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.neuralake.error.CorruptTableException;
import io.neuralake.internal.store.FileSink;
import io.neuralake.internal.store.InMemoryFileStore;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.NanoTime;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files in forms that other writers produce, written with parquet-java. */
class ForeignFilesTest {
  static final String MIXED_FILE =
      "required int32 i; required int64 l; optional binary s (STRING); required boolean b;"
          + " required double d; repeated int32 many;";

  static final StructType MIXED =
      new StructType()
          .add("i", IntegerType.INTEGER)
          .add("l", LongType.LONG)
          .add("s", StringType.STRING)
          .add("b", BooleanType.BOOLEAN)
          .add("d", DoubleType.DOUBLE)
          .add("many", new ArrayType(IntegerType.INTEGER, false));

  /** Rows of the mixed file, and what reading them has to give. */
  static void fill(int count, List<Consumer<Group>> rows, List<List<Object>> expected) {
    Random random = new Random(7);
    for (int i = 0; i < count; i++) {
      int number = random.nextInt();
      String text = random.nextBoolean() ? "prefix" + random.nextInt() : null;
      boolean flag = random.nextInt(5) == 0;
      double real = random.nextDouble();
      rows.add(
          g -> {
            g.append("i", number).append("l", (long) number << 20).append("d", real);
            g.append("b", flag);
            if (text != null) {
              g.append("s", text);
              g.append("many", number);
              g.append("many", number + 1);
            }
          });
      List<Object> many = text == null ? List.of() : List.of((long) number, (long) (number + 1));
      expected.add(Arrays.asList((long) number, (long) number << 20, text, flag, real, many));
    }
  }

  private static byte[] file(String schema, List<Consumer<Group>> rows) throws IOException {
    return file(schema, rows, WriterVersion.PARQUET_1_0, CompressionCodecName.UNCOMPRESSED);
  }

  static byte[] file(
      String schema, List<Consumer<Group>> rows, WriterVersion version, CompressionCodecName codec)
      throws IOException {
    MessageType type = MessageTypeParser.parseMessageType("message m {" + schema + "}");
    InMemoryFileStore store = new InMemoryFileStore();
    try (FileSink sink = store.create("mem://f")) {
      try (ParquetWriter<Group> writer =
          ExampleParquetWriter.builder(new SinkOutputFile(sink))
              .withType(type)
              .withConf(new PlainParquetConfiguration())
              .withWriterVersion(version)
              .withCompressionCodec(codec)
              .withPageWriteChecksumEnabled(false)
              .withPageSize(2000)
              .withPageRowCountLimit(300)
              .build()) {
        for (Consumer<Group> row : rows) {
          Group group = new SimpleGroup(type);
          row.accept(group);
          writer.write(group);
        }
      }
    }
    return store.read("mem://f", Integer.MAX_VALUE);
  }

  private static List<Object> column(byte[] file, String name, DataType type) throws IOException {
    StructType schema = new StructType().add(name, type, true);
    return GoldenParquetTest.read(file, ReadSpec.of(schema)).stream().map(r -> r.get(0)).toList();
  }

  private static List<Object> one(String schema, DataType type, Consumer<Group> row)
      throws IOException {
    return column(file(schema, List.of(row)), "c", type);
  }

  @Test
  void timestampsInEveryUnitAreMicroseconds() throws IOException {
    TimestampType zoned = TimestampType.TIMESTAMP;
    TimestampNTZType local = TimestampNTZType.TIMESTAMP_NTZ;
    assertThat(one("optional int64 c (TIMESTAMP(MILLIS,true));", zoned, g -> g.add("c", -7L)))
        .containsExactly(-7000L);
    assertThat(one("optional int64 c (TIMESTAMP(NANOS,true));", zoned, g -> g.add("c", -1L)))
        .containsExactly(-1L);
    assertThat(one("optional int64 c (TIMESTAMP(MICROS,false));", local, g -> g.add("c", 5L)))
        .containsExactly(5L);
    assertThat(one("optional int32 c (DATE);", local, g -> g.add("c", -1)))
        .containsExactly(-86_400_000_000L);
    NanoTime time = new NanoTime(2_440_587, 86_399_999_999_000L);
    assertThat(one("optional int96 c;", zoned, g -> g.add("c", time))).containsExactly(-1L);
  }

  @Test
  void narrowTypesWiden() throws IOException {
    assertThat(one("optional int32 c (INTEGER(8,true));", ShortType.SHORT, g -> g.add("c", -8)))
        .containsExactly(-8L);
    assertThat(one("optional int32 c;", LongType.LONG, g -> g.add("c", -9))).containsExactly(-9L);
    assertThat(one("optional int32 c;", DoubleType.DOUBLE, g -> g.add("c", 3)))
        .containsExactly(3.0);
    assertThat(one("optional float c;", DoubleType.DOUBLE, g -> g.add("c", 0.5f)))
        .containsExactly(0.5);
    assertThat(one("optional int64 c;", new DecimalType(22, 2), g -> g.add("c", -5L)))
        .containsExactly(new BigDecimal("-5.00"));
    assertThat(
            one("optional int32 c (DECIMAL(5,2));", new DecimalType(30, 4), g -> g.add("c", 12345)))
        .containsExactly(new BigDecimal("123.4500"));
    Binary bytes = Binary.fromConstantByteArray(new byte[] {(byte) 0xff, 0x38});
    assertThat(
            one(
                "optional binary c (DECIMAL(20,1));",
                new DecimalType(20, 1),
                g -> g.add("c", bytes)))
        .containsExactly(new BigDecimal("-20.0"));
  }

  @Test
  void unsignedIntegersKeepTheirValue() throws IOException {
    assertThat(one("optional int32 c (INTEGER(32,false));", LongType.LONG, g -> g.add("c", -1)))
        .containsExactly(0xffffffffL);
    byte[] file = file("optional int32 c (INTEGER(32,false));", List.of(g -> g.add("c", -1)));
    assertThatThrownBy(() -> column(file, "c", IntegerType.INTEGER))
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining("outside of the column's range");
  }

  @Test
  void valuesOutsideOfTheColumnsRangeAreRefused() throws IOException {
    byte[] file = file("optional int32 c;", List.of(g -> g.add("c", 128)));
    assertThatThrownBy(() -> column(file, "c", ByteType.BYTE))
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining("mem://t/f.parquet")
        .hasMessageContaining("from -128 to 127");
  }

  @Test
  void typesThatDoNotFitAreRefusedByName() throws IOException {
    byte[] file = file("optional binary c (STRING);", List.of(g -> g.add("c", "x")));
    assertThatThrownBy(() -> column(file, "c", IntegerType.INTEGER))
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining("column c is optional binary c (STRING)")
        .hasMessageContaining("cannot be read as integer");
    byte[] wide = file("optional int64 c;", List.of(g -> g.add("c", 1L << 40)));
    assertThatThrownBy(() -> column(wide, "c", DateType.DATE))
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining("cannot be read as date");
  }

  @Test
  void listsInTheirOldFormsAreRead() throws IOException {
    ArrayType ints = new ArrayType(IntegerType.INTEGER, true);
    assertThat(
            one(
                "repeated int32 c;",
                ints,
                g -> {
                  g.add("c", 1);
                  g.add("c", 2);
                }))
        .containsExactly(List.of(1L, 2L));
    assertThat(one("repeated int32 c;", ints, g -> {})).containsExactly(List.of());
    assertThat(
            one(
                "optional group c (LIST) { repeated int32 array; }",
                ints,
                g -> {
                  Group list = g.addGroup("c");
                  list.add("array", 3);
                  list.add("array", 4);
                }))
        .containsExactly(List.of(3L, 4L));
    assertThat(
            one(
                "optional group c (LIST) { repeated group bag { optional int32 array_element; } }",
                ints,
                g -> {
                  Group list = g.addGroup("c");
                  list.addGroup("bag").add("array_element", 5);
                  list.addGroup("bag");
                }))
        .containsExactly(Arrays.asList(5L, null));
    ArrayType structs = new ArrayType(new StructType().add("a", IntegerType.INTEGER, true), true);
    assertThat(
            one(
                "optional group c (LIST) { repeated group array { optional int32 a; } }",
                structs,
                g -> g.addGroup("c").addGroup("array").add("a", 6)))
        .containsExactly(List.of(List.of(6L)));
    assertThat(
            one(
                "optional group c (LIST) { repeated group element { required int32 a;"
                    + " required int32 b; } }",
                structs,
                g -> g.addGroup("c").addGroup("element").append("a", 7).append("b", 8)))
        .containsExactly(List.of(List.of(7L)));
  }

  @Test
  void mapsInTheirOldFormAreRead() throws IOException {
    MapType map = new MapType(StringType.STRING, LongType.LONG, true);
    assertThat(
            one(
                "optional group c (MAP_KEY_VALUE) { repeated group map {"
                    + " required binary key (UTF8); optional int32 value; } }",
                map,
                g -> {
                  Group entries = g.addGroup("c");
                  entries.addGroup("map").append("key", "a").append("value", 1);
                  entries.addGroup("map").append("key", "b");
                }))
        .containsExactly(List.of(List.of("a", 1L), Arrays.asList("b", null)));
  }

  @Test
  void structsWhoseWantedFieldsAreAllMissingKeepTheirNulls() throws IOException {
    DataType wanted = new StructType().add("added", StringType.STRING, true);
    List<Consumer<Group>> rows =
        List.of(g -> g.addGroup("c").add("a", 1), g -> {}, g -> g.addGroup("c"));
    byte[] file = file("optional group c { optional int32 a; }", rows);
    List<Object> empty = Arrays.asList((Object) null);
    assertThat(column(file, "c", wanted)).containsExactly(empty, null, empty);
    assertThat(column(file, "other", wanted)).containsExactly(null, null, null);
  }

  @Test
  void namesMatchWhateverTheirCaseUnlessThatIsAmbiguous() throws IOException {
    byte[] file = file("optional int32 Col;", List.of(g -> g.add("Col", 1)));
    assertThat(column(file, "cOL", IntegerType.INTEGER)).containsExactly(1L);
    byte[] twice =
        file("optional int32 Col; optional int32 COL;", List.of(g -> g.append("Col", 1)));
    assertThat(column(twice, "Col", IntegerType.INTEGER)).containsExactly(1L);
    assertThatThrownBy(() -> column(twice, "col", IntegerType.INTEGER))
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining("differ in case only");
  }

  @ParameterizedTest
  @EnumSource(WriterVersion.class)
  void everyEncodingAndPageVersionIsRead(WriterVersion version) throws IOException {
    List<Consumer<Group>> rows = new ArrayList<>();
    List<List<Object>> expected = new ArrayList<>();
    fill(3000, rows, expected);
    for (CompressionCodecName codec :
        List.of(
            CompressionCodecName.SNAPPY, CompressionCodecName.ZSTD, CompressionCodecName.GZIP)) {
      byte[] file = file(MIXED_FILE, rows, version, codec);
      assertThat(GoldenParquetTest.read(file, ReadSpec.of(MIXED).withBatchSize(777, 1 << 20)))
          .isEqualTo(expected);
    }
  }
}
