package io.neuralake.internal.order;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * The order of rows along a curve through several columns. Each column is cut at quantiles, which a
 * sample of the rows tells. First all of the sample is taken, then {@link #freeze}; from then on
 * thread-safe.
 */
public final class RowOrder {

  private static final int SAMPLE_ROWS = 50_000;
  private static final int MOST_BITS = 12;

  /** Of a place; leaves room for a row's number beside it in 63 bits. */
  public static final int PLACE_BITS = 40;

  private final Curve curve;
  private final List<String> columns;
  private final int bits;
  private final long threshold;
  private final List<ColumnRanks> ranks = new ArrayList<>();
  private long seen;
  private int sampled;
  private long[] samplePlaces = new long[0];

  /**
   * Begins with the sample.
   *
   * @param columns of which the order is made, {@value #PLACE_BITS} at most
   * @param rows that will be offered to the sample, about
   */
  public RowOrder(Curve curve, List<String> columns, long rows) {
    this.curve = curve;
    this.columns = List.copyOf(columns);
    this.bits = Math.min(MOST_BITS, PLACE_BITS / columns.size());
    this.threshold = rows <= SAMPLE_ROWS ? Long.MAX_VALUE : Long.MAX_VALUE / rows * SAMPLE_ROWS;
  }

  /** Offers rows to the sample. */
  public synchronized void sample(VectorSchemaRoot batch) {
    for (int row = 0; row < batch.getRowCount() && sampled < 2 * SAMPLE_ROWS; row++) {
      if ((mix(seen++) >>> 1) <= threshold) {
        sampled++;
        for (int i = 0; i < columns.size(); i++) {
          FieldVector vector = batch.getVector(columns.get(i));
          if (ranks.size() == i) {
            ranks.add(ColumnRanks.of(vector));
          }
          ranks.get(i).sample(vector, row);
        }
      }
    }
  }

  /** Spreads consecutive numbers, so that the sample has no period. */
  private static long mix(long number) {
    long z = (number + 1) * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** The sample is complete. */
  public void freeze() {
    ranks.forEach(column -> column.freeze(bits));
    samplePlaces = new long[sampled];
    int[] cell = new int[columns.size()];
    for (int row = 0; row < sampled; row++) {
      for (int i = 0; i < cell.length; i++) {
        cell[i] = ranks.get(i).ofSample(row);
      }
      samplePlaces[row] = curve.place(cell, bits);
    }
    Arrays.sort(samplePlaces);
  }

  /** Places that cut all rows into parts of about the same size: one less than parts. */
  public long[] cuts(int parts) {
    long[] cuts = new long[parts - 1];
    for (int i = 1; i < parts && sampled > 0; i++) {
      cuts[i - 1] = samplePlaces[(int) ((long) i * sampled / parts)];
    }
    return cuts;
  }

  /** Where the rows of a batch are, by {@link #PLACE_BITS} bits at most. */
  public long[] places(VectorSchemaRoot batch) {
    int rows = batch.getRowCount();
    int[][] ranked = new int[columns.size()][rows];
    for (int i = 0; i < ranked.length && i < ranks.size(); i++) {
      ranks.get(i).of(batch.getVector(columns.get(i)), rows, ranked[i]);
    }
    long[] places = new long[rows];
    int[] cell = new int[ranked.length];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < cell.length; i++) {
        cell[i] = ranked[i][row];
      }
      places[row] = curve.place(cell, bits);
    }
    return places;
  }
}
