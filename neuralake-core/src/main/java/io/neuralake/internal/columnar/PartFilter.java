package io.neuralake.internal.columnar;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A condition on rows, asked about the parts of a file: row groups and pages. Its columns are paths
 * of logical names. Thread-safe.
 */
public interface PartFilter {

  /** The columns that the condition reads. */
  Set<List<String>> columns();

  /** False only if it is certain that no row of the part matches. */
  boolean mayMatch(Part part);

  /** What is known of the rows of a part. For use by one thread. */
  interface Part {

    /** What values a column has; null if nothing is known. */
    @Nullable Range range(List<String> column);

    /**
     * Whether a column may have a value that is equal to the given one.
     *
     * @param value in the form of {@link Range}'s bounds
     */
    boolean mayContain(List<String> column, Object value);
  }

  /**
   * What is known of the values of a column. Bounds are {@link Boolean}; {@link Long} for integers,
   * days of a date and microseconds of a timestamp; {@link Double} for float and double; {@link
   * java.math.BigDecimal}; {@link io.neuralake.expr.Binary} for binaries and UTF-8. They need not
   * be values of a row.
   *
   * @param min a value that none is less than, null if unknown
   * @param max a value that none is greater than (NaN is greatest), null if unknown
   * @param mayBeNull whether a row can be null
   * @param mayBeValue whether a row can be something else than null
   */
  record Range(@Nullable Object min, @Nullable Object max, boolean mayBeNull, boolean mayBeValue) {
    /** Of a column that the file does not have. */
    static final Range NULLS = new Range(null, null, true, false);
  }
}
