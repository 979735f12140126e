package io.neuralake.internal.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.schema.Schemas;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/** Copied rows are those that were asked for, of vectors of every layout, sliced ones too. */
class RowCopyTest {

  record Row(
      @Nullable Integer i,
      long l,
      @Nullable Boolean b,
      @Nullable String s,
      byte[] bytes,
      @Nullable BigDecimal d,
      @Nullable List<String> list) {}

  @Property(tries = 100)
  void asked(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Row> rows = new ArrayList<>();
    for (int n = random.nextInt(1, 60); n > 0; n--) {
      boolean some = random.nextInt(4) > 0;
      rows.add(
          new Row(
              some ? random.nextInt() : null,
              random.nextLong(),
              some ? random.nextBoolean() : null,
              some ? "x".repeat(random.nextInt(5)) + n : null,
              new byte[random.nextInt(4)],
              some ? BigDecimal.valueOf(random.nextInt(), 2) : null,
              some ? List.of("a" + n) : null));
    }
    try (BufferAllocator allocator = new RootAllocator()) {
      RowSource source = RowSource.ofObjects(rows.iterator());
      try (VectorSchemaRoot all = source.open(Schemas.fromClass(Row.class), allocator).next();
          VectorSchemaRoot batch = all.slice(random.nextInt(rows.size()))) {
        int[] wanted = wanted(random, batch.getRowCount());
        for (FieldVector from : batch.getFieldVectors()) {
          try (FieldVector copy = RowCopy.of(from, wanted, wanted.length, allocator)) {
            assertThat(copy.getValueCount()).isEqualTo(wanted.length);
            assertThat(copy.getField()).isEqualTo(from.getField());
            for (int i = 0; i < wanted.length; i++) {
              assertThat(copy.getObject(i)).isEqualTo(from.getObject(wanted[i]));
            }
            copy.validateFull();
          }
        }
      }
    }
  }

  /** Runs, single rows, repetitions. */
  private static int[] wanted(SplittableRandom random, int rows) {
    List<Integer> wanted = new ArrayList<>();
    for (int runs = random.nextInt(5); runs > 0; runs--) {
      int from = random.nextInt(rows);
      for (int row = from; row < rows && row < from + random.nextInt(1, 12); row++) {
        wanted.add(row);
      }
    }
    return wanted.stream().mapToInt(Integer::intValue).toArray();
  }
}
