package io.neuralake.internal.row;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;
import org.apache.arrow.vector.ValueVector;

/** Reads the cells of one vector, whatever its layout, as values of one Delta type. */
abstract sealed class CellReader {

  /** What the cells are. */
  enum Kind {
    BOOLEAN,
    BYTE,
    SHORT,
    INTEGER,
    LONG,
    FLOAT,
    DOUBLE,
    DECIMAL,
    STRING,
    BINARY,
    DATE,
    TIMESTAMP,
    TIMESTAMP_NTZ,
    LIST,
    MAP,
    STRUCT;

    boolean isInteger() {
      return this == BYTE || this == SHORT || this == INTEGER || this == LONG;
    }

    boolean isNested() {
      return this == LIST || this == MAP || this == STRUCT;
    }

    boolean isFloating() {
      return this == FLOAT || this == DOUBLE;
    }

    String typeName() {
      return switch (this) {
        case LIST -> "array";
        case MAP -> "map";
        case STRUCT -> "struct";
        default -> name().toLowerCase(java.util.Locale.ROOT);
      };
    }
  }

  final String path;
  final Kind kind;

  private CellReader(String path, Kind kind) {
    this.path = path;
    this.kind = kind;
  }

  abstract boolean isNull(int row);

  boolean getBoolean(int row) {
    throw notA("boolean");
  }

  /** A whole number; of dates days, of timestamps microseconds since 1970-01-01. */
  long getLong(int row) {
    throw notA("number");
  }

  double getDouble(int row) {
    throw notA("number");
  }

  /** Bytes of a binary or, as UTF-8, of a string. */
  byte[] getBytes(int row) {
    throw notA("string or binary");
  }

  BigDecimal getDecimal(int row) {
    throw notA("decimal");
  }

  /** The Java object for a leaf's cell that is not null. */
  abstract Object get(int row);

  private IllegalStateException notA(String wanted) {
    return new IllegalStateException("column '" + path + "' is " + kind + ", no " + wanted);
  }

