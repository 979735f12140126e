package io.neuralake.internal.row;

import io.neuralake.internal.row.CellReader.Kind;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.function.LongUnaryOperator;
import org.apache.arrow.memory.util.Float16;
import org.apache.arrow.vector.FieldVector;
import org.jspecify.annotations.Nullable;

/** Readers of single values. */
final class LeafCells {

  private LeafCells() {}

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

    @Override
    @Nullable Object[] objects() {
      if (kind != Kind.INTEGER && kind != Kind.LONG) {
        return super.objects();
      }
      @Nullable Object[] objects = new @Nullable Object[size()];
      if (kind == Kind.INTEGER) {
        for (int i = 0; i < objects.length; i++) {
          objects[i] = isNull(i) ? null : (Object) (int) values[i];
        }
      } else {
        for (int i = 0; i < objects.length; i++) {
          objects[i] = isNull(i) ? null : (Object) values[i];
        }
      }
      return objects;
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

    @Override
    @Nullable Object[] objects() {
      @Nullable Object[] objects = new @Nullable Object[size()];
      for (int i = 0; i < objects.length; i++) {
        objects[i] = isNull(i) ? null : get(i);
      }
      return objects;
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
    private final ColumnReader strings = made(STRING);
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
    ColumnReader made(Repeats.Maker maker) {
      Repeats repeats = new Repeats(maker);
      return () -> {
        @Nullable Object[] objects = new @Nullable Object[size()];
        for (int i = 0; i < objects.length; i++) {
          if (!isNull(i)) {
            objects[i] = repeats.get(bytes, offsets[i], offsets[i + 1] - offsets[i]);
          }
        }
        return objects;
      };
    }

    @Override
    Object get(int i) {
      return kind == Kind.STRING
          ? STRING.make(bytes, offsets[i], offsets[i + 1] - offsets[i])
          : getBytes(i);
    }

    @Override
    @Nullable Object[] objects() {
      return kind == Kind.STRING ? strings.read() : super.objects();
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
}
