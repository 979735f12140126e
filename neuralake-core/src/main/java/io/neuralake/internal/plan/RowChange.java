package io.neuralake.internal.plan;

import io.neuralake.internal.columnar.PartFilter;
import io.neuralake.internal.log.RowPositions;
import io.neuralake.internal.meta.TableMetadata;
import java.io.Serializable;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/** Which rows of a file go, and which get other values: plain values that travel to tasks. */
interface RowChange extends Serializable {

  /**
   * Makes it work on a file.
   *
   * @param metadata of the table
   * @param host where the task runs
   */
  Bound bind(TaskTable table, TableMetadata metadata, TaskHost host);

  /**
   * A change at work on one file: first all rows are looked at, with the columns that this takes,
   * then the ones to update are read whole. For use by one thread.
   */
  interface Bound extends AutoCloseable {

    /** Top-level columns that {@link #look} needs. */
    Set<String> columns();

    /**
     * What rules out parts of the file, null if nothing does.
     *
     * @param partitionValues canonical values of the file, by logical column name
     */
    @Nullable PartFilter within(Map<String, @Nullable Object> partitionValues);

    /**
     * Finds rows that change.
     *
     * @param batch live rows with {@link #columns}; it is only read
     * @param positions of the rows in the file
     * @param found takes the positions of those that change
     */
    void look(VectorSchemaRoot batch, long[] positions, Found found);

    /**
     * New values of rows that are to be updated.
     *
     * @param rows all columns of the table; it is only read
     * @param positions of the rows in the file
     * @return all columns, row by row; the caller closes it
     */
    VectorSchemaRoot update(VectorSchemaRoot rows, long[] positions, BufferAllocator allocator);

    /** What else is known once all rows were looked at, for the operation; null if nothing is. */
    default @Nullable Serializable outcome() {
      return null;
    }

    /** Releases what it holds. */
    @Override
    default void close() {}
  }

  /** Positions of the rows of a file that change; no row is in both. */
  record Found(RowPositions deleted, RowPositions updated) {}
}
