package io.neuralake.internal.columnar;

import static org.assertj.core.api.Assertions.assertThat;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampType;
import io.neuralake.expr.Expr;
import io.neuralake.internal.meta.ColumnMapping;
import io.neuralake.internal.store.FileSink;
import io.neuralake.internal.store.InMemoryFileStore;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.AfterFailureMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;

/** Whatever is skipped, the rows that match are the same. */
class SkippingPropertiesTest {
  private static final StructType SCHEMA =
      new StructType()
          .add("id", IntegerType.INTEGER, false)
          .add("i", IntegerType.INTEGER)
          .add("l", LongType.LONG)
          .add("f", FloatType.FLOAT)
          .add("d", DoubleType.DOUBLE)
          .add("s", StringType.STRING)
          .add("small", new DecimalType(7, 2))
          .add("big", new DecimalType(22, 4))
          .add("day", DateType.DATE)
          .add("ts", TimestampType.TIMESTAMP)
          .add("b", BooleanType.BOOLEAN)
          .add(
              "st",
              new StructType().add("x", IntegerType.INTEGER).add("y", StringType.STRING),
              true)
          .add("list", new ArrayType(IntegerType.INTEGER, true), true);

  private static final int LAST_PREDICATE_COLUMN = 10;
  private static final AtomicLong PAGES_SKIPPED = new AtomicLong();
  private static final AtomicLong ROW_GROUPS_SKIPPED = new AtomicLong();

  @Property(tries = 600, afterFailure = AfterFailureMode.PREVIOUS_SEED)
  void skippingLosesNoRow(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    List<List<Object>> rows = rows(random);
    byte[] bytes = random.nextBoolean() ? ours(rows, random) : theirs(rows, random);
    FilteredFile file = new FilteredFile(bytes);
    if (random.nextInt(4) == 0) {
      file.with(work -> new Thread(work).start());
    }
    ReadSpec spec = ReadSpec.of(SCHEMA).withBatchSize(1 + random.nextInt(100), 1 << 20);
    if (random.nextInt(3) == 0) {
      spec = spec.withDeletedRows(new EveryNth(2 + random.nextInt(5), rows.size()));
    }
    for (int i = 0; i < 8; i++) {
      Expr predicate = predicate(random, rows, 2);
      FilteredFile.Outcome all = file.read(spec, predicate, false);
      FilteredFile.Outcome some = file.read(spec, predicate);
      assertThat(some.rows()).as(predicate.toSql()).isEqualTo(all.rows());
      assertThat(some.decoded()).isLessThanOrEqualTo(all.decoded());
      PAGES_SKIPPED.addAndGet(some.counters().pagesSkipped.get());
      ROW_GROUPS_SKIPPED.addAndGet(some.counters().rowGroupsSkipped.get());
    }
  }

  private record EveryNth(int n, int rows) implements DeletedRows {

    @Override
    public boolean isDeleted(long row) {
      return row % n == 0;
    }
  }

  @AfterContainer
  static void somethingWasSkipped() {
    assertThat(PAGES_SKIPPED.get()).isGreaterThan(1000);
    assertThat(ROW_GROUPS_SKIPPED.get()).isGreaterThan(1000);
  }

