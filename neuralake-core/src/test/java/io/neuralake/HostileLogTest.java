package io.neuralake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.neuralake.error.CorruptTableException;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.NeuralLakeException;
import io.neuralake.error.TableNotFoundException;
import io.neuralake.error.UnsupportedTableException;
import io.neuralake.internal.store.InMemoryFileStore;
import io.neuralake.read.Rows;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Logs and data files that lie, are damaged, or come from the future. */
@Timeout(60)
class HostileLogTest {

  record Row(int id, String name) {}

  private static final String LOG = MemoryLake.LOCATION + "/_delta_log/";
  private static final String SCHEMA =
      "{\\\"type\\\":\\\"struct\\\",\\\"fields\\\":[{\\\"name\\\":\\\"id\\\",\\\"type\\\":\\\"integer\\\","
          + "\\\"nullable\\\":true,\\\"metadata\\\":{}}]}";

  private final MemoryLake lake = new MemoryLake();
  private final InMemoryFileStore files = new InMemoryFileStore();
  private NeuralTable table = lake.table(files);

  @BeforeEach
  void goodTable() {
    table.create(Row.class).commit();
    table.append(List.of(new Row(1, "a"), new Row(2, "b"))).commit();
  }

  @AfterEach
  void nothingIsHeld() {
    assertThat(lake.allocator().getAllocatedMemory()).isZero();
    lake.close();
  }

  private static String commit(long version) {
    return LOG + "%020d.json".formatted(version);
  }

  private void write(String location, String text) {
    files.write(location, text.getBytes(StandardCharsets.UTF_8));
  }

  private String read(String location) throws IOException {
    return new String(files.read(location, 1 << 20), StandardCharsets.UTF_8);
  }

  private NeuralTable fresh() {
    return lake.table(files);
  }

  private List<Map<String, Object>> rows() {
    try (Rows<Map<String, Object>> rows = fresh().scan().maps()) {
      return rows.stream().toList();
    }
  }

  private String dataFile() {
    return files.locations().stream().filter(f -> f.endsWith(".parquet")).findFirst().orElseThrow();
  }

  private static String add(String path, String more) {
    return "{\"add\":{\"path\":\""
        + path
        + "\",\"partitionValues\":{},\"size\":100,\"modificationTime\":0,\"dataChange\":true"
        + more
        + "}}\n";
  }

  @Test
  void folderWithoutALogIsNoTable() {
    InMemoryFileStore other = new InMemoryFileStore();
    other.write(MemoryLake.LOCATION + "/readme.txt", new byte[10]);

    assertThat(lake.table(other).exists()).isFalse();
    assertThatThrownBy(() -> lake.table(other).scan().count())
        .isInstanceOf(TableNotFoundException.class)
        .hasMessageContaining(MemoryLake.LOCATION + ": there is no Delta table here");
  }

