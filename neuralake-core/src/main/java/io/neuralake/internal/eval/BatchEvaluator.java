package io.neuralake.internal.eval;

import io.neuralake.error.InvalidRequestException;
import java.util.Arrays;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Evaluates a bound expression on Arrow batches whose columns have logical names. Immutable and
 * thread-safe. Overflow, division by zero and casts that fail throw {@link
 * InvalidRequestException}.
 */
public final class BatchEvaluator {
  private final BoundExpr expr;

  public BatchEvaluator(BoundExpr expr) {
    this.expr = expr;
  }

  /**
   * Computes the value of every row.
   *
   * @param batch the rows; it is only read
   * @param name the name of the new vector
   * @param allocator holds the new vector
   * @return a vector that the caller closes
   */
  public FieldVector evaluate(VectorSchemaRoot batch, String name, BufferAllocator allocator) {
    if (Kind.of(expr.type()) == Kind.OPAQUE) {
      return ResultVectors.copy(ArrowLanes.top(batch, expr), batch.getRowCount(), name, allocator);
    }
    Lane lane = lane(batch);
    return ResultVectors.of(lane, expr.type(), batch.getRowCount(), name, allocator);
  }

  /**
   * Finds the rows for which the expression, a boolean, is true; null does not select.
   *
   * @param batch the rows; it is only read
   * @return the rows
   */
  public Selection filter(VectorSchemaRoot batch) {
    if (Kind.of(expr.type()) != Kind.BOOL) {
      throw new InvalidRequestException(
          "A filter needs a boolean, not " + expr.type() + ". Compare it with something.");
    }
    Lane.Bools lane = (Lane.Bools) lane(batch);
    int rows = batch.getRowCount();
    int[] selected = new int[rows];
    int count = 0;
    boolean[] nulls = lane.nulls();
    if (nulls == null && !lane.isConstant()) {
      for (int i = 0; i < rows; i++) {
        selected[count] = i;
        count += lane.values[i] ? 1 : 0;
      }
    } else {
      for (int i = 0; i < rows; i++) {
        selected[count] = i;
        count += !lane.isNull(i) && lane.values[lane.at(i)] ? 1 : 0;
      }
    }
    return new Selection(rows, Arrays.copyOf(selected, count));
  }

  private Lane lane(VectorSchemaRoot batch) {
    return new LaneEvaluator(batch.getRowCount(), new ArrowLanes(batch)).evaluate(expr);
  }
}
