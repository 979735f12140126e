package io.neuralake.internal.order;

import java.util.Arrays;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;

/** Ranks of values that are as good as numbers of 64 bits. */
final class LongRanks extends ColumnRanks {

  private static final int EXACT_DECIMAL_DIGITS = 18;

  private long[] sample = new long[1024];
  private int count;
  private long[] boundaries = new long[0];

  @Override
  void sample(FieldVector vector, int row) {
    if (count == sample.length) {
      sample = Arrays.copyOf(sample, count * 2);
    }
    sample[count++] = vector.isNull(row) ? Long.MIN_VALUE : values(vector).at(row);
  }

  @Override
  void freeze(int bits) {
    long[] sorted = Arrays.copyOf(sample, count);
    Arrays.sort(sorted);
    int[] starts = new int[count];
    int different = 0;
    for (int i = 0; i < count; i++) {
      if (i == 0 || sorted[i] != sorted[i - 1]) {
        starts[different++] = i;
      }
    }
    if (count > 0) {
      boundaries =
          Arrays.stream(boundaries(Arrays.copyOf(starts, different), count, bits))
              .mapToLong(i -> sorted[i])
              .toArray();
    }
  }

  @Override
  int ofSample(int index) {
    return rank(sample[index]);
  }

  @Override
  void of(FieldVector vector, int rows, int[] into) {
    Values values = values(vector);
    for (int row = 0; row < rows; row++) {
      into[row] = rank(vector.isNull(row) ? Long.MIN_VALUE : values.at(row));
    }
  }

  /** How many boundaries are smaller. */
  private int rank(long value) {
    int from = 0;
    int to = boundaries.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (boundaries[middle] < value) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }

  private interface Values {
    long at(int row);
  }

  private static Values values(FieldVector vector) {
    if (vector instanceof BigIntVector longs) {
      return longs::get;
    } else if (vector instanceof IntVector ints) {
      return ints::get;
    } else if (vector instanceof TimeStampVector times) {
      return times::get;
    } else if (vector instanceof DateDayVector days) {
      return days::get;
    } else if (vector instanceof Float8Vector doubles) {
      return row -> sortable(doubles.get(row));
    } else if (vector instanceof Float4Vector floats) {
      return row -> sortable(floats.get(row));
    } else if (vector instanceof SmallIntVector shorts) {
      return shorts::get;
    } else if (vector instanceof TinyIntVector bytes) {
      return bytes::get;
    } else if (vector instanceof BitVector bits) {
      return bits::get;
    } else if (vector instanceof DecimalVector decimals) {
      return decimals.getPrecision() <= EXACT_DECIMAL_DIGITS
          ? row -> decimals.getDataBuffer().getLong((long) row * DecimalVector.TYPE_WIDTH)
          : row -> sortable(decimals.getObject(row).doubleValue());
    }
    throw new IllegalArgumentException("no order of " + vector.getField());
  }

  /** A number that compares as the double does; NaN is the largest. */
  private static long sortable(double value) {
    long bits = Double.doubleToLongBits(value);
    return bits ^ ((bits >> 63) & Long.MAX_VALUE);
  }
}