  static Stream<Arguments> damagedCommits() {
    return Stream.of(
        arguments("truncated", "{\"add\":{\"path\":\"x.parq"),
        arguments("garbage", "\u0000\u0001\u0002\ufffd\n"),
        arguments("no object", "[1,2,3]\n"),
        arguments("deeply nested", "[".repeat(100_000)),
        arguments("deep in an action", "{\"add\":" + "{\"a\":".repeat(100_000)),
        arguments("a good line, then damage", add("a", "") + "{\"remove\":{\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("damagedCommits")
  void damagedCommitIsNamed(String name, String content) {
    write(commit(2), content);

    Throwable found = catchThrowable(this::rows);
    assertThat(found)
        .as(name)
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining(MemoryLake.LOCATION);
  }

  @Test
  void lineOfAHundredMegabytesIsAnErrorNotTheEndOfTheProcess() {
    byte[] huge = new byte[100 << 20];
    Arrays.fill(huge, (byte) 'x');
    files.write(commit(2), huge);

    assertThatThrownBy(this::rows)
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining(MemoryLake.LOCATION);
    assertThatThrownBy(() -> table.append(List.of(new Row(3, "c"))).commit())
        .isInstanceOf(NeuralLakeException.class)
        .hasMessageContaining("line 1 is longer than 67108864 bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "garbage", "PAR1garbagePAR1"})
  void damagedCheckpointIsAnErrorOrPassedOver(String content) {
    write(LOG + "00000000000000000001.checkpoint.parquet", content);
    write(LOG + "_last_checkpoint", "{\"version\":1,\"size\":4}");

    Throwable found = catchThrowable(() -> assertThat(rows()).hasSize(2));
    if (found != null) {
      assertThat(found)
          .isInstanceOf(NeuralLakeException.class)
          .hasMessageContaining(MemoryLake.LOCATION);
    }
  }

  @Test
  void checkpointWithDamagedBytesIsAnErrorOrReadsAsItIs() throws IOException {
    for (int id = 3; id <= 11; id++) {
      table.append(List.of(new Row(id, "c"))).commit();
    }
    lake.runBackground();
    String checkpoint = LOG + "00000000000000000010.checkpoint.parquet";
    byte[] good = files.read(checkpoint, 1 << 20);
    files.delete(List.of(LOG + "00000000000000000010.crc"));
    for (long version = 0; version < 10; version++) {
      files.delete(List.of(commit(version)));
    }
    assertThat(rows()).hasSize(11);

    Random random = new Random(11);
    int refused = 0;
    for (int i = 0; i < 300; i++) {
      byte[] bad = good.clone();
      for (int flips = random.nextInt(3); flips >= 0; flips--) {
        // Half of them in the footer, where counts and sizes are.
        int from = random.nextBoolean() ? 0 : bad.length / 2;
        bad[from + random.nextInt(bad.length - from)] = (byte) random.nextInt();
      }
      files.write(checkpoint, bad);
      Throwable found = catchThrowable(() -> fresh().scan().count());
      if (found != null) {
        refused++;
        assertThat(found)
            .as("damage %d", i)
            .isInstanceOf(NeuralLakeException.class)
            .hasMessageContaining(MemoryLake.LOCATION);
      }
      assertThat(lake.allocator().getAllocatedMemory()).as("damage %d", i).isZero();
    }
    assertThat(refused).isGreaterThan(50);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "garbage",
        "{",
        "{\"version\":77,\"size\":4}",
        "{\"version\":-1,\"size\":4}",
        "{\"version\":9223372036854775807,\"size\":9223372036854775807}",
        "{\"version\":1,\"size\":4,\"parts\":2147483647}",
        "[]",
        ""
      })
  void wrongLastCheckpointIsPassedOverOrAnError(String content) {
    write(LOG + "_last_checkpoint", content);

    Throwable found = catchThrowable(() -> assertThat(rows()).hasSize(2));
    if (found != null) {
      assertThat(found)
          .isInstanceOf(NeuralLakeException.class)
          .hasMessageContaining(MemoryLake.LOCATION);
    }
  }

  @Test
  void gapBetweenVersionsIsAnError() throws IOException {
    write(commit(3), read(commit(1)));

    assertThatThrownBy(this::rows)
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining(MemoryLake.LOCATION);
  }

  @Test
  void hugeVersionNumberIsAnError() throws IOException {
    write(LOG + "99999999999999999999.json", read(commit(1)));

    Throwable found = catchThrowable(() -> assertThat(rows()).hasSize(2));
    if (found != null) {
      assertThat(found)
          .isInstanceOf(NeuralLakeException.class)
          .hasMessageContaining(MemoryLake.LOCATION);
    }
  }

  @Test
  void missingDataFileIsNamed() throws IOException {
    String file = dataFile();
    files.delete(List.of(file));

    assertThatThrownBy(this::rows)
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining(file.substring(file.lastIndexOf('/') + 1))
        .hasMessageContaining("missing");
  }

  @Test
  void truncatedDataFileIsNamed() throws IOException {
    String file = dataFile();
    byte[] bytes = files.read(file, 1 << 20);
    files.write(file, Arrays.copyOf(bytes, bytes.length / 2));

    assertThatThrownBy(this::rows)
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining(file.substring(file.lastIndexOf('/') + 1));
  }

  @Test
  void dataFileOfAnotherSchemaIsNamed() throws IOException {
    InMemoryFileStore other = new InMemoryFileStore();
    NeuralTable foreign = lake.table(other);
    foreign.create(new StructType().add("id", StringType.STRING)).commit();
    foreign.append(List.of(Map.of("id", "text"))).commit();
    String theirs =
        other.locations().stream().filter(f -> f.endsWith(".parquet")).findFirst().orElseThrow();
    byte[] bytes = other.read(theirs, 1 << 20);
    files.write(MemoryLake.LOCATION + "/other.parquet", bytes);
    write(commit(2), add("other.parquet", "").replace("\"size\":100", "\"size\":" + bytes.length));

    assertThatThrownBy(this::rows)
        .isInstanceOf(NeuralLakeException.class)
        .hasMessageContaining("other.parquet")
        .hasMessageContaining("id");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../x.parquet",
        "%2e%2e/x.parquet",
        "a/../../x.parquet",
        "a/%2E%2E/%2e%2e/x.parquet",
        "%2Fetc/passwd",
        "a%00b.parquet",
        "a//b.parquet",
        ""
      })
  void pathThatLeavesTheTableIsRefused(String path) {
    files.write("file:///tables/x.parquet", new byte[100]);
    write(commit(2), add(path, ""));

    assertThatThrownBy(this::rows)
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining(MemoryLake.LOCATION)
        .hasMessageContaining("the log names a data file '" + path + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"%zz.parquet", "%"})
  void malformedEscapeIsNamed(String path) {
    write(commit(2), add(path, ""));

    assertThatThrownBy(this::rows)
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining(MemoryLake.LOCATION)
        .hasMessageContaining(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:/elsewhere/x.parquet",
        "file:///elsewhere/x.parquet",
        "/elsewhere/x.parquet"
      })
  void fileElsewhereIsReadButNeverTouched(String path) throws IOException {
    byte[] bytes = files.read(dataFile(), 1 << 20);
    files.write("file:///elsewhere/x.parquet", bytes);
    write(commit(2), add(path, "").replace("\"size\":100", "\"size\":" + bytes.length));

    assertThat(rows()).hasSize(4);
    fresh().overwrite(List.of(new Row(9, "z"))).commit();
    assertThat(rows()).hasSize(1);
    assertThat(files.read("file:///elsewhere/x.parquet", 1 << 20)).isEqualTo(bytes);
  }

  @Test
  void fileOnAnotherStorageIsNamed() {
    write(commit(2), add("s3://other/x.parquet", ""));

    assertThatThrownBy(this::rows)
        .isInstanceOf(NeuralLakeException.class)
        .hasMessageContaining("s3://other/x.parquet");
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, -5, 0, 3, Long.MAX_VALUE, Long.MIN_VALUE})
  void sizeThatLiesIsHarmless(long size) throws IOException {
    write(commit(1), read(commit(1)).replaceAll("\"size\":\\d+", "\"size\":" + size));

    Throwable found = catchThrowable(() -> assertThat(rows()).hasSize(2));
    if (found != null) {
      assertThat(found).isInstanceOf(CorruptTableException.class).hasMessageContaining(".parquet");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no json",
        "[]",
        "{}",
        "{\\\"numRecords\\\":-5}",
        "{\\\"numRecords\\\":\\\"many\\\"}",
        "{\\\"numRecords\\\":2,\\\"minValues\\\":{\\\"id\\\":\\\"text\\\"},\\\"maxValues\\\":7}",
        "{\\\"numRecords\\\":2,\\\"minValues\\\":{\\\"id\\\":1e999999999}}"
      })
  void statisticsThatMakeNoSenseAreIgnored(String stats) throws IOException {
    write(
        commit(1),
        read(commit(1))
            .replaceAll(
                "\"stats\":\"(\\\\.|[^\"\\\\])*\"",
                "\"stats\":\"" + java.util.regex.Matcher.quoteReplacement(stats) + "\""));

    assertThat(fresh().scan().where("id >= 2").count()).isEqualTo(1);
    assertThat(fresh().count()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"storageType\":\"u\",\"pathOrInlineDv\":\"short\",\"offset\":1,\"sizeInBytes\":34,\"cardinality\":1}",
        "{\"storageType\":\"u\",\"pathOrInlineDv\":\"../../ab^-aqEH.-t@S}K{vb[*k^\",\"offset\":1,\"sizeInBytes\":34,\"cardinality\":1}",
        "{\"storageType\":\"u\",\"pathOrInlineDv\":\"ab^-aqEH.-t@S}K{vb[*k^\",\"offset\":1,\"sizeInBytes\":34,\"cardinality\":1}",
        "{\"storageType\":\"p\",\"pathOrInlineDv\":\"relative/dv.bin\",\"offset\":1,\"sizeInBytes\":34,\"cardinality\":1}",
        "{\"storageType\":\"p\",\"pathOrInlineDv\":\"file:///tables/t/dv.bin\",\"offset\":0,\"sizeInBytes\":500000000,\"cardinality\":1}",
        "{\"storageType\":\"p\",\"pathOrInlineDv\":\"file:///tables/t/dv.bin\",\"offset\":-3,\"sizeInBytes\":34,\"cardinality\":1}",
        "{\"storageType\":\"p\",\"pathOrInlineDv\":\"file:///tables/t/dv.bin\",\"offset\":1,\"sizeInBytes\":-34,\"cardinality\":1}",
        "{\"storageType\":\"p\",\"pathOrInlineDv\":\"file:///tables/t/dv.bin\",\"offset\":1,\"sizeInBytes\":34,\"cardinality\":-1}",
        "{\"storageType\":\"p\",\"pathOrInlineDv\":\"file:///tables/t/dv.bin\",\"offset\":1,\"sizeInBytes\":34,\"cardinality\":2}",
        "{\"storageType\":\"i\",\"pathOrInlineDv\":\"wi5b=000010000siXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L\",\"sizeInBytes\":40,\"cardinality\":99}",
        "{\"storageType\":\"i\",\"pathOrInlineDv\":\"not base 85 \u00e4\",\"sizeInBytes\":40,\"cardinality\":6}",
        "{\"storageType\":\"?\",\"pathOrInlineDv\":\"x\",\"sizeInBytes\":40,\"cardinality\":6}"
      })
  void deletionVectorThatLiesIsAnError(String descriptor) throws IOException {
    files.write("file:///tables/t/dv.bin", new byte[200]);
    String first = read(commit(0));
    write(
        commit(0),
        first.replaceAll(
            "\"protocol\":\\{[^}]*}",
            "\"protocol\":{\"minReaderVersion\":3,\"minWriterVersion\":7,"
                + "\"readerFeatures\":[\"deletionVectors\"],\"writerFeatures\":[\"deletionVectors\"]}"));
    write(
        commit(1),
        read(commit(1))
            .replace(
                "\"dataChange\":true", "\"dataChange\":true,\"deletionVector\":" + descriptor));

    assertThatThrownBy(this::rows)
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining(MemoryLake.LOCATION);
  }

  private void tableWith(String protocol, String metadata) {
    for (String file : files.locations()) {
      try {
        files.delete(List.of(file));
      } catch (RuntimeException e) {
        throw new AssertionError(e);
      }
    }
    write(commit(0), "{\"protocol\":" + protocol + "}\n{\"metaData\":" + metadata + "}\n");
  }

  private static String metadata(String schema, String partitionColumns) {
    return "{\"id\":\"m\",\"format\":{\"provider\":\"parquet\",\"options\":{}},\"schemaString\":\""
        + schema
        + "\",\"partitionColumns\":"
        + partitionColumns
        + ",\"configuration\":{}}";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"minReaderVersion\":99,\"minWriterVersion\":99}",
        "{\"minReaderVersion\":3,\"minWriterVersion\":7,\"readerFeatures\":[\"fromMars\"],\"writerFeatures\":[\"fromMars\"]}"
      })
  void protocolOfTheFutureIsUnsupported(String protocol) {
    tableWith(protocol, metadata(SCHEMA, "[]"));

    assertThatThrownBy(this::rows)
        .isInstanceOf(UnsupportedTableException.class)
        .hasMessageContaining(MemoryLake.LOCATION)
        .hasMessageMatching("(?s).*(99|fromMars).*");
  }

  @Test
  void featureForWritersOnlyDoesNotStopReaders() {
    tableWith(
        "{\"minReaderVersion\":1,\"minWriterVersion\":7,\"writerFeatures\":[\"fromMars\"]}",
        metadata(SCHEMA, "[]"));

    assertThat(rows()).isEmpty();
    assertThatThrownBy(() -> fresh().append(List.of(Map.of("id", 1))).commit())
        .isInstanceOf(UnsupportedTableException.class)
        .hasMessageContaining("cannot write to this table")
        .hasMessageContaining("fromMars");
  }

  @Test
  void partitionValueThatDoesNotFitItsColumnIsNamed() {
    tableWith("{\"minReaderVersion\":1,\"minWriterVersion\":2}", metadata(SCHEMA, "[\"id\"]"));
    write(
        commit(1),
        add("a.parquet", "")
            .replace("\"partitionValues\":{}", "\"partitionValues\":{\"id\":\"x1\"}"));

    assertThatThrownBy(() -> fresh().scan().where("id = 1").count())
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining("a.parquet")
        .hasMessageContaining("partition value");
  }

  @ParameterizedTest
  @ValueSource(strings = {"no json", "{}", "{\\\"type\\\":\\\"struct\\\"}", "7", "", "null"})
  void schemaThatIsNoneIsAnError(String schema) {
    tableWith("{\"minReaderVersion\":1,\"minWriterVersion\":2}", metadata(schema, "[]"));

    assertThatThrownBy(this::rows)
        .isInstanceOf(NeuralLakeException.class)
        .hasMessageContaining(MemoryLake.LOCATION);
  }

  @Test
  void schemaOfAThousandLevelsIsRefused() {
    String type = "\\\"integer\\\"";
    for (int i = 0; i < 1000; i++) {
      type =
          "{\\\"type\\\":\\\"array\\\",\\\"elementType\\\":" + type + ",\\\"containsNull\\\":true}";
    }
    tableWith(
        "{\"minReaderVersion\":1,\"minWriterVersion\":2}",
        metadata(SCHEMA.replace("\\\"integer\\\"", type), "[]"));

    assertThatThrownBy(this::rows)
        .isInstanceOf(NeuralLakeException.class)
        .hasMessageContaining(MemoryLake.LOCATION);

    DataType nested = IntegerType.INTEGER;
    for (int i = 0; i < 1000; i++) {
      nested = new ArrayType(nested, true);
    }
    StructType deep = new StructType().add("deep", nested);
    assertThatThrownBy(() -> lake.table(new InMemoryFileStore()).create(deep).commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("deep");
  }

  @Test
  void tenThousandColumnsWork() {
    List<io.delta.kernel.types.StructField> fields = new java.util.ArrayList<>();
    Map<String, Object> row = new HashMap<>();
    for (int i = 0; i < 10_000; i++) {
      fields.add(new io.delta.kernel.types.StructField("column_" + i, IntegerType.INTEGER, true));
      row.put("column_" + i, i);
    }
    StructType wide = new StructType(fields);
    NeuralTable table = lake.table(new InMemoryFileStore());
    table.create(wide).commit();
    table.append(List.of(row)).commit();

    try (Rows<Map<String, Object>> rows = table.scan().maps()) {
      assertThat(rows.stream().toList()).containsExactly(row);
    }
    assertThat(table.scan().where("column_9999 = 9999").count()).isEqualTo(1);
  }

  @Test
  void columnsThatTheChangeFeedAddsAreReserved() {
    StructType schema = new StructType().add("_change_type", StringType.STRING);
    assertThatThrownBy(
            () ->
                lake.table(new InMemoryFileStore())
                    .create(schema)
                    .property("delta.enableChangeDataFeed", "true")
                    .commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("_change_type");
    assertThatCode(() -> lake.table(new InMemoryFileStore()).create(schema).commit())
        .doesNotThrowAnyException();
  }

  @Test
  void duplicateKeysInALineOfAnotherWriterAreNotGuessedAt() {
    write(commit(2), "{\"commitInfo\":{\"txnId\":\"a\",\"txnId\":\"b\"}}\n");
    lake.clock().advance(Duration.ofMillis(1));

    assertThatThrownBy(() -> fresh().history(1))
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining("00000000000000000002.json: line 1 is not valid")
        .hasMessageContaining("Duplicate");
  }
}
