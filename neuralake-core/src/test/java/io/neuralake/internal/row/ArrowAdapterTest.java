package io.neuralake.internal.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.schema.Schemas;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DateMilliVector;
import org.apache.arrow.vector.Decimal256Vector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TimeStampNanoTZVector;
import org.apache.arrow.vector.TimeStampSecVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ViewVarCharVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ArrowAdapterTest {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

  private final BufferAllocator root = new RootAllocator();
  private final BufferAllocator users = root.newChildAllocator("users", 0, Long.MAX_VALUE);
  private final BufferAllocator ours = root.newChildAllocator("ours", 0, Long.MAX_VALUE);

  @AfterEach
  void nothingStaysAllocated() {
    assertThat(root.getAllocatedMemory()).isZero();
    ours.close();
    users.close();
    root.close();
  }

  private static VectorSchemaRoot batch(int rows, FieldVector... vectors) {
    for (FieldVector vector : vectors) {
      vector.setValueCount(rows);
    }
    VectorSchemaRoot batch = new VectorSchemaRoot(List.of(vectors));
    batch.setRowCount(rows);
    return batch;
  }

  private static List<Map<String, Object>> rows(VectorSchemaRoot batch) {
    List<Map<String, Object>> rows = new ArrayList<>();
    RowDecoder.forMaps().rows(batch).forEachRemaining(rows::add);
    return rows;
  }

  private IntVector ints(String name, Integer... values) {
    IntVector vector = new IntVector(name, users);
    for (int i = 0; i < values.length; i++) {
      if (values[i] == null) {
        vector.setNull(i);
      } else {
        vector.setSafe(i, values[i]);
      }
    }
    return vector;
  }

  private List<Object> adapted(StructType target, int rows, FieldVector vector) {
    try (VectorSchemaRoot batch = batch(rows, vector);
        VectorSchemaRoot out = new ArrowAdapter(target).adapt(batch, null, 0, ours)) {
      assertThat(out.getSchema()).isEqualTo(Schemas.toArrow(target));
      return rows(out).stream().map(r -> r.values().iterator().next()).toList();
    }
  }

  private static StructType column(io.delta.kernel.types.DataType type) {
    return new StructType().add("x", type);
  }

  @Test
  void canonicalColumnsAreSharedAndOutliveTheUsersBatch() {
    StructType schema =
        new StructType()
            .add("id", IntegerType.INTEGER)
            .add("s", StringType.STRING)
            .add("l", new ArrayType(new StructType().add("m", LongType.LONG), true))
            .add("m", new MapType(StringType.STRING, LongType.LONG, true));
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      rows.add(
          new java.util.LinkedHashMap<>(
              Map.of(
                  "id",
                  i,
                  "s",
                  "s" + i,
                  "l",
                  List.of(Map.of("m", (long) i)),
                  "m",
                  Map.of("k", 1L))));
    }
    BatchBuilder<Map<String, Object>> builder =
        new BatchBuilder<>(RowEncoder.forMaps(schema), rows.iterator(), users);
    VectorSchemaRoot out;
    try (VectorSchemaRoot in = builder.next()) {
      out = new ArrowAdapter(schema).adapt(in, null, 0, ours);
      assertThat(out.getVector("id").getDataBuffer().memoryAddress())
          .isEqualTo(in.getVector("id").getDataBuffer().memoryAddress());
      assertThat(out.getVector("s").getDataBuffer().memoryAddress())
          .isEqualTo(in.getVector("s").getDataBuffer().memoryAddress());
      assertThat(rows(in)).isEqualTo(rows);
    }
    try (out) {
      assertThat(rows(out)).isEqualTo(rows);
    }
  }

  @Test
  void batchOfAnotherRootAllocatorIsCopied() {
    StructType schema = new StructType().add("x", StringType.STRING);
    try (BufferAllocator foreign = new RootAllocator()) {
      VectorSchemaRoot out;
      VarCharVector vector = new VarCharVector("x", foreign);
      vector.setSafe(0, HELLO);
      vector.setNull(1);
      try (VectorSchemaRoot in = batch(2, vector)) {
        out = new ArrowAdapter(schema).adapt(in, null, 0, ours);
      }
      assertThat(foreign.getAllocatedMemory()).isZero();
      try (out) {
        assertThat(rows(out)).extracting(r -> r.get("x")).containsExactly("hello", null);
      }
    }
  }

  @Test
  void columnsAreReorderedMatchedIgnoringCaseAndFilledWithNulls() {
    StructType schema =
        new StructType()
            .add("a", LongType.LONG)
            .add("missing", StringType.STRING)
            .add("b", IntegerType.INTEGER);
    try (VectorSchemaRoot in = batch(2, ints("B", 1, null), ints("A", 3, 4));
        VectorSchemaRoot out = new ArrowAdapter(schema).adapt(in, null, 0, ours)) {
      assertThat(out.getSchema()).isEqualTo(Schemas.toArrow(schema));
      assertThat(rows(out).get(0)).containsEntry("a", 3L).containsEntry("b", 1);
      assertThat(rows(out).get(1)).containsEntry("missing", null).containsEntry("b", null);
    }
  }

  @Test
  void otherLayoutsAreConverted() {
    UInt1Vector u1 = new UInt1Vector("x", users);
    u1.setSafe(0, 255);
    u1.setNull(1);
    assertThat(adapted(column(ShortType.SHORT), 2, u1)).containsExactly((short) 255, null);
    UInt4Vector u4 = new UInt4Vector("x", users);
    u4.setSafe(0, -1);
    assertThat(adapted(column(LongType.LONG), 1, u4)).containsExactly(4294967295L);
    LargeVarCharVector large = new LargeVarCharVector("x", users);
    large.setSafe(0, HELLO);
    assertThat(adapted(column(StringType.STRING), 1, large)).containsExactly("hello");
    ViewVarCharVector view = new ViewVarCharVector("x", users);
    view.allocateNew();
    view.setSafe(0, HELLO);
    assertThat(adapted(column(StringType.STRING), 1, view)).containsExactly("hello");
    DateMilliVector date = new DateMilliVector("x", users);
    date.setSafe(0, -1L);
    assertThat(adapted(column(DateType.DATE), 1, date)).containsExactly(LocalDate.ofEpochDay(-1));
    TimeStampNanoTZVector nanos = new TimeStampNanoTZVector("x", users, "Asia/Tokyo");
    nanos.setSafe(0, -1L);
    assertThat(adapted(column(TimestampType.TIMESTAMP), 1, nanos))
        .containsExactly(Instant.ofEpochSecond(-1, 999_999_000));
    Decimal256Vector wide = new Decimal256Vector("x", users, 20, 2);
    wide.setSafe(0, new BigDecimal("1.50"));
    assertThat(adapted(column(new DecimalType(10, 1)), 1, wide))
        .containsExactly(new BigDecimal("1.5"));
  }

  @Test
  void zoneOfTimestampDoesNotMatter() {
    TimeStampMicroTZVector micros = new TimeStampMicroTZVector("x", users, "Europe/Berlin");
    micros.setSafe(0, 5L);
    assertThat(adapted(column(TimestampType.TIMESTAMP), 1, micros))
        .containsExactly(Instant.ofEpochSecond(0, 5000));
  }

  @Test
  void otherListLayoutsAreConverted() {
    StructType target = column(new ArrayType(IntegerType.INTEGER, true));
    FixedSizeListVector fixed = FixedSizeListVector.empty("x", 2, users);
    IntVector data =
        (IntVector)
            fixed.addOrGetVector(FieldType.nullable(new ArrowType.Int(32, true))).getVector();
    for (int i = 0; i < 4; i++) {
      data.setSafe(i, i);
    }
    fixed.setNotNull(0);
    fixed.setNotNull(1);
    assertThat(adapted(target, 2, fixed)).containsExactly(List.of(0, 1), List.of(2, 3));
    LargeListVector large = LargeListVector.empty("x", users);
    BigIntVector longs =
        (BigIntVector)
            large.addOrGetVector(FieldType.nullable(new ArrowType.Int(64, true))).getVector();
    large.startNewValue(0);
    longs.setSafe(0, 9);
    large.endValue(0, 1);
    large.setNull(1);
    assertThat(adapted(target, 2, large)).containsExactly(List.of(9), null);
  }

  @Test
  void dictionaryIsDecoded() {
    VarCharVector words = new VarCharVector("words", users);
    words.setSafe(0, "a".getBytes(StandardCharsets.UTF_8));
    words.setSafe(1, HELLO);
    words.setValueCount(2);
    DictionaryEncoding encoding = new DictionaryEncoding(1, false, null);
    Dictionary dictionary = new Dictionary(words, encoding);
    VarCharVector plain = new VarCharVector("x", users);
    plain.setSafe(0, HELLO);
    plain.setNull(1);
    plain.setSafe(2, "a".getBytes(StandardCharsets.UTF_8));
    plain.setValueCount(3);
    DictionaryProvider provider = new DictionaryProvider.MapDictionaryProvider(dictionary);
    StructType target = column(StringType.STRING);
    try (words;
        plain;
        VectorSchemaRoot in = batch(3, (FieldVector) DictionaryEncoder.encode(plain, dictionary))) {
      try (VectorSchemaRoot out = new ArrowAdapter(target).adapt(in, provider, 0, ours)) {
        assertThat(rows(out)).extracting(r -> r.get("x")).containsExactly("hello", null, "a");
      }
      ((IntVector) in.getVector(0)).set(2, 77);
      assertThatThrownBy(() -> new ArrowAdapter(target).adapt(in, provider, 0, ours))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessage("row 2, column 'x': dictionary index 77 is outside the dictionary of 2");
    }
  }

  @Test
  void valuesThatDoNotFitAreRefusedByRow() {
    assertThatThrownBy(() -> adapted(column(ShortType.SHORT), 2, ints("x", 1, 40000)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage("row 1, column 'x': expected short, found Long 40000 (out of range)");
    TimeStampSecVector seconds = new TimeStampSecVector("x", users);
    seconds.setSafe(0, Long.MAX_VALUE);
    assertThatThrownBy(() -> adapted(column(TimestampNTZType.TIMESTAMP_NTZ), 1, seconds))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage(
            "row 0, column 'x': expected timestamp, found Long 9223372036854775807 (out of range in"
                + " microseconds)");
  }

  @Test
  void unknownMissingAndUnfitColumnsAreRefused() {
    try (VectorSchemaRoot in = batch(1, ints("x", 1), ints("y", 1), ints("z", 2))) {
      assertThatThrownBy(() -> new ArrowAdapter(column(LongType.LONG)).adapt(in, null, 0, ours))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessage(
              "the table has no column 'y', 'z', which the batch brings; call evolveSchema() to add"
                  + " new columns, or leave them out of the rows");
    }
    StructType required = column(LongType.LONG).add("id", LongType.LONG, false);
    assertThatThrownBy(() -> adapted(required, 1, ints("x", 1)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage(
            "column 'id': NOT NULL in the table, but the batch does not have it; add it to the"
                + " rows");
    assertThatThrownBy(() -> adapted(column(StringType.STRING), 1, ints("x", 1)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("column 'x': the table has string, the batch has integer;");
    StructType twice = new StructType().add("x", LongType.LONG);
    try (VectorSchemaRoot in = batch(1, ints("x", 1), ints("X", 1))) {
      assertThatThrownBy(() -> new ArrowAdapter(twice).adapt(in, null, 0, ours))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessage("column 'X': the batch has it twice, column names ignore case; rename one");
    }
  }

  @Test
  void nullsOfSharedColumnsAreFoundAtAnyDepth() {
    assertThatThrownBy(
            () ->
                adapted(
                    new StructType().add("x", IntegerType.INTEGER, false), 2, ints("x", 1, null)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage(
            "row 1, column 'x': expected a value of type integer, found null; the column is NOT"
                + " NULL");
    StructType inner = new StructType().add("m", LongType.LONG, false);
    StructType loose = new StructType().add("m", LongType.LONG);
    checkNested(
        new ArrayType(loose, true),
        new ArrayType(inner, true),
        List.of(Collections.singletonMap("m", null)),
        "x.element.m");
    checkNested(
        new ArrayType(LongType.LONG, true),
        new ArrayType(LongType.LONG, false),
        Collections.singletonList(null),
        "x.element");
    checkNested(
        new MapType(StringType.STRING, LongType.LONG, true),
        new MapType(StringType.STRING, LongType.LONG, false),
        Collections.singletonMap("k", null),
        "x.value");
  }

  private void checkNested(
      io.delta.kernel.types.DataType loose,
      io.delta.kernel.types.DataType strict,
      Object bad,
      String path) {
    List<Map<String, Object>> rows =
        List.of(Collections.singletonMap("x", null), Collections.singletonMap("x", bad));
    try (VectorSchemaRoot in =
        new BatchBuilder<>(RowEncoder.forMaps(column(loose)), rows.iterator(), users).next()) {
      RowChecks.notNull(in, column(loose), 0);
      assertThatThrownBy(() -> RowChecks.notNull(in, column(strict), 100))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessage(
              "row 101, column '"
                  + path
                  + "': expected a value of type long, found null; the column is NOT NULL");
    }
  }

  @Test
  void emptyBatchIsAdapted() {
    assertThat(adapted(column(LongType.LONG), 0, ints("x"))).isEmpty();
    assertThat(adapted(column(StringType.STRING), 0, new VarCharVector("x", users))).isEmpty();
  }
}
