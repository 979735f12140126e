package io.neuralake.testkit.model;

import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampType;
import io.neuralake.testkit.chaos.FaultPlan;
import io.neuralake.testkit.chaos.Trouble;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.jspecify.annotations.Nullable;

/**
 * Arbitraries for schemas, rows, batches and fault plans. Rows are maps from column names to the
 * objects that rows read as maps hold, so that what was written equals what is read.
 */
public final class TableArbitraries {
  /** The column by which rows are told apart: a small number, never null, not unique. */
  public static final String ID = "id";

  /** The greatest id. */
  public static final int MOST_IDS = 20;

  private static final int MOST_COLUMNS = 4;
  private static final int SCALE = 2;

  private TableArbitraries() {}

  /**
   * Types of one value each, all that Delta has but binary and timestamps without a zone.
   *
   * @return an arbitrary of types
   */
  public static Arbitrary<DataType> types() {
    return Arbitraries.of(
        List.of(
            BooleanType.BOOLEAN,
            ByteType.BYTE,
            ShortType.SHORT,
            IntegerType.INTEGER,
            LongType.LONG,
            FloatType.FLOAT,
            DoubleType.DOUBLE,
            StringType.STRING,
            DateType.DATE,
            TimestampType.TIMESTAMP,
            new DecimalType(18, SCALE)));
  }

  /**
   * Schemas of {@value #ID} and up to four nullable columns {@code c0} to {@code c3}.
   *
   * @return an arbitrary of schemas
   */
  public static Arbitrary<StructType> schemas() {
    return types().list().ofMaxSize(MOST_COLUMNS).map(TableArbitraries::schema);
  }

  private static StructType schema(List<DataType> types) {
    StructType schema = new StructType().add(new StructField(ID, IntegerType.INTEGER, false));
    for (int i = 0; i < types.size(); i++) {
      schema = schema.add(new StructField("c" + i, types.get(i), true));
    }
    return schema;
  }

  /**
   * Rows of a schema.
   *
   * @param schema of {@link #schemas()}, or any with such types
   * @return an arbitrary of rows, with nulls where the schema allows them
   */
  public static Arbitrary<Map<String, @Nullable Object>> rows(StructType schema) {
    List<Arbitrary<Object>> values = new ArrayList<>();
    for (StructField field : schema.fields()) {
      Arbitrary<Object> value =
          field.getName().equals(ID)
              ? Arbitraries.integers().between(0, MOST_IDS).asGeneric()
              : values(field.getDataType());
      values.add(field.isNullable() ? value.injectNull(0.2) : value);
    }
    return Combinators.combine(values).as(row -> named(schema, row));
  }

  private static Map<String, @Nullable Object> named(StructType schema, List<Object> values) {
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    for (int i = 0; i < values.size(); i++) {
      row.put(schema.at(i).getName(), values.get(i));
    }
    return row;
  }

  /**
   * Batches of a schema.
   *
   * @param schema of {@link #schemas()}, or any with such types
   * @return an arbitrary of lists of 1 to 30 rows
   */
  public static Arbitrary<List<Map<String, @Nullable Object>>> batches(StructType schema) {
    return rows(schema).list().ofMinSize(1).ofMaxSize(30);
  }

  /**
   * Values of a type, with its edges.
   *
   * @param type one of {@link #types()}
   * @return an arbitrary of values, none of them null
   * @throws IllegalArgumentException for other types
   */
  public static Arbitrary<Object> values(DataType type) {
    if (type instanceof BooleanType) {
      return Arbitraries.of(true, false).asGeneric();
    } else if (type instanceof ByteType) {
      return Arbitraries.bytes().asGeneric();
    } else if (type instanceof ShortType) {
      return Arbitraries.shorts().asGeneric();
    } else if (type instanceof IntegerType) {
      return Arbitraries.integers().asGeneric();
    } else if (type instanceof LongType) {
      return Arbitraries.longs().asGeneric();
    } else if (type instanceof FloatType) {
      return Arbitraries.floats().asGeneric();
    } else if (type instanceof DoubleType) {
      return Arbitraries.doubles().asGeneric();
    } else if (type instanceof StringType) {
      return Arbitraries.strings()
          .alpha()
          .numeric()
          .withChars("äß'%_ \u4e16")
          .ofMaxLength(8)
          .asGeneric();
    } else if (type instanceof DateType) {
      return Arbitraries.longs().between(-40_000, 40_000).map(LocalDate::ofEpochDay).asGeneric();
    } else if (type instanceof TimestampType) {
      return Arbitraries.longs()
          .between(-2_000_000_000_000_000L, 4_000_000_000_000_000L)
          .map(micros -> Instant.EPOCH.plus(micros, ChronoUnit.MICROS))
          .asGeneric();
    } else if (type instanceof DecimalType decimal) {
      BigInteger most = BigInteger.TEN.pow(decimal.getPrecision()).subtract(BigInteger.ONE);
      return Arbitraries.bigIntegers()
          .between(most.negate(), most)
          .map(unscaled -> new BigDecimal(unscaled, decimal.getScale()))
          .asGeneric();
    }
    throw new IllegalArgumentException("No values are made of type " + type);
  }

  /**
   * Fault plans that a client which tries again can live with: up to a fifth of the calls meet
   * trouble, of any kind that takes no special client.
   *
   * @return an arbitrary of plans
   */
  public static Arbitrary<FaultPlan> faultPlans() {
    Arbitrary<Double> share = Arbitraries.doubles().between(0, 0.04);
    return Combinators.combine(Arbitraries.longs(), share.list().ofSize(5))
        .as(
            (seed, shares) ->
                FaultPlan.seeded(seed)
                    .with(Trouble.DELAY, shares.get(0))
                    .with(Trouble.FAIL_BEFORE, shares.get(1))
                    .with(Trouble.LOSE_ANSWER, shares.get(2))
                    .with(Trouble.SLOW_DOWN, shares.get(3))
                    .with(Trouble.DUPLICATE, shares.get(4))
                    .longestDelay(Duration.ofMillis(10)));
  }
}
