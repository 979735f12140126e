package io.neuralake.internal.row;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;
import java.util.function.LongUnaryOperator;
import org.apache.arrow.memory.util.Float16;
import org.apache.arrow.vector.FieldVector;
import org.jspecify.annotations.Nullable;

/**
 * Reads the cells of one vector, whatever its layout, as values of one Delta type. Cells are loaded
 * a run at a time, from Arrow's memory into arrays, and then read by their position in the run:
 * that is several times faster than asking the vector for each. For use by one thread.
 */
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

  private static final byte NULL = 1;
  private static final byte HIDDEN = 2;

  final String path;
  final Kind kind;
  private final @Nullable FieldVector vector;
  private final boolean hasNulls;
  private int size;
  /* Of each loaded cell: 0 if it has a value, NULL, or HIDDEN if something above it is null. */
  private byte[] absent = {};
  private boolean someAbsent;

  private CellReader(String path, Kind kind, @Nullable FieldVector vector) {
    this.path = path;
    this.kind = kind;
    this.vector = vector;
    this.hasNulls = vector != null && vector.getNullCount() > 0;
  }

  /** Loads a run of cells, and what is below them. */
  final void load(int from, int count) {
    load(from, count, null);
  }

  private void load(int from, int count, byte @Nullable [] above) {
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

  /** A reader of what is made of strings; equal strings may share it, so it must not change. */
  ObjectReader made(Repeats.Maker maker) {
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

  /** Booleans. */
  static final class Booleans extends CellReader {
    private final FieldVector vector;
    private boolean[] values = {};

    Booleans(String path, FieldVector vector) {
      super(path, Kind.BOOLEAN, vector);
      this.vector = vector;
    }

    @Override
    void loadValues(int from, int count) {
      if (count == 0) {
        return;
      }
      if (values.length < count) {
        values = new boolean[count];
      }
      int first = from >> 3;
      byte[] bits = new byte[((from + count - 1) >> 3) - first + 1];
      vector.getDataBuffer().getBytes(first, bits, 0, bits.length);
      for (int i = 0; i < count; i++) {
        int bit = (from & 7) + i;
        values[i] = (bits[bit >> 3] >> (bit & 7) & 1) != 0;
      }
    }

    /** The loaded values; anything where there is none. */
    boolean[] values() {
      return values;
    }

    @Override
    boolean getBoolean(int i) {
      return values[i];
    }

    @Override
    Object get(int i) {
      return values[i];
    }
  }

  /** Whole numbers, dates and timestamps. */
  static final class Longs extends CellReader {
    private final FieldVector vector;
    private final int width;
    private final @Nullable LongUnaryOperator conversion;
    private long[] values = {};
    /* Rows side by side often have the same time. */
    private long lastTime;
    private @Nullable Object last;

    /**
     * @param width bytes of a value
     * @param conversion from stored values, null if they are what is wanted
     */
    Longs(
        String path,
        Kind kind,
        FieldVector vector,
        int width,
        @Nullable LongUnaryOperator conversion) {
      super(path, kind, vector);
      this.vector = vector;
      this.width = width;
      this.conversion = conversion;
    }

    @Override
    void loadValues(int from, int count) {
      if (values.length < count) {
        values = new long[count];
      }
      RawValues.longs(vector.getDataBuffer(), from, count, width, values);
      LongUnaryOperator by = conversion;
      if (by != null) {
        for (int i = 0; i < count; i++) {
          values[i] = isNull(i) ? 0 : by.applyAsLong(values[i]);
        }
      }
    }

    /** The loaded values; anything where there is none. */
    long[] values() {
      return values;
    }

    @Override
    long getLong(int i) {
      return values[i];
    }

    @Override
    Object get(int i) {
      long value = values[i];
      return switch (kind) {
        case BYTE -> (Object) (byte) value;
        case SHORT -> (short) value;
        case INTEGER -> (int) value;
        case DATE, TIMESTAMP, TIMESTAMP_NTZ -> time(value);
        default -> value;
      };
    }

    private Object time(long value) {
      Object time = last;
      if (time == null || value != lastTime) {
        time =
            switch (kind) {
              case DATE -> LocalDate.ofEpochDay(value);
              case TIMESTAMP -> instant(value);
              default -> local(value);
            };
        last = time;
        lastTime = value;
      }
      return time;
    }
  }

  /** Floats and doubles. */
  static final class Doubles extends CellReader {
    private final FieldVector vector;
    private final int width;
    private double[] values = {};
    private long[] bits = {};

    /**
     * @param width bytes of a value
     */
    Doubles(String path, Kind kind, FieldVector vector, int width) {
      super(path, kind, vector);
      this.vector = vector;
      this.width = width;
    }

    @Override
    void loadValues(int from, int count) {
      if (values.length < count) {
        values = new double[count];
        bits = new long[count];
      }
      RawValues.longs(vector.getDataBuffer(), from, count, width, bits);
      for (int i = 0; i < count; i++) {
        values[i] =
            switch (width) {
              case Short.BYTES -> Float16.toFloat((short) bits[i]);
              case Float.BYTES -> Float.intBitsToFloat((int) bits[i]);
              default -> Double.longBitsToDouble(bits[i]);
            };
      }
    }

    /** The loaded values; anything where there is none. */
    double[] values() {
      return values;
    }

    @Override
    double getDouble(int i) {
      return values[i];
    }

    @Override
    Object get(int i) {
      return kind == Kind.FLOAT ? (Object) (float) values[i] : (Object) values[i];
    }
  }

  /** Decimals. */
  static final class Decimals extends CellReader {
    private final IntFunction<BigDecimal> at;
    private int first;

    Decimals(String path, FieldVector vector, IntFunction<BigDecimal> at) {
      super(path, Kind.DECIMAL, vector);
      this.at = at;
    }

    @Override
    void loadValues(int from, int count) {
      first = from;
    }

    @Override
    BigDecimal getDecimal(int i) {
      return at.apply(first + i);
    }

    @Override
    Object get(int i) {
      return at.apply(first + i);
    }
  }

  /** Strings and binaries. */
  static final class Texts extends CellReader {
    private static final Repeats.Maker STRING =
        (bytes, from, length) -> new String(bytes, from, length, StandardCharsets.UTF_8);

    private final RawValues.Bytes source;
    private final ObjectReader strings = made(STRING);
    /* Cell i is bytes[offsets[i]] up to bytes[offsets[i + 1]]. */
    private int[] offsets = {0};
    private byte[] bytes = {};

    Texts(String path, Kind kind, FieldVector vector, RawValues.Bytes source) {
      super(path, kind, vector);
      this.source = source;
    }

    @Override
    void loadValues(int from, int count) {
      if (offsets.length <= count) {
        offsets = new int[count + 1];
      }
      bytes = source.load(from, count, offsets, bytes);
    }

    @Override
    byte[] getBytes(int i) {
      return Arrays.copyOfRange(bytes, offsets[i], offsets[i + 1]);
    }

    @Override
    ObjectReader made(Repeats.Maker maker) {
      Repeats repeats = new Repeats(maker);
      return i -> repeats.get(bytes, offsets[i], offsets[i + 1] - offsets[i]);
    }

    @Override
    Object get(int i) {
      return kind == Kind.STRING ? java.util.Objects.requireNonNull(strings.read(i)) : getBytes(i);
    }
  }

  /** Leaves of a dictionary, each cell an index into it. */
  static final class Encoded extends CellReader {
    private final CellReader index;
    private final CellReader values;
    private final int dictionarySize;
    private final boolean wholeDictionary;

    /**
     * @param indexes how many cells the column has; a dictionary that is larger is not loaded for
     *     their sake, but entry by entry
     */
    Encoded(CellReader index, int indexes, CellReader values, int dictionarySize) {
      super(values.path, values.kind, null);
      this.index = index;
      this.values = values;
      this.dictionarySize = dictionarySize;
      this.wholeDictionary = dictionarySize <= indexes;
      if (wholeDictionary) {
        values.load(0, dictionarySize);
      }
    }

    private int at(int i) {
      long position = index.getLong(i);
      if (position < 0 || position >= dictionarySize) {
        throw BadCell.of(
            path,
            "dictionary index " + position + " is outside the dictionary of " + dictionarySize);
      }
      if (wholeDictionary) {
        return (int) position;
      }
      values.load((int) position, 1);
      return 0;
    }

    @Override
    boolean markNulls(int from, int count, byte[] marks) {
      index.load(from, count);
      boolean some = false;
      for (int i = 0; i < count; i++) {
        boolean isNull = index.isNull(i) || values.isNull(at(i));
        marks[i] = isNull ? NULL : 0;
        some |= isNull;
      }
      return some;
    }

    @Override
    void loadValues(int from, int count) {
      // The indexes are loaded with the nulls.
    }

    @Override
    boolean getBoolean(int i) {
      return values.getBoolean(at(i));
    }

    @Override
    long getLong(int i) {
      return values.getLong(at(i));
    }

    @Override
    double getDouble(int i) {
      return values.getDouble(at(i));
    }

    @Override
    byte[] getBytes(int i) {
      return values.getBytes(at(i));
    }

    @Override
    BigDecimal getDecimal(int i) {
      return values.getDecimal(at(i));
    }

    @Override
    Object get(int i) {
      return values.get(at(i));
    }
  }

  /** Cells that are runs of elements: lists, and maps with their entries. */
  abstract static sealed class Runs extends CellReader {
    private final IntToLongFunction startOf;
    private final IntToLongFunction endOf;
    private final List<CellReader> children;
    private int[] starts = {};
    private int[] ends = {};

    private Runs(
        String path,
        Kind kind,
        FieldVector vector,
        IntToLongFunction startOf,
        IntToLongFunction endOf,
        List<CellReader> children) {
      super(path, kind, vector);
      this.startOf = startOf;
      this.endOf = endOf;
      this.children = children;
    }

    /** Loads the elements from the first cell's first to the last cell's last. */
    @Override
    void loadValues(int from, int count) {
      if (starts.length < count) {
        starts = new int[count];
        ends = new int[count];
      }
      long first = count == 0 ? 0 : startOf.applyAsLong(from);
      long last = first;
      boolean anyHidden = false;
      for (int i = 0; i < count; i++) {
        long start = startOf.applyAsLong(from + i);
        long end = endOf.applyAsLong(from + i);
        if (start < last || end < start || end > Integer.MAX_VALUE) {
          throw BadCell.of(path, "elements " + start + " to " + end + " are not a run");
        }
        last = end;
        starts[i] = (int) (start - first);
        ends[i] = (int) (end - first);
        anyHidden |= end > start && isNull(i);
      }
      int elements = (int) (last - first);
      byte[] above = anyHidden ? new byte[elements] : null;
      if (above != null) {
        for (int i = 0; i < count; i++) {
          if (isNull(i)) {
            Arrays.fill(above, starts[i], ends[i], HIDDEN);
          }
        }
      }
      for (CellReader child : children) {
        child.load((int) first, elements, above);
      }
    }

    /** Where the cell's elements begin among those that are loaded. */
    final int start(int i) {
      return starts[i];
    }

    final int end(int i) {
      return ends[i];
    }

    @Override
    Object get(int i) {
      throw notA("single value");
    }
  }

  /** Lists: a run of elements in each cell. */
  static final class Lists extends Runs {
    final CellReader element;

    Lists(
        String path,
        FieldVector vector,
        IntToLongFunction start,
        IntToLongFunction end,
        CellReader element) {
      super(path, Kind.LIST, vector, start, end, List.of(element));
      this.element = element;
    }
  }

  /** Maps: a run of entries in each cell. */
  static final class Maps extends Runs {
    final CellReader key;
    final CellReader value;

    Maps(
        String path,
        FieldVector vector,
        IntToLongFunction start,
        IntToLongFunction end,
        CellReader key,
        CellReader value) {
      super(path, Kind.MAP, vector, start, end, List.of(key, value));
      this.key = key;
      this.value = value;
    }
  }

  /** Structs, and whole rows. */
  static final class Structs extends CellReader {
    final List<String> names;
    final List<CellReader> children;

    /**
     * @param vector null for the rows of a batch
     */
    Structs(
        String path, @Nullable FieldVector vector, List<String> names, List<CellReader> children) {
      super(path, Kind.STRUCT, vector);
      this.names = names;
      this.children = children;
    }

    @Override
    void loadValues(int from, int count) {
      byte[] above = super.someAbsent ? super.absent : null;
      for (CellReader child : children) {
        child.load(from, count, above);
      }
    }

    @Override
    Object get(int i) {
      throw notA("single value");
    }
  }
}
