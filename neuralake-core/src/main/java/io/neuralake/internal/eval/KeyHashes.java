package io.neuralake.internal.eval;

import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * Hashes of the keys of one side of a join: equal keys have equal hashes, and so do keys that are
 * compared after a conversion. The hash of a single integer, date or time is that of no other.
 * Immutable and thread-safe.
 */
public final class KeyHashes {

  private static final long NULL = 0x9E3779B97F4A7C15L;

  private final List<BoundExpr> keys;
  private final boolean[] nullSafe;

  /**
   * Hashes of keys.
   *
   * @param target whether the target's side of the keys is meant, else the source's
   */
  public KeyHashes(List<JoinCondition.Key> keys, boolean target) {
    this.keys = keys.stream().map(key -> target ? key.target() : key.source()).toList();
    this.nullSafe = new boolean[keys.size()];
    for (int i = 0; i < nullSafe.length; i++) {
      nullSafe[i] = keys.get(i).nullSafe();
    }
  }

  /**
   * The hashes of a batch's rows.
   *
   * @param values by row
   * @param never rows that are equal to no other, because of a null; null if there are none
   */
  public record Hashes(long[] values, boolean @Nullable [] never) {

    /** Whether a row can be equal to another. */
    public boolean mayMatch(int row) {
      return never == null || !never[row];
    }
  }

  /** Computes them. */
  public Hashes of(VectorSchemaRoot batch) {
    int rows = batch.getRowCount();
    long[] hashes = new long[rows];
    boolean[] never = null;
    LaneEvaluator evaluator = new LaneEvaluator(rows, new ArrowLanes(batch));
    for (int k = 0; k < keys.size(); k++) {
      Lane lane = evaluator.evaluate(keys.get(k));
      for (int row = 0; row < rows; row++) {
        long value;
        if (lane.isNull(row)) {
          value = NULL;
          if (!nullSafe[k]) {
            never = never == null ? new boolean[rows] : never;
            never[row] = true;
          }
        } else {
          value = value(lane, lane.at(row));
        }
        hashes[row] = mix(k == 0 ? value : hashes[row] * 31 + value);
      }
    }
    return new Hashes(hashes, never);
  }

  private static long value(Lane lane, int at) {
    if (lane instanceof Lane.Longs longs) {
      return longs.values[at];
    }
    if (lane instanceof Lane.Bytes bytes) {
      long hash = 0xcbf29ce484222325L;
      for (int i = bytes.offsets[at]; i < bytes.offsets[at + 1]; i++) {
        hash = (hash ^ bytes.data[i]) * 0x100000001b3L;
      }
      return hash;
    }
    if (lane instanceof Lane.Doubles doubles) {
      double value = doubles.values[at];
      return Double.doubleToLongBits(value == 0 ? 0.0 : value); // -0.0 equals 0.0
    }
    if (lane instanceof Lane.Decimals decimals) {
      return decimals.values[at].stripTrailingZeros().hashCode();
    }
    return lane instanceof Lane.Bools bools && bools.values[at] ? 1 : 0;
  }

  /** Spreads the bits; a different value for each. */
  private static long mix(long value) {
    long h = value;
    h = (h ^ (h >>> 30)) * 0xbf58476d1ce4e5b9L;
    h = (h ^ (h >>> 27)) * 0x94d049bb133111ebL;
    return h ^ (h >>> 31);
  }
}
