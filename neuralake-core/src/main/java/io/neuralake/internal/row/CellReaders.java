package io.neuralake.internal.row;

import static io.neuralake.internal.row.ColumnNames.child;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.row.CellReader.Kind;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.function.LongUnaryOperator;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DateMilliVector;
import org.apache.arrow.vector.Decimal256Vector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float2Vector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.VariableWidthFieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.jspecify.annotations.Nullable;

/** Makes readers for vectors of any layout that {@code Schemas.fromArrow} knows. */
final class CellReaders {
  private static final long MILLIS_PER_DAY = Duration.ofDays(1).toMillis();

  private final @Nullable DictionaryProvider dictionaries;

  private CellReaders(@Nullable DictionaryProvider dictionaries) {
    this.dictionaries = dictionaries;
  }

  /** A reader of the whole rows of a batch. */
  static NestedCells.Structs ofBatch(VectorSchemaRoot batch) {
    return struct("", null, batch.getFieldVectors(), new CellReaders(null));
  }

  /** A reader of one column. */
  static CellReader of(FieldVector vector, String path, @Nullable DictionaryProvider dictionaries) {
    return new CellReaders(dictionaries).reader(vector, path);
  }

  private static NestedCells.Structs struct(
      String path, @Nullable FieldVector struct, List<FieldVector> vectors, CellReaders readers) {
    List<String> names = new ArrayList<>();
    List<CellReader> children = new ArrayList<>();
    for (FieldVector vector : vectors) {
      String name = vector.getField().getName();
      names.add(name);
      children.add(readers.reader(vector, child(path, name)));
    }
    return new NestedCells.Structs(path, struct, List.copyOf(names), List.copyOf(children));
  }

  private CellReader reader(FieldVector vector, String path) {
    DictionaryEncoding encoding = vector.getField().getDictionary();
    return encoding == null ? plain(vector, path) : encoded(vector, encoding, path);
  }

  private CellReader encoded(FieldVector vector, DictionaryEncoding encoding, String path) {
    Dictionary dictionary = dictionaries == null ? null : dictionaries.lookup(encoding.getId());
    if (dictionary == null) {
      throw new InvalidRequestException(
          "column '"
              + path
              + "': the dictionary "
              + encoding.getId()
              + " is not there; hand in the DictionaryProvider of the batch");
    }
    CellReader values = reader(dictionary.getVector(), path);
    if (values.kind.isNested()) {
      throw new InvalidRequestException(
          "column '"
              + path
              + "': dictionaries of "
              + values.kind.typeName()
              + " values are not known; decode the column first");
    }
    CellReader index = plain(vector, path);
    return new LeafCells.Encoded(
        index, vector.getValueCount(), values, dictionary.getVector().getValueCount());
  }

  private CellReader plain(FieldVector vector, String path) {
    if (vector instanceof StructVector struct) {
      return struct(path, struct, struct.getChildrenFromFields(), this);
    } else if (vector instanceof MapVector map) {
      List<FieldVector> entries = ((StructVector) map.getDataVector()).getChildrenFromFields();
      return new NestedCells.Maps(
          path,
          map,
          map::getElementStartIndex,
          map::getElementEndIndex,
          reader(entries.get(0), child(path, "key")),
          reader(entries.get(1), child(path, "value")));
    } else if (vector instanceof ListVector list) {
      return lists(
          path, list, list::getElementStartIndex, list::getElementEndIndex, list.getDataVector());
    } else if (vector instanceof LargeListVector list) {
      return lists(
          path, list, list::getElementStartIndex, list::getElementEndIndex, list.getDataVector());
    } else if (vector instanceof FixedSizeListVector list) {
      return lists(
          path, list, list::getElementStartIndex, list::getElementEndIndex, list.getDataVector());
    }
    return leaf(vector, path);
  }

  private CellReader lists(
      String path,
      FieldVector list,
      IntToLongFunction start,
      IntToLongFunction end,
      FieldVector data) {
    return new NestedCells.Lists(path, list, start, end, reader(data, child(path, "element")));
  }

