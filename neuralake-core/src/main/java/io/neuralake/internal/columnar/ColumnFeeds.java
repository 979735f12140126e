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
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/** Builds the feeds of a schema, and keeps the statistics that they collect. */
final class ColumnFeeds {
  private static final int LONG_DIGITS = 18;

  private final WriteSpec spec;
  private final MessageType message;
  private final PageEncoder encoder;
  private final Map<List<String>, LeafStats> stats = new HashMap<>();
  private final List<ColumnChunk> chunks = new ArrayList<>();
  private final List<ColumnFeed> columns = new ArrayList<>();

  ColumnFeeds(WriteSpec spec, MessageType message, PageEncoder encoder) {
    this.spec = spec;
    this.message = message;
    this.encoder = encoder;
    for (StructField field : spec.schema().fields()) {
      columns.add(field(field, List.of(), 0));
    }
  }

  /** One for each column of the schema, in its order. */
  List<ColumnFeed> columns() {
    return columns;
  }

  /** One for each leaf column of the file, in its order. */
  List<ColumnChunk> chunks() {
    return chunks;
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
      LeafStats nulls = nulls(path);
      return feed(column, BitVector.class, new BooleanValues(), nulls);
    } else if (type instanceof ByteType) {
      LeafStats.Longs longs = longs(path, v -> (byte) v);
      return feed(column, TinyIntVector.class, new IntValues(longs), longs);
    } else if (type instanceof ShortType) {
      LeafStats.Longs longs = longs(path, v -> (short) v);
      return feed(column, SmallIntVector.class, new IntValues(longs), longs);
    } else if (type instanceof IntegerType) {
      LeafStats.Longs longs = longs(path, v -> (int) v);
      return feed(column, IntVector.class, new IntValues(longs), longs);
    } else if (type instanceof LongType) {
      LeafStats.Longs longs = longs(path, v -> v);
      return feed(column, BigIntVector.class, new LongValues(longs), longs);
    } else if (type instanceof DateType) {
      LeafStats.Longs longs = longs(path, LocalDate::ofEpochDay);
      return feed(column, DateDayVector.class, new IntValues(longs), longs);
    } else if (type instanceof FloatType) {
      LeafStats.Doubles doubles = kept(path, new LeafStats.Doubles(true));
      return feed(column, Float4Vector.class, new FloatValues(doubles), doubles);
    } else if (type instanceof DoubleType) {
      LeafStats.Doubles doubles = kept(path, new LeafStats.Doubles(false));
      return feed(column, Float8Vector.class, new DoubleValues(doubles), doubles);
    } else if (type instanceof StringType) {
      LeafStats.Strings strings = kept(path, new LeafStats.Strings());
      return feed(column, VarCharVector.class, new BinaryValues(strings), strings);
    } else if (type instanceof BinaryType) {
      return feed(column, VarBinaryVector.class, new BinaryValues(null), nulls(path));
    } else if (type instanceof DecimalType decimal) {
      return decimal(decimal, path, column);
    }
    return timestamp(type, path, column);
  }

  private LeafFeed feed(
      ColumnDescriptor column,
      Class<? extends FieldVector> vector,
      ValueBuffer values,
      @Nullable LeafStats nulls) {
    boolean bloom = spec.bloomColumns().contains(List.of(column.getPath()));
    ColumnChunk chunk = new ColumnChunk(column, values, encoder, bloom);
    chunks.add(chunk);
    return new LeafFeed(chunk, vector, nulls);
  }

  private ColumnFeed decimal(DecimalType type, List<String> path, ColumnDescriptor column) {
    int scale = type.getScale();
    if (type.getPrecision() > LONG_DIGITS) {
      LeafStats.Decimals decimals = kept(path, new LeafStats.Decimals(scale));
      int bytes = column.getPrimitiveType().getTypeLength();
      return feed(column, DecimalVector.class, new DecimalValues(bytes, decimals), decimals);
    }
    LeafStats.Longs longs = longs(path, v -> BigDecimal.valueOf(v, scale));
    boolean ints = column.getPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.INT32;
    ValueBuffer values = ints ? new IntValues(longs) : new LongValues(longs);
    return feed(column, DecimalVector.class, values, longs);
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
      return feed(column, TimeStampMicroVector.class, new LongValues(longs), longs);
    }
    LeafStats.Longs longs =
        kept(
            path,
            new LeafStats.Longs(
                v -> Timestamps.instant(Timestamps.millisDown(v)),
                v -> Timestamps.instant(Timestamps.millisUp(v))));
    return feed(column, TimeStampMicroTZVector.class, new LongValues(longs), longs);
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
