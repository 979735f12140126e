package io.neuralake.internal.order;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.ObjIntConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Curves visit each cell once, and ranks of a column follow its values. */
class RowOrderTest {
  private static final int ROWS = 200;

  private final BufferAllocator allocator = new RootAllocator();

  @AfterEach
  void close() {
    allocator.close();
  }

  @ParameterizedTest
  @CsvSource({"1, 6", "2, 4", "3, 3", "4, 2"})
  void curvesVisitEachCellOnce(int dimensions, int bits) {
    int cells = 1 << (dimensions * bits);
    for (Curve curve : Curve.values()) {
      int[][] visited = new int[cells][];
      for (int number = 0; number < cells; number++) {
        int[] cell = new int[dimensions];
        for (int i = 0; i < dimensions; i++) {
          cell[i] = (number >>> (i * bits)) & ((1 << bits) - 1);
        }
        int place = (int) curve.place(cell.clone(), bits);
        assertThat(visited[place]).as("%s at %s", curve, Arrays.toString(cell)).isNull();
        visited[place] = cell;
      }
      for (int place = 1; place < cells && curve == Curve.HILBERT; place++) {
        int[] here = visited[place];
        int[] before = visited[place - 1];
        assertThat(IntStream.range(0, dimensions).map(i -> Math.abs(here[i] - before[i])).sum())
            .as("a step of the Hilbert curve")
            .isEqualTo(1);
      }
    }
    assertThat(Curve.Z_ORDER.place(new int[] {0b101, 0b011}, 3)).isEqualTo(0b100111);
  }

  /** A vector whose value grows with the row. */
  private record Kind(FieldVector vector, ObjIntConsumer<FieldVector> set) {}

  static Stream<String> types() {
    return Stream.of(
        "bool", "byte", "short", "int", "long", "float", "double", "date", "time", "dec", "wide",
        "text", "bytes");
  }

  private Kind kind(String type) {
    return switch (type) {
      case "bool" ->
          new Kind(
              new BitVector("c", allocator),
              (v, row) -> ((BitVector) v).setSafe(row, row >= ROWS / 2 ? 1 : 0));
      case "byte" ->
          new Kind(
              new TinyIntVector("c", allocator),
              (v, row) -> ((TinyIntVector) v).setSafe(row, row - 100));
      case "short" ->
          new Kind(
              new SmallIntVector("c", allocator),
              (v, row) -> ((SmallIntVector) v).setSafe(row, row - 100));
      case "int" ->
          new Kind(
              new IntVector("c", allocator), (v, row) -> ((IntVector) v).setSafe(row, row - 100));
      case "long" ->
          new Kind(
              new BigIntVector("c", allocator),
              (v, row) -> ((BigIntVector) v).setSafe(row, (row - 100L) << 40));
      case "float" ->
          new Kind(
              new Float4Vector("c", allocator),
              (v, row) ->
                  ((Float4Vector) v).setSafe(row, row == ROWS - 1 ? Float.NaN : row - 99.5f));
      case "double" ->
          new Kind(
              new Float8Vector("c", allocator),
              (v, row) -> ((Float8Vector) v).setSafe(row, row - 99.5));
      case "date" ->
          new Kind(
              new DateDayVector("c", allocator),
              (v, row) -> ((DateDayVector) v).setSafe(row, row - 100));
      case "time" ->
          new Kind(
              new TimeStampMicroVector("c", allocator),
              (v, row) -> ((TimeStampMicroVector) v).setSafe(row, row - 100L));
      case "dec" ->
          new Kind(
              new DecimalVector("c", allocator, 10, 2),
              (v, row) ->
                  ((DecimalVector) v).setSafe(row, BigDecimal.valueOf(row - 100L).setScale(2)));
      case "wide" ->
          new Kind(
              new DecimalVector("c", allocator, 30, 2),
              (v, row) ->
                  ((DecimalVector) v)
                      .setSafe(
                          row, BigDecimal.TEN.pow(24).multiply(new BigDecimal(row)).setScale(2)));
      case "text" ->
          new Kind(
              new VarCharVector("c", allocator),
              (v, row) ->
                  ((VarCharVector) v)
                      .setSafe(
                          row,
                          "a long prefix %03d".formatted(row).getBytes(StandardCharsets.UTF_8)));
      default ->
          new Kind(
              new VarBinaryVector("c", allocator),
              (v, row) -> ((VarBinaryVector) v).setSafe(row, new byte[] {(byte) row}));
    };
  }

  @ParameterizedTest
  @MethodSource("types")
  void ranksFollowValues(String type) {
    Kind kind = kind(type);
    FieldVector vector = kind.vector();
    vector.allocateNew();
    for (int row = 1; row < ROWS; row++) {
      kind.set().accept(vector, row);
    }
    vector.setValueCount(ROWS); // the first row is null
    RowOrder order = new RowOrder(Curve.Z_ORDER, List.of("c"), ROWS);
    try (VectorSchemaRoot batch = new VectorSchemaRoot(List.of(vector))) {
      batch.setRowCount(ROWS);
      order.sample(batch);
      order.freeze();

      long[] places = order.places(batch);
      assertThat(places).isSorted();
      assertThat(places[0]).isZero();
      long different = Arrays.stream(places).distinct().count();
      assertThat(different).isEqualTo(type.equals("bool") ? 3 : ROWS);
      long[] cuts = order.cuts(4);
      assertThat(Arrays.stream(places).filter(place -> place < cuts[1]).count())
          .isBetween(0L, (long) ROWS / 2 + 1);
    }
  }

  @Test
  void withoutRowsThereIsOnePlace() {
    RowOrder order = new RowOrder(Curve.HILBERT, List.of("c"), 0);
    order.freeze();
    assertThat(order.cuts(3)).containsExactly(0, 0);
    try (IntVector vector = new IntVector("c", allocator)) {
      vector.allocateNew();
      vector.setSafe(0, 7);
      vector.setValueCount(1);
      VectorSchemaRoot batch = new VectorSchemaRoot(List.of(vector));
      batch.setRowCount(1);
      assertThat(order.places(batch)).containsExactly(0);
    }
  }
}