  /** Rows whose values drift, so that pages differ, with rare values of every awkward kind. */
  private static List<List<Object>> rows(Random random) {
    int count = random.nextInt(600);
    int nullsOutOf = 2 + random.nextInt(20);
    int spread = 1 + random.nextInt(30);
    List<List<Object>> rows = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      List<Object> values = new ArrayList<>();
      values.add((long) row);
      for (int column = 1; column < SCHEMA.length(); column++) {
        long near = row / 10 - 20 + random.nextInt(spread);
        boolean isNull = random.nextInt(nullsOutOf) == 0 || row / 50 % 5 == column % 5;
        values.add(isNull ? null : value(SCHEMA.at(column).getDataType(), near, random));
      }
      rows.add(values);
    }
    return rows;
  }

  private static Object value(DataType type, long near, Random random) {
    boolean rare = random.nextInt(40) == 0;
    if (type instanceof FloatType) {
      return rare ? pick(random, Float.NaN, 0f, -0f, Float.MAX_VALUE) : near / 4f;
    } else if (type instanceof DoubleType) {
      return rare ? pick(random, Double.NaN, 0.0, -0.0, Double.NEGATIVE_INFINITY) : near / 8.0;
    } else if (type instanceof StringType) {
      String text = (near < 0 ? "\uFFFD" : "prefix".repeat(12)) + near;
      return rare ? pick(random, "", "\uDBFF\uDFFF".repeat(40), "\uFFFF", "z") : text;
    } else if (type instanceof DecimalType decimal) {
      BigInteger unscaled = BigInteger.valueOf(near * (decimal.getPrecision() > 18 ? -1000 : 7));
      return new BigDecimal(unscaled, decimal.getScale());
    } else if (type instanceof TimestampType) {
      return near * 86_400_000_000L + random.nextInt(3);
    } else if (type instanceof BooleanType) {
      return near % 40 < 20;
    } else if (type instanceof StructType) {
      return Arrays.asList(rare ? null : near, "y" + near);
    } else if (type instanceof ArrayType) {
      List<Object> elements = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        elements.add(rare ? null : near);
      }
      return elements;
    }
    return near;
  }

  private static Object pick(Random random, Object... values) {
    return values[random.nextInt(values.length)];
  }

  private static byte[] ours(List<List<Object>> rows, Random random) throws IOException {
    int page = 50 + random.nextInt(2000);
    WriteSpec spec =
        WriteSpec.of(SCHEMA, ColumnMapping.Mode.NONE)
            .withCodec(WriteSpec.Codec.UNCOMPRESSED, 0)
            .withSizes(page * (1L + random.nextInt(60)), page)
            .withBloomColumns(
                random.nextBoolean()
                    ? Set.of()
                    : Set.of(List.of("i"), List.of("s"), List.of("d"), List.of("st", "x")));
    return ParquetRoundTripTest.write(spec, rows, 20 + random.nextInt(100));
  }

  /** The same with parquet-java's writer. */
  private static byte[] theirs(List<List<Object>> rows, Random random) throws IOException {
    MessageType type = ParquetTypes.message(SCHEMA, ColumnMapping.Mode.NONE);
    InMemoryFileStore store = new InMemoryFileStore();
    int page = 100 + random.nextInt(1000);
    try (FileSink sink = store.create("mem://f")) {
      var builder =
          ExampleParquetWriter.builder(new SinkOutputFile(sink))
              .withType(type)
              .withConf(new PlainParquetConfiguration())
              .withWriterVersion(
                  random.nextBoolean() ? WriterVersion.PARQUET_1_0 : WriterVersion.PARQUET_2_0)
              .withCompressionCodec(CompressionCodecName.UNCOMPRESSED)
              .withPageSize(page)
              .withPageRowCountLimit(1 + random.nextInt(100))
              .withDictionaryEncoding(random.nextBoolean())
              .withMaxBloomFilterBytes(1024)
              .withBloomFilterEnabled(random.nextInt(3) == 0)
              .withStatisticsEnabled(random.nextInt(6) > 0)
              .withMinRowCountForPageSizeCheck(1)
              .withMaxRowCountForPageSizeCheck(10)
              .withRowGroupSize(30_000L + random.nextInt(200_000));
      try (ParquetWriter<Group> writer = builder.build()) {
        for (List<Object> row : rows) {
          writer.write(group(type, row));
        }
      }
    }
    return store.read("mem://f", Integer.MAX_VALUE);
  }

  private static Group group(MessageType type, List<Object> row) {
    Group group = new SimpleGroup(type);
    for (int column = 0; column < row.size(); column++) {
      Object value = row.get(column);
      String name = SCHEMA.at(column).getName();
      if (value == null) {
        continue;
      } else if (value instanceof Float number) {
        group.add(name, number);
      } else if (value instanceof Double number) {
        group.add(name, number);
      } else if (value instanceof Boolean flag) {
        group.add(name, flag);
      } else if (value instanceof String text) {
        group.add(name, text);
      } else if (value instanceof BigDecimal decimal) {
        if (name.equals("small")) {
          group.add(name, decimal.unscaledValue().intValueExact());
        } else {
          int width = type.getType(name).asPrimitiveType().getTypeLength();
          byte[] bytes = new byte[width];
          byte[] shortest = decimal.unscaledValue().toByteArray();
          Arrays.fill(bytes, (byte) (decimal.signum() < 0 ? -1 : 0));
          System.arraycopy(shortest, 0, bytes, width - shortest.length, shortest.length);
          group.add(name, Binary.fromConstantByteArray(bytes));
        }
      } else if (name.equals("st")) {
        Group struct = group.addGroup("st");
        List<?> fields = (List<?>) value;
        if (fields.get(0) != null) {
          struct.add("x", ((Long) fields.get(0)).intValue());
        }
        struct.add("y", (String) fields.get(1));
      } else if (value instanceof List<?> list) {
        Group array = group.addGroup(name);
        for (Object element : list) {
          Group wrapper = array.addGroup("list");
          if (element != null) {
            wrapper.add("element", ((Long) element).intValue());
          }
        }
      } else if (name.equals("l") || name.equals("ts")) {
        group.add(name, (Long) value);
      } else {
        group.add(name, ((Long) value).intValue());
      }
    }
    return group;
  }

  private static Expr predicate(Random random, List<List<Object>> rows, int depth) {
    int kind = depth == 0 ? 3 + random.nextInt(9) : random.nextInt(12);
    if (kind < 3) {
      Expr left = predicate(random, rows, depth - 1);
      Expr right = predicate(random, rows, depth - 1);
      return kind == 0 ? left.and(right) : kind == 1 ? left.or(right) : left.not();
    }
    int column = random.nextInt(LAST_PREDICATE_COLUMN + 2);
    boolean nested = column > LAST_PREDICATE_COLUMN;
    Expr expr = nested ? Expr.column(List.of("st", "x")) : Expr.col(SCHEMA.at(column).getName());
    DataType type = nested ? IntegerType.INTEGER : SCHEMA.at(column).getDataType();
    Object value = literal(random, rows, column, type);
    return switch (kind) {
      case 3 -> expr.eq(value);
      case 4 -> expr.lt(value);
      case 5 -> expr.ge(value);
      case 6 -> expr.ne(value);
      case 7 -> expr.in(value, literal(random, rows, column, type));
      case 8 -> random.nextBoolean() ? expr.isNull() : expr.isNotNull();
      case 9 -> expr.eqNullSafe(value);
      case 10 -> expr.between(value, literal(random, rows, column, type));
      default -> type instanceof StringType ? expr.like(value + "%") : expr.gt(value);
    };
  }

  private static Object literal(Random random, List<List<Object>> rows, int column, DataType type) {
    Object value = null;
    if (!rows.isEmpty() && random.nextBoolean()) {
      value = rows.get(random.nextInt(rows.size())).get(column);
      value = value instanceof List<?> struct ? struct.get(0) : value;
    }
    value = value == null ? value(type, random.nextInt(80) - 30, random) : value;
    if (type instanceof DateType) {
      return LocalDate.ofEpochDay((Long) value);
    } else if (type instanceof TimestampType) {
      return Instant.EPOCH.plus((Long) value, ChronoUnit.MICROS);
    }
    return type instanceof IntegerType ? (Object) ((Long) value).intValue() : value;
  }
}
