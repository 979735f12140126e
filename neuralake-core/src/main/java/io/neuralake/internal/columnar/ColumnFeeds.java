package io.neuralake.internal.columnar;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.VariantType;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/** Builds the feeds of a schema, and keeps the statistics that they collect. */
final class ColumnFeeds {
  private static final int LONG_DIGITS = 18;

  private final WriteSpec spec;
  private final MessageType message;
  private final Map<List<String>, LeafStats> stats = new HashMap<>();
  private final List<ColumnFeed> columns = new ArrayList<>();

  ColumnFeeds(WriteSpec spec, MessageType message) {
    this.spec = spec;
    this.message = message;
    for (StructField field : spec.schema().fields()) {
      columns.add(field(field, List.of(), 0));
    }
  }

  /** One for each column of the schema, in its order. */
  List<ColumnFeed> columns() {
    return columns;
  }

  Map<List<String>, FileStats.Column> stats() {
    Map<List<String>, FileStats.Column> results = new HashMap<>();
    stats.forEach((path, collected) -> results.put(path, collected.result()));
    return Map.copyOf(results);
  }

  private ColumnFeed field(StructField field, List<String> parent, int repetition) {
    List<String> path = longer(parent, ColumnNames.physicalName(field, spec.mode()));
    return feed(field.getDataType(), field.isNullable(), path, repetition);
  }

  private static List<String> longer(List<String> path, String... names) {
    List<String> longer = new ArrayList<>(path);
    longer.addAll(List.of(names));
    return List.copyOf(longer);
  }

  private ColumnFeed feed(DataType type, boolean nullable, List<String> path, int repetition) {
    String name = String.join(".", path);
    if (type instanceof StructType struct) {
      List<String> names = new ArrayList<>();
      List<ColumnFeed> children = new ArrayList<>();
      for (StructField field : struct.fields()) {
        names.add(field.getName());
        children.add(field(field, path, repetition));
      }
      return new StructFeed(name, nullable, names, children, null);
    } else if (type instanceof VariantType) {
      List<String> names = List.of(ChildNames.VALUE, ChildNames.METADATA);
      List<ColumnFeed> children = new ArrayList<>();
      for (String part : names) {
        children.add(feed(BinaryType.BINARY, false, longer(path, part), repetition));
      }
      return new StructFeed(name, nullable, names, children, nulls(path));
    } else if (type instanceof ArrayType array) {
      List<String> inner = longer(path, "list", "element");
      ColumnFeed element =
          feed(array.getElementType(), array.containsNull(), inner, repetition + 1);
      return new ListFeed(name, nullable, repetition + 1, element, nulls(path));
    } else if (type instanceof MapType map) {
      List<String> inner = longer(path, "key_value");
      ColumnFeed key = feed(map.getKeyType(), false, longer(inner, "key"), repetition + 1);
      ColumnFeed value =
          feed(
              map.getValueType(),
              map.isValueContainsNull(),
              longer(inner, "value"),
              repetition + 1);
      List<String> names = List.of(ChildNames.KEY, ChildNames.VALUE);
      ColumnFeed entries = new StructFeed(name, false, names, List.of(key, value), null);
      return new ListFeed(name, nullable, repetition + 1, entries, nulls(path));
    }
    return leaf(type, path, message.getColumnDescription(path.toArray(new String[0])));
  }

  private ColumnFeed leaf(DataType type, List<String> path, ColumnDescriptor column) {
    if (type instanceof BooleanType) {
      return new LeafFeeds.Booleans(column, nulls(path));
    } else if (type instanceof ByteType) {
      LeafStats.Longs longs = longs(path, v -> (byte) v);
      return new LeafFeeds.Longs<>(column, TinyIntVector.class, TinyIntVector::get, longs);
    } else if (type instanceof ShortType) {
      LeafStats.Longs longs = longs(path, v -> (short) v);
      return new LeafFeeds.Longs<>(column, SmallIntVector.class, SmallIntVector::get, longs);
    } else if (type instanceof IntegerType) {
      LeafStats.Longs longs = longs(path, v -> (int) v);
      return new LeafFeeds.Longs<>(column, IntVector.class, IntVector::get, longs);
    } else if (type instanceof LongType) {
      LeafStats.Longs longs = longs(path, v -> v);
      return new LeafFeeds.Longs<>(column, BigIntVector.class, BigIntVector::get, longs);
    } else if (type instanceof DateType) {
      LeafStats.Longs longs = longs(path, LocalDate::ofEpochDay);
      return new LeafFeeds.Longs<>(column, DateDayVector.class, DateDayVector::get, longs);
    } else if (type instanceof FloatType) {
      return new LeafFeeds.Floats(column, kept(path, new LeafStats.Doubles(true)));
    } else if (type instanceof DoubleType) {
      return new LeafFeeds.Doubles(column, kept(path, new LeafStats.Doubles(false)));
    } else if (type instanceof StringType) {
      LeafStats strings = kept(path, new LeafStats.Strings());
      return new LeafFeeds.Bytes<>(column, VarCharVector.class, strings);
    } else if (type instanceof BinaryType) {
      return new LeafFeeds.Bytes<>(column, VarBinaryVector.class, nulls(path));
    } else if (type instanceof DecimalType decimal) {
      return decimal(decimal, path, column);
    }
    return timestamp(type, path, column);
  }

  private ColumnFeed decimal(DecimalType type, List<String> path, ColumnDescriptor column) {
    int precision = type.getPrecision();
    int scale = type.getScale();
    if (precision <= LONG_DIGITS) {
      LeafStats.Longs longs = longs(path, v -> BigDecimal.valueOf(v, scale));
      return new LeafFeeds.SmallDecimals(column, precision, scale, longs);
    }
    return new LeafFeeds.LargeDecimals(
        column, precision, scale, kept(path, new LeafStats.Decimals(scale)));
  }

  /** The log holds timestamps in milliseconds, so the lower bound goes down, the upper up. */
  private ColumnFeed timestamp(DataType type, List<String> path, ColumnDescriptor column) {
    if (type instanceof TimestampNTZType) {
      LeafStats.Longs longs =
          kept(
              path,
              new LeafStats.Longs(
                  v -> Timestamps.dateTime(Timestamps.millisDown(v)),
                  v -> Timestamps.dateTime(Timestamps.millisUp(v))));
      return new LeafFeeds.Longs<>(
          column, TimeStampMicroVector.class, TimeStampMicroVector::get, longs);
    }
    LeafStats.Longs longs =
        kept(
            path,
            new LeafStats.Longs(
                v -> Timestamps.instant(Timestamps.millisDown(v)),
                v -> Timestamps.instant(Timestamps.millisUp(v))));
    return new LeafFeeds.Longs<>(
        column, TimeStampMicroTZVector.class, TimeStampMicroTZVector::get, longs);
  }

  private LeafStats.@Nullable Longs longs(List<String> path, LongFunction<Object> boxed) {
    return kept(path, new LeafStats.Longs(boxed, boxed));
  }

  private @Nullable LeafStats nulls(List<String> path) {
    return kept(path, new LeafStats.Nulls());
  }

  /** The collector itself if the column at the path gets statistics, else null. */
  private <S extends LeafStats> @Nullable S kept(List<String> path, S collector) {
    if (!spec.statsColumns().contains(path)) {
      return null;
    }
    stats.put(path, collector);
    return collector;
  }
}
