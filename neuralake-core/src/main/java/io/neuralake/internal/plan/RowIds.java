package io.neuralake.internal.plan;

import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StructField;
import io.neuralake.error.UnsupportedTableException;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.meta.ColumnMapping;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.meta.TableProperties;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.util.TransferPair;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the ids and commit versions of rows that move to other files, in columns of the data files
 * (Delta protocol, "Row Tracking"). Immutable.
 *
 * @param id column of row ids
 * @param version column of row commit versions
 */
record RowIds(StructField id, StructField version) {

  private static final long ID_COLUMN = 2147483540L;
  private static final long VERSION_COLUMN = 2147483539L;

  /**
   * What a table asks for, null if its rows have no ids that stay.
   *
   * @throws UnsupportedTableException if neuralake cannot keep them
   */
  static @Nullable RowIds of(TableMetadata metadata, String table) {
    if (!metadata.properties().rowTracking()) {
      return null;
    }
    String id = metadata.configuration().get(TableProperties.MATERIALIZED_ROW_ID);
    String version = metadata.configuration().get(TableProperties.MATERIALIZED_ROW_COMMIT_VERSION);
    boolean byId = metadata.properties().columnMappingMode() == ColumnMapping.Mode.ID;
    if (id == null || version == null || byId) {
      throw new UnsupportedTableException(
          table
              + ": neuralake cannot keep the row ids of this table (delta.enableRowTracking), because "
              + (byId
                  ? "its columns are mapped by id"
                  : "its properties do not name the columns that hold them")
              + ". Change rows with an engine that can, or disable row tracking.");
    }
    return new RowIds(
        ColumnMapping.reserved(id, LongType.LONG, ID_COLUMN),
        ColumnMapping.reserved(version, LongType.LONG, VERSION_COLUMN));
  }

  List<StructField> columns() {
    return List.of(id, version);
  }

  /** Fills in what rows of a file have by their place in it. */
  void fill(VectorSchemaRoot rows, long[] positions, DataFile file) {
    Long base = file.baseRowId();
    Long commit = file.defaultRowCommitVersion();
    BigIntVector ids = (BigIntVector) rows.getVector(id.getName());
    BigIntVector versions = (BigIntVector) rows.getVector(version.getName());
    for (int row = 0; row < positions.length; row++) {
      if (base != null && ids.isNull(row)) {
        ids.set(row, base + positions[row]);
      }
      if (commit != null && versions.isNull(row)) {
        versions.set(row, (long) commit);
      }
    }
  }

  /**
   * New values of rows with the ids of the rows as they were, and the version that commits them.
   *
   * @param before the rows as they were, with both columns
   * @param after the new values, taken over
   */
  VectorSchemaRoot keep(
      VectorSchemaRoot before, VectorSchemaRoot after, BufferAllocator allocator) {
    int rows = after.getRowCount();
    List<FieldVector> vectors = new ArrayList<>(after.getFieldVectors());
    FieldVector ids = before.getVector(id.getName());
    TransferPair pair = ids.getTransferPair(ids.getField(), allocator);
    pair.splitAndTransfer(0, rows);
    vectors.add((FieldVector) pair.getTo());
    BigIntVector unknown = new BigIntVector(version.getName(), allocator);
    unknown.allocateNew(rows);
    unknown.setValueCount(rows);
    vectors.add(unknown);
    return new VectorSchemaRoot(
        vectors.stream().map(FieldVector::getField).toList(), vectors, rows);
  }
}
