package io.neuralake.internal.columnar;

import static io.neuralake.expr.Expr.col;
import static io.neuralake.expr.Expr.lit;
import static org.assertj.core.api.Assertions.assertThat;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FieldMetadata;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.error.CorruptTableException;
import io.neuralake.expr.Expr;
import io.neuralake.internal.columnar.FilteredFile.Outcome;
import io.neuralake.internal.meta.ColumnMapping;
import io.neuralake.internal.store.InMemoryFileStore;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.internal.hadoop.metadata.IndexReference;
import org.junit.jupiter.api.Test;

/** What is skipped, and what requests the rest costs. */
class SkippingTest {
  private static final int ROWS = 100_000;
  private static final int PAGE_ROWS = 20_000;

  /** Sorted, three columns of noise with a narrow one between the last two, and lists. */
  private static final StructType SCHEMA =
      new StructType()
          .add("k", LongType.LONG)
          .add("a", LongType.LONG)
          .add("b", LongType.LONG)
          .add("flag", BooleanType.BOOLEAN)
          .add("c", LongType.LONG)
          .add("list", new ArrayType(IntegerType.INTEGER, false));

  private static final List<List<Object>> NOISE = noise();
  private static final FilteredFile FILE = new FilteredFile(write(spec(), NOISE));

  private static List<List<Object>> noise() {
    Random random = new Random(5);
    List<List<Object>> rows = new ArrayList<>();
    for (long k = 0; k < ROWS; k++) {
      List<Object> list = k % 3 == 0 ? List.of() : List.of(k, k + 1);
      rows.add(
          List.of(
              k, random.nextLong(), random.nextLong() >>> 1 & ~1L, k > 7, random.nextLong(), list));
    }
    return rows;
  }

  private static WriteSpec spec() {
    return WriteSpec.of(SCHEMA, ColumnMapping.Mode.NONE).withCodec(WriteSpec.Codec.UNCOMPRESSED, 0);
  }

