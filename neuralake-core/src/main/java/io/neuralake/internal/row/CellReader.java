package io.neuralake.internal.row;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import org.apache.arrow.vector.FieldVector;
import org.jspecify.annotations.Nullable;

/**
 * Reads the cells of one vector, whatever its layout, as values of one Delta type. Cells are loaded
 * a run at a time, from Arrow's memory into arrays, and then read by their position in the run:
 * that is several times faster than asking the vector for each. For use by one thread.
 */
abstract class CellReader {

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

  static final byte NULL = 1;
  static final byte HIDDEN = 2;

  final String path;
  final Kind kind;
  private final @Nullable FieldVector vector;
  private final boolean hasNulls;
  private int size;
  /* Of each loaded cell: 0 if it has a value, NULL, or HIDDEN if something above it is null. */
  private byte[] absent = {};
  private boolean someAbsent;

  CellReader(String path, Kind kind, @Nullable FieldVector vector) {
    this.path = path;
    this.kind = kind;
    this.vector = vector;
    this.hasNulls = vector != null && vector.getNullCount() > 0;
  }

  /** Loads a run of cells, and what is below them. */
  final void load(int from, int count) {
    load(from, count, null);
  }

  /**
   * Loads a run of cells.
   *
   * @param above of each cell, not 0 if it lies below a null; null if none does
   */
  final void load(int from, int count, byte @Nullable [] above) {
    size = count;
    if (absent.length < count) {
      absent = new byte[count];
    }
    someAbsent = markNulls(from, count, absent);
    if (above != null) {
      for (int i = 0; i < count; i++) {
        if (above[i] != 0) {
          absent[i] = HIDDEN;
          someAbsent = true;
        }
      }
    }
    loadValues(from, count);
  }

  /** Sets the mark of each cell; true if one of them is null. */
  boolean markNulls(int from, int count, byte[] marks) {
    if (vector == null || !hasNulls || count == 0) {
      Arrays.fill(marks, 0, count, (byte) 0);
      return false;
    }
    int first = from >> 3;
    byte[] bits = new byte[((from + count - 1) >> 3) - first + 1];
    vector.getValidityBuffer().getBytes(first, bits, 0, bits.length);
    int some = 0;
    for (int i = 0; i < count; i++) {
      int bit = (from & 7) + i;
      int isNull = ~(bits[bit >> 3] >> (bit & 7)) & NULL;
      marks[i] = (byte) isNull;
      some |= isNull;
    }
    return some != 0;
  }

  /** Which loaded cells have no value; null if all have one. */
  final byte @Nullable [] absent() {
    return someAbsent ? absent : null;
  }

  abstract void loadValues(int from, int count);

  /** How many cells are loaded. */
  final int size() {
    return size;
  }

  /** Whether the cell has no value. */
  final boolean isNull(int i) {
    return someAbsent && absent[i] != 0;
  }

  /** Whether a loaded cell is null itself; one that lies below another null does not count. */
  final boolean anyNull() {
    if (someAbsent) {
      for (int i = 0; i < size; i++) {
        if (absent[i] == NULL) {
          return true;
        }
      }
    }
    return false;
  }

  boolean getBoolean(int i) {
    throw notA("boolean");
  }

  /** A whole number; of dates days, of timestamps microseconds since 1970-01-01. */
  long getLong(int i) {
    throw notA("number");
  }

  double getDouble(int i) {
    throw notA("number");
  }

  /** Bytes of a binary or, as UTF-8, of a string. */
  byte[] getBytes(int i) {
    throw notA("string or binary");
  }

  BigDecimal getDecimal(int i) {
    throw notA("decimal");
  }

  /** The Java object for a leaf's cell that is not null. */
  abstract Object get(int i);

  /**
   * The Java objects of all loaded cells of a leaf, null where there is none. Kinds that are common
   * have a loop of their own, which the compiler can make fast.
   */
  @Nullable Object[] objects() {
    return ColumnReader.of(this, this::get).read();
  }

  /** A reader of what is made of strings; equal strings may share it, so it must not change. */
  ColumnReader made(Repeats.Maker maker) {
    throw notA("string");
  }

  final IllegalStateException notA(String wanted) {
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
}
