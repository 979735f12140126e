package io.neuralake.internal.plan;

import io.neuralake.internal.order.Curve;
import java.io.Serializable;
import java.util.List;

/**
 * How rows are spread over files: sorted along a curve through some columns.
 *
 * @param curve which curve
 * @param columns top-level columns of the table
 * @param memory bytes that sorting takes, beside the buffers of files
 */
public record Layout(Curve curve, List<String> columns, long memory) implements Serializable {

  /** Unless the caller says otherwise. */
  public static final long DEFAULT_MEMORY = 256L << 20;

  public Layout {
    columns = List.copyOf(columns);
  }
}