  private static CellReader leaf(FieldVector vector, String path) {
    if (vector instanceof BitVector) {
      return new LeafCells.Booleans(path, vector);
    } else if (vector instanceof Float2Vector) {
      return new LeafCells.Doubles(path, Kind.FLOAT, vector, Short.BYTES);
    } else if (vector instanceof Float4Vector) {
      return new LeafCells.Doubles(path, Kind.FLOAT, vector, Float.BYTES);
    } else if (vector instanceof Float8Vector) {
      return new LeafCells.Doubles(path, Kind.DOUBLE, vector, Double.BYTES);
    } else if (vector instanceof DecimalVector v) {
      return new LeafCells.Decimals(path, v, row -> decimal(v, row));
    } else if (vector instanceof Decimal256Vector v) {
      return new LeafCells.Decimals(path, v, v::getObjectNotNull);
    } else if (vector instanceof FixedSizeBinaryVector v) {
      return new LeafCells.Texts(path, Kind.BINARY, v, RawValues.bytes(v::getObject));
    } else if (vector instanceof VariableWidthFieldVector v) {
      Kind kind =
          switch (v.getMinorType()) {
            case VARCHAR, LARGEVARCHAR, VIEWVARCHAR -> Kind.STRING;
            default -> Kind.BINARY;
          };
      RawValues.Bytes bytes =
          v instanceof BaseVariableWidthVector plain
              ? RawValues.bytes(plain)
              : RawValues.bytes(row -> v.isNull(row) ? null : v.get(row));
      return new LeafCells.Texts(path, kind, v, bytes);
    } else if (vector instanceof DateDayVector) {
      return new LeafCells.Longs(path, Kind.DATE, vector, Integer.BYTES, null);
    } else if (vector instanceof DateMilliVector) {
      return new LeafCells.Longs(
          path, Kind.DATE, vector, Long.BYTES, millis -> Math.floorDiv(millis, MILLIS_PER_DAY));
    } else if (vector instanceof TimeStampVector v) {
      return timestamp(v, path);
    }
    return integer(vector, path);
  }

  private static BigDecimal decimal(DecimalVector vector, int row) {
    long at = (long) row * DecimalVector.TYPE_WIDTH;
    long low = vector.getDataBuffer().getLong(at);
    long high = vector.getDataBuffer().getLong(at + Long.BYTES);
    return high == low >> 63
        ? BigDecimal.valueOf(low, vector.getScale())
        : vector.getObjectNotNull(row);
  }

  private static CellReader integer(FieldVector vector, String path) {
    if (vector instanceof TinyIntVector) {
      return new LeafCells.Longs(path, Kind.BYTE, vector, Byte.BYTES, null);
    } else if (vector instanceof SmallIntVector) {
      return new LeafCells.Longs(path, Kind.SHORT, vector, Short.BYTES, null);
    } else if (vector instanceof IntVector) {
      return new LeafCells.Longs(path, Kind.INTEGER, vector, Integer.BYTES, null);
    } else if (vector instanceof BigIntVector) {
      return new LeafCells.Longs(path, Kind.LONG, vector, Long.BYTES, null);
    } else if (vector instanceof UInt1Vector) {
      return new LeafCells.Longs(path, Kind.SHORT, vector, Byte.BYTES, v -> v & 0xFF);
    } else if (vector instanceof UInt2Vector) {
      return new LeafCells.Longs(path, Kind.INTEGER, vector, Short.BYTES, v -> v & 0xFFFF);
    } else if (vector instanceof UInt4Vector) {
      return new LeafCells.Longs(path, Kind.LONG, vector, Integer.BYTES, v -> v & 0xFFFFFFFFL);
    }
    throw new InvalidRequestException(
        "column '"
            + path
            + "': Arrow type "
            + vector.getField().getType()
            + " has no column type; cast it to a plain type, or leave the column out");
  }

  private static CellReader timestamp(TimeStampVector vector, String path) {
    ArrowType.Timestamp type = (ArrowType.Timestamp) vector.getField().getType();
    Kind kind = type.getTimezone() == null ? Kind.TIMESTAMP_NTZ : Kind.TIMESTAMP;
    LongUnaryOperator toMicros =
        switch (type.getUnit()) {
          case SECOND -> time -> scaled(time, 1_000_000L, path);
          case MILLISECOND -> time -> scaled(time, 1000L, path);
          case MICROSECOND -> null;
          case NANOSECOND -> time -> Math.floorDiv(time, 1000L);
        };
    return new LeafCells.Longs(path, kind, vector, Long.BYTES, toMicros);
  }

  private static long scaled(long value, long factor, String path) {
    long high = Math.multiplyHigh(value, factor);
    long low = value * factor;
    if (high != low >> 63) {
      throw BadCell.misfit(path, "timestamp", value, "out of range in microseconds");
    }
    return low;
  }
}
