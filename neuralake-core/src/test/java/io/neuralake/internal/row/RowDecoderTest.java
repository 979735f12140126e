package io.neuralake.internal.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.schema.Schemas;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Test;

class RowDecoderTest {

  record Inner(int x, boolean flag, List<Boolean> flags) {}

  record Row(
      int id,
      String name,
      Instant at,
      Inner inner,
      List<Inner> inners,
      Map<String, Long> counts,
      Optional<Double> weight,
      Boolean maybe) {}

  /** More rows than are decoded at a time; runs of lists begin anywhere in their elements. */
  @Property(tries = 20)
  void batchOfManyRunsSurvives(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 3000) int count) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(row(random));
    }
    RowEncoder<Row> encoder = RowEncoder.forClass(Row.class, Schemas.fromClass(Row.class));

    assertThat(Rows.through(encoder, RowDecoder.forClass(Row.class), rows, 5000)).isEqualTo(rows);
  }

  private static Row row(Random random) {
    Map<String, Long> counts = new LinkedHashMap<>();
    List<Inner> inners = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      counts.put("k" + random.nextInt(), random.nextBoolean() ? null : random.nextLong());
      inners.add(inner(random));
    }
    return new Row(
        random.nextInt(),
        random.nextInt(5) == 0 ? null : "n" + random.nextInt(random.nextBoolean() ? 3 : 100_000),
        random.nextBoolean() ? null : Instant.ofEpochSecond(random.nextInt(3), 5000),
        inner(random),
        random.nextInt(4) == 0 ? null : inners,
        random.nextInt(4) == 0 ? null : counts,
        random.nextBoolean() ? Optional.empty() : Optional.of(random.nextDouble()),
        random.nextBoolean() ? null : random.nextBoolean());
  }

  /** Null at times: then its primitives have no value either, which is no error. */
  private static Inner inner(Random random) {
    if (random.nextInt(3) == 0) {
      return null;
    }
    List<Boolean> flags = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      flags.add(random.nextInt(3) == 0 ? null : random.nextBoolean());
    }
    return new Inner(random.nextInt(), random.nextBoolean(), flags);
  }

  record Number(int id) {}

  @Test
  void rowsBeforeOneThatDoesNotFitAreGivenOut() {
    StructType schema = new StructType().add("id", IntegerType.INTEGER);
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      Map<String, Object> row = new HashMap<>();
      row.put("id", i == 1500 ? null : i);
      rows.add(row);
    }
    try (BufferAllocator allocator = new RootAllocator();
        VectorSchemaRoot batch =
            new BatchBuilder<>(RowEncoder.forMaps(schema), rows.iterator(), allocator).next()) {
      Iterator<Number> numbers = RowDecoder.forClass(Number.class).rows(batch);
      for (int i = 0; i < 1500; i++) {
        assertThat(numbers.next()).isEqualTo(new Number(i));
      }
      assertThatThrownBy(numbers::next)
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageStartingWith("row 1500, column 'id': null cannot be put into Number.id");
    }
  }

  /** Whatever was remembered before: few values, then many, of all lengths, at any place. */
  @Property(tries = 50)
  void rememberedTextsAreTheRightOnes(@ForAll long seed) {
    Random random = new Random(seed);
    Repeats repeats =
        new Repeats(
            (bytes, from, length) -> new String(bytes, from, length, StandardCharsets.UTF_8));
    for (int i = 0; i < 3000; i++) {
      int distinct = i % 1000 < 700 ? 20 : 100_000;
      String text = "é".repeat(random.nextInt(40)) + random.nextInt(distinct);
      byte[] bytes = ("ab" + text + "c").getBytes(StandardCharsets.UTF_8);
      assertThat(repeats.get(bytes, 2, bytes.length - 3)).isEqualTo(text);
    }
  }

  @Test
  void fewDistinctTextsAreMadeOnce() {
    Repeats repeats =
        new Repeats(
            (bytes, from, length) -> new String(bytes, from, length, StandardCharsets.UTF_8));
    Map<Object, Boolean> made = new IdentityHashMap<>();
    for (int i = 0; i < 10_000; i++) {
      byte[] bytes = ("session-" + i / 5000).getBytes(StandardCharsets.UTF_8);
      made.put(repeats.get(bytes, 0, bytes.length), true);
    }
    assertThat(made).hasSize(2);
  }
}