  private static byte[] write(WriteSpec spec, List<List<Object>> rows) {
    try {
      return ParquetRoundTripTest.write(spec, rows, 8192);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static ReadSpec columns(String... names) {
    StructType schema = new StructType();
    for (String name : names) {
      schema = schema.add(SCHEMA.get(name));
    }
    return ReadSpec.of(schema);
  }

  private static final Expr ALL = lit(true).eq(true);

  @Test
  void columnsApartAreOneRequestEachAndNeighboursOneTogether() throws IOException {
    assertThat(FILE.read(columns("a"), ALL).requests()).isEqualTo(2);
    assertThat(FILE.read(columns("a", "b"), ALL).requests()).isEqualTo(2);
    assertThat(FILE.read(columns("k", "c"), ALL).requests()).isEqualTo(3);
    Outcome around = FILE.read(columns("b", "c"), ALL);
    assertThat(around.requests()).as("the gap is read along").isEqualTo(2);
    assertThat(around.counters().requests.get()).isEqualTo(2);
    assertThat(around.counters().bytesFetched.get())
        .isBetween(16L * ROWS, 18L * ROWS + (256 << 10));
    assertThat(around.counters().pagesSkipped.get()).isZero();
  }

  @Test
  void workersFetchTheNextRowGroupWhileOneIsDecoded() throws IOException {
    byte[] bytes = write(spec().withSizes(800_000, 20_000), NOISE);
    InMemoryFileStore store = new InMemoryFileStore();
    store.write(FilteredFile.LOCATION, bytes);
    Queue<Runnable> work = new ArrayDeque<>();
    try (RootAllocator allocator = new RootAllocator();
        ParquetBatchReader reader =
            new ParquetBatchReader(
                store,
                FilteredFile.LOCATION,
                bytes.length,
                columns("a").withBatchSize(ROWS, 1 << 20),
                allocator,
                work::add,
                new ReadCounters())) {
      List<List<Object>> rows = new ArrayList<>();
      for (int rowGroup = 1; rowGroup <= 3; rowGroup++) {
        try (VectorSchemaRoot batch = reader.next()) {
          rows.addAll(ArrowRows.of(batch));
        }
        // What nobody has fetched ahead, the second time, the reader fetches itself.
        assertThat(store.rangeReads()).isEqualTo(rowGroup == 2 ? 3 : rowGroup + 1);
        assertThat(work).hasSize(1);
        if (rowGroup != 2) {
          work.remove().run();
          assertThat(store.rangeReads()).isEqualTo(rowGroup + 2);
        } else {
          work.clear();
        }
      }
      assertThat(rows)
          .isEqualTo(NOISE.subList(0, rows.size()).stream().map(r -> List.of(r.get(1))).toList());
    }
  }

  @Test
  void onlyPagesThatMayMatchAreFetched() throws IOException {
    Expr range = col("k").between(41_000L, 41_999L);
    Outcome some = FILE.read(ReadSpec.of(SCHEMA), range);
    assertThat(some.rows()).isEqualTo(NOISE.subList(41_000, 42_000));
    assertThat(some.decoded()).isEqualTo(PAGE_ROWS);
    assertThat(some.counters().pagesSkipped.get()).isEqualTo(4 * 6);
    // The tail and each column: what is between is too much to read along.
    assertThat(some.requests()).isEqualTo(7);
    assertThat(some.counters().bytesFetched.get()).isLessThan(1_300_000);
    assertThat(FILE.read(ReadSpec.of(SCHEMA), range, false).counters().bytesFetched.get())
        .isGreaterThan(3_500_000);
    assertThat(FILE.read(columns("k", "flag"), range).requests()).isEqualTo(3);
  }

  @Test
  void partsThatAreApartStayInStep() throws IOException {
    Expr apart = col("k").in(3L, 25_000L, 99_999L).or(col("k").between(19_999L, 20_001L));
    Outcome some = FILE.read(ReadSpec.of(SCHEMA), apart);
    assertThat(some.rows())
        .containsExactly(
            NOISE.get(3),
            NOISE.get(19_999),
            NOISE.get(20_000),
            NOISE.get(20_001),
            NOISE.get(25_000),
            NOISE.get(99_999));
    assertThat(some.decoded()).isEqualTo(3 * PAGE_ROWS);
  }

  @Test
  void pagesThatAreNotAlignedStayInStep() throws IOException {
    byte[] file = write(spec().withSizes(100 << 20, 3000), NOISE);
    Outcome some = new FilteredFile(file).read(ReadSpec.of(SCHEMA), col("k").eq(41_234L));
    assertThat(some.rows()).containsExactly(NOISE.get(41_234));
    assertThat(some.decoded()).isLessThan(1000);
  }

  @Test
  void rowGroupsThatDoNotMatchCostNothing() throws IOException {
    FilteredFile file = new FilteredFile(write(spec().withSizes(800_000, 20_000), NOISE));
    Outcome some = file.read(columns("k", "a"), col("k").eq(41_234L));
    assertThat(some.rows()).hasSize(1);
    assertThat(some.counters().rowGroupsRead.get()).isEqualTo(1);
    assertThat(some.counters().rowGroupsSkipped.get()).isGreaterThanOrEqualTo(4);
    assertThat(some.requests()).isEqualTo(2);
    assertThat(file.read(columns("k"), col("k").lt(0L)).requests()).isEqualTo(1);
  }

  @Test
  void bloomFiltersSettlePointLookups() throws IOException {
    WriteSpec plain = spec().withSizes(1 << 20, 40_000);
    WriteSpec bloom = plain.withBloomColumns(Set.of(List.of("b")));
    Expr absent = col("b").in((1L << 61) + 1, (1L << 62) - 1);
    Outcome without = new FilteredFile(write(plain, NOISE)).read(columns("b", "a"), absent);
    Outcome with = new FilteredFile(write(bloom, NOISE)).read(columns("b", "a"), absent);
    assertThat(without.rows()).isEmpty();
    assertThat(without.counters().rowGroupsRead.get()).isGreaterThan(3);
    assertThat(with.rows()).isEmpty();
    assertThat(with.counters().rowGroupsRead.get()).isZero();
    Expr there = col("b").eq((Long) NOISE.get(77_777).get(2));
    Outcome found = new FilteredFile(write(bloom, NOISE)).read(columns("b", "k"), there);
    assertThat(found.rows()).hasSize(1);
    assertThat(found.counters().rowGroupsRead.get()).isEqualTo(1);
  }

  @Test
  void dictionariesSettlePointLookups() throws IOException {
    StructType schema = new StructType().add("s", StringType.STRING).add("d", DoubleType.DOUBLE);
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      rows.add(List.of("v" + i % 7 * 2, i % 5 * 0.5));
    }
    byte[] file = write(WriteSpec.of(schema, ColumnMapping.Mode.NONE), rows);
    FilteredFile filtered = new FilteredFile(file);
    for (Expr absent : List.of(col("s").eq("v11"), col("d").eq(0.75), col("s").in("v1", "v9"))) {
      Outcome none = filtered.read(ReadSpec.of(schema), absent);
      assertThat(none.counters().rowGroupsSkipped.get()).as(absent.toSql()).isEqualTo(1);
      assertThat(none.rows()).isEmpty();
    }
    assertThat(filtered.read(ReadSpec.of(schema), col("s").eq("v10")).rows()).isNotEmpty();
    assertThat(filtered.read(ReadSpec.of(schema), col("d").eq(-0.0)).rows()).hasSize(200);
  }

  @Test
  void boundsAreComparedInTheTablesType() throws IOException {
    StructType narrow = new StructType().add("x", IntegerType.INTEGER).add("gone", LongType.LONG);
    List<List<Object>> rows = List.of(List.of(-5L, 1L), List.of(300L, 1L));
    FilteredFile file =
        new FilteredFile(write(WriteSpec.of(narrow, ColumnMapping.Mode.NONE), rows));
    StructType wide = new StructType().add("x", LongType.LONG).add("added", StringType.STRING);
    assertSkipped(file, wide, col("x").gt(300L), true);
    assertSkipped(file, wide, col("x").ge(300L), false);
    assertSkipped(file, wide, col("x").eq(1L << 32), true);
    assertSkipped(file, wide, col("added").isNotNull(), true);
    assertSkipped(file, wide, col("added").isNull(), false);
    StructType real = new StructType().add("x", DoubleType.DOUBLE);
    assertSkipped(file, real, col("x").lt(-5.5), true);
    assertSkipped(file, real, col("x").le(-5.0), false);
    StructType decimal = new StructType().add("x", new DecimalType(12, 2));
    assertSkipped(file, decimal, col("x").gt(new BigDecimal("300.01")), true);
    assertSkipped(file, decimal, col("x").gt(new BigDecimal("299.99")), false);
  }

  @Test
  void columnsAreFoundByTheirIds() throws IOException {
    StructType mapped = new StructType().add(mapped("a", "col-1", 1)).add(mapped("b", "col-2", 2));
    List<List<Object>> rows = List.of(List.of(1L, 100L), List.of(2L, 200L));
    FilteredFile file = new FilteredFile(write(WriteSpec.of(mapped, ColumnMapping.Mode.ID), rows));
    StructType renamed = new StructType().add(mapped("b", "other", 1)).add(mapped("x", "any", 2));
    ReadSpec spec = ReadSpec.of(renamed).withMode(ColumnMapping.Mode.ID);
    assertThat(file.read(spec, col("b").gt(2L)).counters().rowGroupsSkipped.get()).isEqualTo(1);
    assertThat(file.read(spec, col("x").gt(150L)).rows()).containsExactly(List.of(2L, 200L));
  }

  private static StructField mapped(String name, String physical, int id) {
    FieldMetadata metadata =
        FieldMetadata.builder()
            .putLong("delta.columnMapping.id", id)
            .putString("delta.columnMapping.physicalName", physical)
            .build();
    return new StructField(name, LongType.LONG, true, metadata);
  }

  private static void assertSkipped(
      FilteredFile file, StructType schema, Expr predicate, boolean skipped) throws IOException {
    Outcome outcome = file.read(ReadSpec.of(schema), predicate);
    assertThat(outcome.counters().rowGroupsSkipped.get())
        .as(predicate.toSql())
        .isEqualTo(skipped ? 1 : 0);
    assertThat(outcome.rows()).isEqualTo(file.read(ReadSpec.of(schema), predicate, false).rows());
  }

  /** A damaged offset index is noticed or does not matter; rows never come out wrong. */
  @Test
  void damagedOffsetIndexesGiveNoWrongRows() throws IOException {
    List<List<Object>> rows = NOISE.subList(0, 20_000);
    byte[] intact = write(spec().withSizes(100 << 20, 8_000), rows);
    List<ColumnChunkMetaData> chunks = chunks(intact);
    Expr range = col("k").between(4_100L, 6_199L);
    Random random = new Random(4);
    int refused = 0;
    for (int i = 0; i < 300; i++) {
      IndexReference index = chunks.get(random.nextInt(chunks.size())).getOffsetIndexReference();
      int at = (int) index.getOffset() + random.nextInt(index.getLength());
      byte[] damaged = intact.clone();
      damaged[at] = (byte) (damaged[at] ^ 1 << random.nextInt(8));
      try {
        Outcome outcome = new FilteredFile(damaged).read(ReadSpec.of(SCHEMA), range);
        assertThat(outcome.rows()).isEqualTo(rows.subList(4_100, 6_200));
      } catch (CorruptTableException e) {
        assertThat(e).hasMessageContaining(FilteredFile.LOCATION);
        refused++;
      }
    }
    assertThat(refused).isBetween(1, 299);
  }

  /** Bounds that were changed cannot be told from true ones; but nothing worse happens. */
  @Test
  void damagedIndexesAndFiltersAreHarmless() throws IOException {
    List<List<Object>> few = NOISE.subList(0, 3000);
    byte[] intact =
        write(spec().withSizes(20_000, 500).withBloomColumns(Set.of(List.of("b"))), few);
    Expr predicate = col("k").gt(1500L).and(col("b").ne(5L)).or(col("b").eq(6L));
    Set<List<Object>> expected =
        Set.copyOf(new FilteredFile(intact).read(ReadSpec.of(SCHEMA), predicate).rows());
    List<ColumnChunkMetaData> chunks = chunks(intact);
    int from = (int) chunks.get(0).getColumnIndexReference().getOffset();
    Random random = new Random(9);
    for (int i = 0; i < 500; i++) {
      byte[] damaged = intact.clone();
      for (int n = 1 + random.nextInt(5); n > 0; n--) {
        int at = from + random.nextInt(damaged.length - from);
        damaged[at] = (byte) random.nextInt();
      }
      try {
        Outcome outcome = new FilteredFile(damaged).read(ReadSpec.of(SCHEMA), predicate);
        assertThat(expected.containsAll(outcome.rows())).isTrue();
      } catch (CorruptTableException e) {
        assertThat(e).hasMessageContaining(FilteredFile.LOCATION);
      }
    }
  }

  private static List<ColumnChunkMetaData> chunks(byte[] file) throws IOException {
    InMemoryFileStore store = new InMemoryFileStore();
    store.write(FilteredFile.LOCATION, file);
    try (FileBytes bytes =
        new FileBytes(store.open(FilteredFile.LOCATION, file.length), new ReadCounters())) {
      return ParquetFooter.read(bytes).rowGroups().stream()
          .flatMap(group -> group.getColumns().stream())
          .toList();
    }
  }
}
