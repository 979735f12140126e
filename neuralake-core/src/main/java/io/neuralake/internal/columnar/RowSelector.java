package io.neuralake.internal.columnar;

import java.util.Set;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * Chooses rows by some of the columns that are read; the others are decoded for the chosen rows
 * only.
 */
public interface RowSelector {

  /** Top-level columns of the read schema that it looks at. */
  Set<String> columns();

  /**
   * Chooses rows of a batch.
   *
   * @param batch its columns, of rows that are not deleted; it is only read
   * @return ascending; null for all
   */
  int @Nullable [] select(VectorSchemaRoot batch);
}