  static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000L);
  }

  static LocalDateTime local(long micros) {
    return LocalDateTime.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L),
        (int) Math.floorMod(micros, 1_000_000L) * 1000,
        ZoneOffset.UTC);
  }

  /** Booleans. */
  static final class Booleans extends CellReader {
    private final ValueVector vector;
    private final IntPredicate at;

    Booleans(String path, ValueVector vector, IntPredicate at) {
      super(path, Kind.BOOLEAN);
      this.vector = vector;
      this.at = at;
    }

    @Override
    boolean isNull(int row) {
      return vector.isNull(row);
    }

    @Override
    boolean getBoolean(int row) {
      return at.test(row);
    }

    @Override
    Object get(int row) {
      return at.test(row);
    }
  }

  /** Whole numbers, dates and timestamps. */
  static final class Longs extends CellReader {
    private final ValueVector vector;
    private final IntToLongFunction at;

    Longs(String path, Kind kind, ValueVector vector, IntToLongFunction at) {
      super(path, kind);
      this.vector = vector;
      this.at = at;
    }

    @Override
    boolean isNull(int row) {
      return vector.isNull(row);
    }

    @Override
    long getLong(int row) {
      return at.applyAsLong(row);
    }

    @Override
    Object get(int row) {
      long value = at.applyAsLong(row);
      return switch (kind) {
        case BYTE -> (Object) (byte) value;
        case SHORT -> (short) value;
        case INTEGER -> (int) value;
        case DATE -> LocalDate.ofEpochDay(value);
        case TIMESTAMP -> instant(value);
        case TIMESTAMP_NTZ -> local(value);
        default -> value;
      };
    }
  }

  /** Floats and doubles. */
  static final class Doubles extends CellReader {
    private final ValueVector vector;
    private final IntToDoubleFunction at;

    Doubles(String path, Kind kind, ValueVector vector, IntToDoubleFunction at) {
      super(path, kind);
      this.vector = vector;
      this.at = at;
    }

    @Override
    boolean isNull(int row) {
      return vector.isNull(row);
    }

    @Override
    double getDouble(int row) {
      return at.applyAsDouble(row);
    }

    @Override
    Object get(int row) {
      double value = at.applyAsDouble(row);
      return kind == Kind.FLOAT ? (Object) (float) value : (Object) value;
    }
  }

  /** Decimals. */
  static final class Decimals extends CellReader {
    private final ValueVector vector;
    private final IntFunction<BigDecimal> at;

    Decimals(String path, ValueVector vector, IntFunction<BigDecimal> at) {
      super(path, Kind.DECIMAL);
      this.vector = vector;
      this.at = at;
    }

    @Override
    boolean isNull(int row) {
      return vector.isNull(row);
    }

    @Override
    BigDecimal getDecimal(int row) {
      return at.apply(row);
    }

    @Override
    Object get(int row) {
      return at.apply(row);
    }
  }

  /** Strings and binaries. */
  static final class Texts extends CellReader {
    private final ValueVector vector;
    private final IntFunction<byte[]> at;

    Texts(String path, Kind kind, ValueVector vector, IntFunction<byte[]> at) {
      super(path, kind);
      this.vector = vector;
      this.at = at;
    }

    @Override
    boolean isNull(int row) {
      return vector.isNull(row);
    }

    @Override
    byte[] getBytes(int row) {
      return at.apply(row);
    }

    @Override
    Object get(int row) {
      byte[] bytes = at.apply(row);
      return kind == Kind.STRING ? new String(bytes, StandardCharsets.UTF_8) : bytes;
    }
  }

  /** Leaves of a dictionary, each cell an index into it. */
  static final class Encoded extends CellReader {
    private final CellReader index;
    private final CellReader values;
    private final int size;

    Encoded(CellReader index, CellReader values, int size) {
      super(values.path, values.kind);
      this.index = index;
      this.values = values;
      this.size = size;
    }

    private int at(int row) {
      long position = index.getLong(row);
      if (position < 0 || position >= size) {
        throw BadCell.of(
            path, "dictionary index " + position + " is outside the dictionary of " + size);
      }
      return (int) position;
    }

    @Override
    boolean isNull(int row) {
      return index.isNull(row) || values.isNull(at(row));
    }

    @Override
    boolean getBoolean(int row) {
      return values.getBoolean(at(row));
    }

    @Override
    long getLong(int row) {
      return values.getLong(at(row));
    }

    @Override
    double getDouble(int row) {
      return values.getDouble(at(row));
    }

    @Override
    byte[] getBytes(int row) {
      return values.getBytes(at(row));
    }

    @Override
    BigDecimal getDecimal(int row) {
      return values.getDecimal(at(row));
    }

    @Override
    Object get(int row) {
      return values.get(at(row));
    }
  }

  /** Lists: a range of elements per cell. */
  static final class Lists extends CellReader {
    private final ValueVector vector;
    private final IntToLongFunction start;
    private final IntToLongFunction end;
    final CellReader element;

    Lists(
        String path,
        ValueVector vector,
        IntToLongFunction start,
        IntToLongFunction end,
        CellReader element) {
      super(path, Kind.LIST);
      this.vector = vector;
      this.start = start;
      this.end = end;
      this.element = element;
    }

    @Override
    boolean isNull(int row) {
      return vector.isNull(row);
    }

    int start(int row) {
      return Math.toIntExact(start.applyAsLong(row));
    }

    int end(int row) {
      return Math.toIntExact(end.applyAsLong(row));
    }

    @Override
    Object get(int row) {
      throw new IllegalStateException("a list is read by element");
    }
  }

  /** Maps: a range of entries per cell. */
  static final class Maps extends CellReader {
    private final ValueVector vector;
    private final IntToLongFunction start;
    private final IntToLongFunction end;
    final CellReader key;
    final CellReader value;

    Maps(
        String path,
        ValueVector vector,
        IntToLongFunction start,
        IntToLongFunction end,
        CellReader key,
        CellReader value) {
      super(path, Kind.MAP);
      this.vector = vector;
      this.start = start;
      this.end = end;
      this.key = key;
      this.value = value;
    }

    @Override
    boolean isNull(int row) {
      return vector.isNull(row);
    }

    int start(int row) {
      return Math.toIntExact(start.applyAsLong(row));
    }

    int end(int row) {
      return Math.toIntExact(end.applyAsLong(row));
    }

    @Override
    Object get(int row) {
      throw new IllegalStateException("a map is read by entry");
    }
  }

  /** Structs, and whole rows. */
  static final class Structs extends CellReader {
    private final IntPredicate isNull;
    final List<String> names;
    final List<CellReader> children;

    Structs(String path, IntPredicate isNull, List<String> names, List<CellReader> children) {
      super(path, Kind.STRUCT);
      this.isNull = isNull;
      this.names = names;
      this.children = children;
    }

    @Override
    boolean isNull(int row) {
      return isNull.test(row);
    }

    @Override
    Object get(int row) {
      throw new IllegalStateException("a struct is read by field");
    }
  }
}
