package io.neuralake.internal.eval;

import io.delta.kernel.types.BooleanType;
import io.neuralake.expr.Expr.Comparator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.IntPredicate;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * Collects the values that a key has in the source of a join, and says as a condition on the target
 * which rows can have one of them: single values, or ranges with the widest gaps between them left
 * out. Not thread-safe.
 */
public final class KeyRanges {

  /** So many ranges at most: each is compared with the statistics of each file. */
  private static final int MAX_RANGES = 64;

  /** So many values are remembered, where they are no numbers that take eight bytes each. */
  private static final int MAX_VALUES = 1024;

  private final JoinCondition.Key key;
  private long[] numbers = new long[1024];
  private int count;
  private Set<Object> values = new HashSet<>();
  private @Nullable Object min;
  private @Nullable Object max;
  private boolean many;
  private boolean nulls;

  public KeyRanges(JoinCondition.Key key) {
    this.key = key;
  }

  /**
   * Adds rows of the source.
   *
   * @param counts which rows of the batch count
   */
  public void add(VectorSchemaRoot batch, IntPredicate counts) {
    int rows = batch.getRowCount();
    Lane lane = new LaneEvaluator(rows, new ArrowLanes(batch)).evaluate(key.source());
    for (int row = 0; row < rows; row++) {
      if (!counts.test(row)) {
        continue;
      }
      if (lane.isNull(row)) {
        nulls = true;
      } else if (lane instanceof Lane.Longs longs) {
        numbers = count == numbers.length ? Arrays.copyOf(numbers, count * 2) : numbers;
        numbers[count++] = longs.values[lane.at(row)];
      } else {
        add(lane.boxed(lane.at(row)));
      }
    }
  }

  private void add(Object value) {
    Object least = min;
    Object greatest = max;
    min = least == null || Values.compare(value, least) < 0 ? value : least;
    max = greatest == null || Values.compare(value, greatest) > 0 ? value : greatest;
    if (!many && values.add(value) && values.size() > MAX_VALUES) {
      many = true;
      values = Set.of();
    }
  }

  /** True, or null, for each row of the target whose key is among the values. */
  public BoundExpr condition() {
    List<BoundExpr> ranges = new ArrayList<>();
    if (count > 0) {
      numbers(ranges);
    } else if (many) {
      ranges.add(range(literal(min), literal(max)));
    } else {
      Object[] sorted = values.toArray();
      Arrays.sort(sorted, Values::compare);
      int run = (sorted.length + MAX_RANGES - 1) / MAX_RANGES;
      for (int from = 0; from < sorted.length; from += run) {
        int to = Math.min(sorted.length, from + run) - 1;
        ranges.add(range(literal(sorted[from]), literal(sorted[to])));
      }
    }
    if (nulls && key.nullSafe()) {
      ranges.add(new BoundExpr.IsNull(key.target()));
    }
    return ranges.size() == 1
        ? ranges.get(0)
        : ranges.isEmpty()
            ? new BoundExpr.Literal(false, BooleanType.BOOLEAN, false)
            : new BoundExpr.Logic(false, ranges);
  }

  private void numbers(List<BoundExpr> ranges) {
    long[] sorted = Arrays.copyOf(numbers, count);
    Arrays.sort(sorted);
    // Positions behind which the widest gaps are; differences of all longs fit unsigned.
    PriorityQueue<Integer> gaps =
        new PriorityQueue<>(
            (a, b) -> Long.compareUnsigned(sorted[a + 1] - sorted[a], sorted[b + 1] - sorted[b]));
    for (int i = 0; i + 1 < count; i++) {
      if (sorted[i + 1] == sorted[i]) {
        continue;
      }
      if (gaps.size() < MAX_RANGES - 1) {
        gaps.add(i);
      } else if (wider(sorted, i, gaps.element())) {
        gaps.poll();
        gaps.add(i);
      }
    }
    int from = 0;
    for (int end : gaps.stream().sorted().mapToInt(Integer::intValue).toArray()) {
      ranges.add(range(literal(sorted[from]), literal(sorted[end])));
      from = end + 1;
    }
    ranges.add(range(literal(sorted[from]), literal(sorted[count - 1])));
  }

  private static boolean wider(long[] sorted, int one, int other) {
    return Long.compareUnsigned(sorted[one + 1] - sorted[one], sorted[other + 1] - sorted[other])
        > 0;
  }

  private BoundExpr literal(@Nullable Object value) {
    return new BoundExpr.Literal(value, key.source().type(), false);
  }

  private BoundExpr range(BoundExpr low, BoundExpr high) {
    return low.equals(high)
        ? new BoundExpr.Compare(Comparator.EQ, key.target(), low)
        : new BoundExpr.Logic(
            true,
            List.of(
                new BoundExpr.Compare(Comparator.GE, key.target(), low),
                new BoundExpr.Compare(Comparator.LE, key.target(), high)));
  }
}
