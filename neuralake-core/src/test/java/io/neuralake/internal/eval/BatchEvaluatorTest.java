package io.neuralake.internal.eval;

import static io.neuralake.expr.Expr.col;
import static io.neuralake.expr.Expr.sql;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.expr.Expr;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class BatchEvaluatorTest {

  @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
  void batchesGiveWhatTheNaiveInterpreterGives(
      @ForAll("rows") List<Map<String, Object>> rows, @ForAll("predicates") Expr expr) {
    BoundExpr bound = Binder.of(SampleTable.SCHEMA).predicate(expr);
    List<Object> expected = new ArrayList<>();
    rows.forEach(row -> expected.add(NaiveInterpreter.value(expr, row)));
    try (BufferAllocator allocator = new RootAllocator()) {
      try (VectorSchemaRoot batch = SampleTable.batch(rows, allocator)) {
        BatchEvaluator evaluator = new BatchEvaluator(bound);
        try (FieldVector vector = evaluator.evaluate(batch, "x", allocator)) {
          List<Object> actual = new ArrayList<>();
          for (int i = 0; i < rows.size(); i++) {
            actual.add(vector.getObject(i));
          }
          assertThat(actual).as(expr.toSql()).isEqualTo(expected);
        }
        int[] selected =
            IntStream.range(0, rows.size())
                .filter(i -> Boolean.TRUE.equals(expected.get(i)))
                .toArray();
        assertThat(evaluator.filter(batch).toArray()).isEqualTo(selected);
      }
      assertThat(allocator.getAllocatedMemory()).isZero();
    }
    for (int i = 0; i < rows.size(); i++) {
      assertThat(new RowEvaluator(bound).evaluate(rows.get(i))).isEqualTo(expected.get(i));
    }
  }

  @TestFactory
  Stream<DynamicTest> values() {
    Map<String, Object> row = new HashMap<>();
    row.put("i", 7);
    row.put("l", 9_000_000_000L);
    row.put("d", 2.5);
    row.put("s", "Héllo");
    row.put("dec", new BigDecimal("12.34"));
    row.put("t", Instant.parse("2025-06-19T10:00:00.123456Z"));
    row.put("day", LocalDate.of(2025, 6, 19));
    return Stream.of(
            Arrays.asList("i + 1", 8),
            Arrays.asList("i / 2", 3.5),
            Arrays.asList("-i % 4", -3),
            Arrays.asList("i + l", 9_000_000_007L),
            Arrays.asList("dec + 1", new BigDecimal("13.34")),
            Arrays.asList("dec * dec", new BigDecimal("152.2756")),
            Arrays.asList("dec / 3", new BigDecimal("4.113333")),
            Arrays.asList("dec % 5", new BigDecimal("2.34")),
            Arrays.asList("d + dec", 14.84),
            Arrays.asList("abs(-i)", 7),
            Arrays.asList("length(s)", 5),
            Arrays.asList("length(X'00FF')", 2),
            Arrays.asList("upper(s)", "HÉLLO"),
            Arrays.asList("lower(s)", "héllo"),
            Arrays.asList("cast(s = 'x' as int)", 0),
            Arrays.asList("cast(d as int)", 2),
            Arrays.asList("cast(2.5 as decimal(2,0))", new BigDecimal("3")),
            Arrays.asList("cast(' 12 ' as bigint)", 12L),
            Arrays.asList("cast('1.005' as decimal(4,2))", new BigDecimal("1.01")),
            Arrays.asList("cast(t as date)", LocalDate.of(2025, 6, 19)),
            Arrays.asList("cast(t as string)", "2025-06-19 10:00:00.123456"),
            Arrays.asList("cast(day as timestamp)", Instant.parse("2025-06-19T00:00:00Z")),
            Arrays.asList("cast(1e10 as string)", "1.0E10"),
            Arrays.asList("cast(true as string)", "true"),
            Arrays.asList("cast('yes' as boolean)", true),
            Arrays.asList("day = '2025-06-19'", true),
            Arrays.asList("t > '2025-06-19'", true),
            Arrays.asList("t < timestamp '9999-12-31 23:59:59.999999'", true),
            Arrays.asList("t > timestamp '0001-01-01 00:00:00.000001'", true),
            Arrays.asList("t >= day", true),
            Arrays.asList("i = '7'", true),
            Arrays.asList("i < 7.5 and l > 1.5", true),
            Arrays.asList("coalesce(p, l)", 9_000_000_000L),
            Arrays.asList("case when p > 1 then 'a' else s end", "Héllo"),
            Arrays.asList("p + 1", null),
            Arrays.asList("p in (1, 2)", null),
            Arrays.asList("i in (7, null)", true),
            Arrays.asList("i in (8, null)", null),
            Arrays.asList("i not in (8, 9)", true),
            Arrays.asList("p > 1 and false", false),
            Arrays.asList("i <> 7 and 1 / (i - 7) > 0", false),
            Arrays.asList("i = 7 or 1 / (i - 7) > 0", true),
            Arrays.asList("case when i = 7 then 1 else i / (i - 7) end", 1.0),
            Arrays.asList("coalesce(i, i % 0)", 7),
            Arrays.asList("cast('NaN' as double) > 1e300", true),
            Arrays.asList("cast('NaN' as double) = cast('NaN' as double)", true),
            Arrays.asList("0.0D = -0.0D", true))
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.get(0).toString(),
                    () -> {
                      BoundExpr bound =
                          Binder.of(SampleTable.SCHEMA).bind(sql(c.get(0).toString()));
                      assertThat(new RowEvaluator(bound).evaluate(row)).isEqualTo(c.get(1));
                    }));
  }

  @TestFactory
  Stream<DynamicTest> errorsOfBinding() {
    return Stream.of(
            List.of("nope = 1", "Column nope does not exist", "i, l, d, f"),
            List.of("i.x = 1", "Column i.x does not exist", "i is of type integer"),
            List.of("i", "A condition needs a boolean", "integer"),
            List.of("i and b", "AND needs a boolean", "i is of type integer"),
            List.of("b > 1", "combines boolean and integer", "CAST"),
            List.of("day + 1 > 2", "combines date and integer", "numbers"),
            List.of("s + s > 2", "combines string and string", "numbers"),
            List.of("-b > 1", "- needs a number", "boolean"),
            List.of("cast(b as date) > day", "boolean does not convert to date", "CAST"),
            List.of("s like 'a\\b'", "escape character", "Double it"))
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.get(0),
                    () ->
                        assertThatThrownBy(
                                () -> Binder.of(SampleTable.SCHEMA).predicate(bad(c.get(0))))
                            .isInstanceOf(InvalidRequestException.class)
                            .hasMessageContaining(c.get(1))
                            .hasMessageContaining(c.get(2))));
  }

  private static Expr bad(String text) {
    return text.startsWith("s like") ? col("s").like("a\\b") : sql(text);
  }

  @TestFactory
  Stream<DynamicTest> errorsOfEvaluation() {
    return Stream.of(
            List.of("i + 2147483647", "Overflow"),
            List.of("l * l * l", "Overflow"),
            List.of("i % 0", "Division by zero"),
            List.of("i / 0", "Division by zero"),
            List.of("d / 0.0D", "Division by zero"),
            List.of("dec / 0", "Division by zero"),
            List.of("cast(l as int)", "is not a value of type integer"),
            List.of("cast(s as int)", "CAST: 'text' of type string"),
            List.of("cast(s as date)", "is not a value of type date"),
            List.of("cast(dec as decimal(2,1))", "is not a value of type Decimal(2, 1)"),
            List.of("s = 1", "is not a value of type long"))
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.get(0),
                    () -> {
                      BoundExpr bound = Binder.of(SampleTable.SCHEMA).bind(sql(c.get(0)));
                      Map<String, Object> row =
                          Map.of(
                              "i",
                              1,
                              "l",
                              9_000_000_000L,
                              "d",
                              1.0,
                              "s",
                              "text",
                              "dec",
                              new BigDecimal("123.45"));
                      assertThatThrownBy(() -> new RowEvaluator(bound).evaluate(row))
                          .isInstanceOf(InvalidRequestException.class)
                          .hasMessageContaining(c.get(1));
                    }));
  }

  @Test
  void ambiguousColumnsAreRefused() {
    StructType schema = new StructType().add("A", LongType.LONG).add("a", LongType.LONG);
    assertThatThrownBy(() -> Binder.of(schema).bind(col("a")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("Column a is ambiguous: a matches more than one of A, a");
  }

  @Test
  void columnsAreResolvedInTheSpellingOfTheSchema() {
    StructType schema =
        new StructType()
            .add("Reading", new StructType().add("Volt", LongType.LONG))
            .add("x", IntegerType.INTEGER);
    BoundExpr bound = Binder.of(schema).predicate(sql("reading.VOLT > X and x < 3"));
    assertThat(bound.columns()).containsExactly(List.of("Reading", "Volt"), List.of("x"));
  }

  @Test
  void assignmentsConvertToTheTypeOfTheColumn() {
    DataType decimal = new DecimalType(6, 2);
    Binder binder = Binder.of(SampleTable.SCHEMA);
    BoundExpr bound = binder.bindAs(sql("i + 1"), decimal);
    assertThat(new RowEvaluator(bound).evaluate(Map.of("i", 1))).isEqualTo(new BigDecimal("2.00"));
    assertThat(binder.bindAs(sql("NULL"), decimal).type()).isEqualTo(decimal);
    assertThatThrownBy(() -> binder.bindAs(sql("b"), io.delta.kernel.types.DateType.DATE))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("b is of type boolean, which does not convert to date");
  }

  @Test
  void fieldsOfNullStructsAreNull() {
    StructType inner = new StructType().add("v", LongType.LONG);
    StructType schema = new StructType().add("r", inner).add("name", StringType.STRING);
    try (BufferAllocator allocator = new RootAllocator()) {
      StructVector struct = StructVector.empty("r", allocator);
      BigIntVector v =
          struct.addOrGet("v", FieldType.nullable(new ArrowType.Int(64, true)), BigIntVector.class);
      struct.allocateNew();
      v.setSafe(0, 5);
      v.setSafe(1, 6);
      struct.setIndexDefined(0);
      struct.setNull(1);
      struct.setValueCount(2);
      try (VectorSchemaRoot batch = new VectorSchemaRoot(List.of(struct))) {
        batch.setRowCount(2);
        Binder binder = Binder.of(schema);
        assertThat(new BatchEvaluator(binder.predicate(sql("r.v >= 5"))).filter(batch).toArray())
            .containsExactly(0);
        assertThat(new BatchEvaluator(binder.predicate(sql("r is null"))).filter(batch).toArray())
            .containsExactly(1);
        try (FieldVector copy =
            new BatchEvaluator(binder.bind(col("r"))).evaluate(batch, "c", allocator)) {
          assertThat(copy.getName()).isEqualTo("c");
          assertThat(copy.getObject(0)).hasToString("{\"v\":5}");
          assertThat(copy.isNull(1)).isTrue();
        }
        assertThatThrownBy(
                () -> new BatchEvaluator(binder.predicate(sql("name = 'a'"))).filter(batch))
            .isInstanceOf(InvalidRequestException.class)
            .hasMessageContaining("The batch has no column name");
      }
      assertThat(allocator.getAllocatedMemory()).isZero();
    }
  }

  @Test
  void emptyBatchesAndConstants() {
    try (BufferAllocator allocator = new RootAllocator();
        VectorSchemaRoot none = SampleTable.batch(List.of(), allocator);
        VectorSchemaRoot one = SampleTable.batch(List.of(new HashMap<>()), allocator)) {
      Binder binder = Binder.of(SampleTable.SCHEMA);
      BatchEvaluator filter = new BatchEvaluator(binder.predicate(sql("s = 'a' or i > d")));
      assertThat(filter.filter(none).isEmpty()).isTrue();
      assertThat(new BatchEvaluator(binder.predicate(sql("1 < 2"))).filter(one).isAll()).isTrue();
      assertThat(new BatchEvaluator(binder.predicate(sql("NULL"))).filter(one).isEmpty()).isTrue();
      try (FieldVector constant =
          new BatchEvaluator(binder.bind(sql("1 + 1"))).evaluate(one, "two", allocator)) {
        assertThat(constant).isInstanceOf(IntVector.class);
        assertThat(constant.getObject(0)).isEqualTo(2);
      }
      try (FieldVector flags = filter.evaluate(one, "x", allocator)) {
        assertThat(flags).isInstanceOf(BitVector.class);
      }
      assertThatThrownBy(() -> new BatchEvaluator(binder.bind(sql("i"))).filter(one))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("A filter needs a boolean, not integer");
    }
  }

  @Provide
  Arbitrary<List<Map<String, Object>>> rows() {
    return SampleTable.rows();
  }

  @Provide
  Arbitrary<Expr> predicates() {
    return SampleTable.predicates(2);
  }
}
