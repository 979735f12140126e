package io.neuralake.internal.order;

import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.FieldVector;

/**
 * The place of a column's values among all, by quantiles of a sample; null comes first. First all
 * of the sample is taken, then {@link #freeze}; from then on thread-safe.
 */
abstract sealed class ColumnRanks permits LongRanks, BytesRanks {

  /** So few different values are told apart evenly, however often each is there. */
  private static final int FEW = 64;

  /** For columns of the type of a vector. */
  static ColumnRanks of(FieldVector vector) {
    return vector instanceof BaseVariableWidthVector ? new BytesRanks() : new LongRanks();
  }

  /** Takes a value into the sample. */
  abstract void sample(FieldVector vector, int row);

  /** The sample is complete: ranks are below {@code 1 << bits} from now on. */
  abstract void freeze(int bits);

  /** Rank of a value of the sample, in the order in which they came. */
  abstract int ofSample(int index);

  /** Ranks of a batch's values. */
  abstract void of(FieldVector vector, int rows, int[] into);

  /**
   * Which places of a sorted sample separate ranks.
   *
   * @param starts where in the sample each of its different values begins
   * @param count of the sample
   */
  static int[] boundaries(int[] starts, int count, int bits) {
    int ranks = 1 << bits;
    int[] boundaries = new int[Math.max(0, ranks - 1)];
    boolean few = starts.length <= Math.min(FEW, ranks);
    for (int i = 1; i < ranks; i++) {
      boundaries[i - 1] =
          few
              ? starts[(int) ((long) (i - 1) * starts.length / ranks)]
              : (int) ((long) i * count / ranks);
    }
    return boundaries;
  }
}
