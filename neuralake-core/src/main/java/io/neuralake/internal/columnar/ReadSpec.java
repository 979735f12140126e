package io.neuralake.internal.columnar;

import io.delta.kernel.types.StructType;
import io.neuralake.internal.meta.ColumnMapping;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to read from one data file, and how its columns are found. Immutable.
 *
 * @param schema logical columns to return, in order; the metadata of its fields holds {@code
 *     delta.columnMapping.id} and {@code delta.columnMapping.physicalName} where the table maps
 *     columns
 * @param mode how columns are found in the file
 * @param partitionColumns logical names of the table's partition columns
 * @param partitionValues the file's partition values as the log holds them, by physical name
 * @param deletedRows rows to leave out, null for none
 * @param filter parts of the file that it rules out are left out; other rows are not filtered. Its
 *     columns are among the schema's
 * @param selector rows that it does not choose are left out; null if none are
 * @param batchRows rows of a batch at most
 * @param batchBytes bytes of a batch, approximately
 * @param fetchBytes row groups of which more is wanted are read in windows
 * @param nullRowGroups whether row groups are read in which all that is asked for is null
 */
public record ReadSpec(
    StructType schema,
    ColumnMapping.Mode mode,
    Set<String> partitionColumns,
    Map<String, @Nullable String> partitionValues,
    @Nullable DeletedRows deletedRows,
    @Nullable PartFilter filter,
    @Nullable RowSelector selector,
    int batchRows,
    long batchBytes,
    long fetchBytes,
    boolean nullRowGroups) {
  private static final int DEFAULT_BATCH_ROWS = 8192;
  private static final long DEFAULT_BATCH_BYTES = 16L << 20;
  private static final long DEFAULT_FETCH_BYTES = 128L << 20;

  public ReadSpec {
    if (batchRows <= 0 || batchBytes <= 0 || fetchBytes <= 0) {
      throw new IllegalArgumentException("a batch needs at least one row and one byte");
    }
    partitionColumns = Set.copyOf(partitionColumns);
    partitionValues = Collections.unmodifiableMap(new HashMap<>(partitionValues));
  }

  /** Reads columns by their logical names, all of them from the file itself. */
  public static ReadSpec of(StructType schema) {
    return new ReadSpec(
        schema,
        ColumnMapping.Mode.NONE,
        Set.of(),
        Map.of(),
        null,
        null,
        null,
        DEFAULT_BATCH_ROWS,
        DEFAULT_BATCH_BYTES,
        DEFAULT_FETCH_BYTES,
        true);
  }

  /** The same with another way to find columns. */
  public ReadSpec withMode(ColumnMapping.Mode newMode) {
    return new ReadSpec(
        schema,
        newMode,
        partitionColumns,
        partitionValues,
        deletedRows,
        filter,
        selector,
        batchRows,
        batchBytes,
        fetchBytes,
        nullRowGroups);
  }

  /** The same for a partitioned table. */
  public ReadSpec withPartition(Set<String> columns, Map<String, @Nullable String> values) {
    return new ReadSpec(
        schema,
        mode,
        columns,
        values,
        deletedRows,
        filter,
        selector,
        batchRows,
        batchBytes,
        fetchBytes,
        nullRowGroups);
  }

  /** The same without some rows. */
  public ReadSpec withDeletedRows(@Nullable DeletedRows rows) {
    return new ReadSpec(
        schema,
        mode,
        partitionColumns,
        partitionValues,
        rows,
        filter,
        selector,
        batchRows,
        batchBytes,
        fetchBytes,
        nullRowGroups);
  }

  /** The same without parts of the file in which no row matches. */
  public ReadSpec withFilter(@Nullable PartFilter newFilter) {
    return new ReadSpec(
        schema,
        mode,
        partitionColumns,
        partitionValues,
        deletedRows,
        newFilter,
        selector,
        batchRows,
        batchBytes,
        fetchBytes,
        nullRowGroups);
  }

  /** The same without rows that are not chosen. */
  public ReadSpec withSelector(@Nullable RowSelector newSelector) {
    return new ReadSpec(
        schema,
        mode,
        partitionColumns,
        partitionValues,
        deletedRows,
        filter,
        newSelector,
        batchRows,
        batchBytes,
        fetchBytes,
        nullRowGroups);
  }

  /** The same with other batch limits. */
  public ReadSpec withBatchSize(int rows, long bytes) {
    return new ReadSpec(
        schema,
        mode,
        partitionColumns,
        partitionValues,
        deletedRows,
        filter,
        selector,
        rows,
        bytes,
        fetchBytes,
        nullRowGroups);
  }

  /** The same in less memory, with more requests for large row groups. */
  public ReadSpec withFetchBytes(long bytes) {
    return new ReadSpec(
        schema,
        mode,
        partitionColumns,
        partitionValues,
        deletedRows,
        filter,
        selector,
        batchRows,
        batchBytes,
        bytes,
        nullRowGroups);
  }

  /** The same without the row groups in which all that is asked for is null. */
  public ReadSpec withoutNullRowGroups() {
    return new ReadSpec(
        schema,
        mode,
        partitionColumns,
        partitionValues,
        deletedRows,
        filter,
        selector,
        batchRows,
        batchBytes,
        fetchBytes,
        false);
  }
}
