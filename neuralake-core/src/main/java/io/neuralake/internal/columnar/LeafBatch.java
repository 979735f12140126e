package io.neuralake.internal.columnar;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/**
 * Levels and values of one leaf column for some rows, in arrays that are used again for the next
 * rows. Values are dense: one per level that equals the maximum definition level. Which of the
 * value arrays is filled depends on the physical type: {@code ints} (INT32, BOOLEAN as 0 and 1),
 * {@code longs} (INT64), {@code floats}, {@code doubles}, else {@code bytes} with {@code starts}
 * and {@code lengths}.
 */
final class LeafBatch {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Up to so many bytes are copied as whole words, which is faster. */
  private static final int SHORT = 3 * Long.BYTES;

  final int maxDefinition;
  final int maxRepetition;
  byte[] definitions = new byte[0];
  byte[] repetitions = new byte[0];
  int levelCount;
  int valueCount;
  int[] ints = new int[0];
  long[] longs = new long[0];
  float[] floats = new float[0];
  double[] doubles = new double[0];
  byte[] bytes = new byte[0];
  int[] starts = new int[0];
  int[] lengths = new int[0];
  int byteCount;
  private final PrimitiveTypeName type;

  LeafBatch(ColumnDescriptor column) {
    this.type = column.getPrimitiveType().getPrimitiveTypeName();
    this.maxDefinition = column.getMaxDefinitionLevel();
    this.maxRepetition = column.getMaxRepetitionLevel();
  }

  void clear() {
    levelCount = 0;
    valueCount = 0;
    byteCount = 0;
  }

  void reserveLevels(int more) {
    int size = grown(levelCount, more, definitions.length);
    if (size > definitions.length) {
      definitions = Arrays.copyOf(definitions, size);
      repetitions = Arrays.copyOf(repetitions, size); // stays zero where nothing repeats
    }
  }

  void reserveValues(int more) {
    switch (type) {
      case INT32, BOOLEAN -> {
        int size = grown(valueCount, more, ints.length);
        ints = size == ints.length ? ints : Arrays.copyOf(ints, size);
      }
      case INT64 -> {
        int size = grown(valueCount, more, longs.length);
        longs = size == longs.length ? longs : Arrays.copyOf(longs, size);
      }
      case FLOAT -> {
        int size = grown(valueCount, more, floats.length);
        floats = size == floats.length ? floats : Arrays.copyOf(floats, size);
      }
      case DOUBLE -> {
        int size = grown(valueCount, more, doubles.length);
        doubles = size == doubles.length ? doubles : Arrays.copyOf(doubles, size);
      }
      default -> {
        int size = grown(valueCount, more, starts.length);
        if (size > starts.length) {
          starts = Arrays.copyOf(starts, size);
          lengths = Arrays.copyOf(lengths, size);
        }
      }
    }
  }

  /** Appends one value of the byte types; room for it was reserved. */
  void addBytes(byte[] source, int offset, int length) {
    if (length > bytes.length - byteCount) {
      bytes = Arrays.copyOf(bytes, grown(byteCount, length, bytes.length));
    }
    if (length <= SHORT && SHORT <= source.length - offset && SHORT <= bytes.length - byteCount) {
      // What is copied too much is overwritten by the next value.
      for (int i = 0; i < SHORT; i += Long.BYTES) {
        LONGS.set(bytes, byteCount + i, (long) LONGS.get(source, offset + i));
      }
    } else {
      System.arraycopy(source, offset, bytes, byteCount, length);
    }
    starts[valueCount] = byteCount;
    lengths[valueCount++] = length;
    byteCount += length;
  }

  private static int grown(int used, int more, int capacity) {
    if (more <= capacity - used) {
      return capacity;
    }
    long needed = (long) used + more;
    if (needed > Integer.MAX_VALUE - 64) {
      throw new CorruptPageException("one batch would have more than 2 GiB in a column");
    }
    return (int) Math.min(Integer.MAX_VALUE - 64, Math.max(needed, used + (used >> 1) + 64L));
  }

  /**
   * Drops the other rows, from levels and values.
   *
   * @param rows those that stay, ascending
   */
  void keepRows(int[] rows) {
    int row = -1;
    int next = 0;
    int value = 0;
    int levelsKept = 0;
    int valuesKept = 0;
    boolean keep = false;
    for (int i = 0; i < levelCount; i++) {
      if (repetitions[i] == 0) {
        row++;
        keep = next < rows.length && rows[next] == row;
        next += keep ? 1 : 0;
      }
      boolean hasValue = definitions[i] == maxDefinition;
      if (keep) {
        definitions[levelsKept] = definitions[i];
        repetitions[levelsKept++] = repetitions[i];
        if (hasValue) {
          moveValue(value, valuesKept++);
        }
      }
      if (hasValue) {
        value++;
      }
    }
    levelCount = levelsKept;
    valueCount = valuesKept;
  }

  private void moveValue(int from, int to) {
    switch (type) {
      case INT32, BOOLEAN -> ints[to] = ints[from];
      case INT64 -> longs[to] = longs[from];
      case FLOAT -> floats[to] = floats[from];
      case DOUBLE -> doubles[to] = doubles[from];
      default -> {
        starts[to] = starts[from];
        lengths[to] = lengths[from];
      }
    }
  }
}
