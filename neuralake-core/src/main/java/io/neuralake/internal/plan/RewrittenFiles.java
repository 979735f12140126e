package io.neuralake.internal.plan;

import io.delta.kernel.types.StringType;
import io.neuralake.internal.exec.LakeRuntime;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.meta.ColumnMapping;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.store.FileStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * The data files and files of row changes that a task writes (Delta protocol, "Change Data Files").
 * Closing it before {@link #finish} has returned removes them. Not thread-safe.
 */
final class RewrittenFiles implements AutoCloseable {

  static final String DELETE = "delete";
  static final String INSERT = "insert";
  static final String UPDATE_PREIMAGE = "update_preimage";
  static final String UPDATE_POSTIMAGE = "update_postimage";

  private static final String CHANGE_TYPE = "_change_type";

  /** As Iceberg reserves it. */
  private static final long CHANGE_TYPE_ID = 2147483543L;

  private final StagedFiles data;
  private final @Nullable StagedFiles changes;
  private boolean finished;

  RewrittenFiles(
      TaskTable table,
      TableMetadata metadata,
      @Nullable RowIds rowIds,
      FileStore store,
      LakeRuntime runtime) {
    WriteTarget target = WriteTarget.of(table.location(), metadata);
    this.data =
        new StagedFiles(
            rowIds == null ? target : target.withExtras(rowIds.columns()), store, runtime);
    this.changes =
        table.changeFeed()
            ? new StagedFiles(
                target.withExtras(
                    List.of(
                        ColumnMapping.reserved(CHANGE_TYPE, StringType.STRING, CHANGE_TYPE_ID))),
                StagedFiles.Kind.CHANGES,
                store,
                runtime)
            : null;
  }

  /** Writes rows that stay in the partition of a file. */
  void copy(VectorSchemaRoot rows, DataFile from) throws IOException {
    data.write(rows, from);
  }

  /** Writes rows. */
  void write(VectorSchemaRoot rows) throws IOException {
    data.write(rows);
  }

  /** Writes what happened to rows, where the table wants to know. */
  void change(VectorSchemaRoot rows, String type, BufferAllocator allocator) throws IOException {
    if (changes == null) {
      return;
    }
    byte[] text = type.getBytes(StandardCharsets.US_ASCII);
    try (VarCharVector types = new VarCharVector(CHANGE_TYPE, allocator)) {
      types.allocateNew((long) text.length * rows.getRowCount(), rows.getRowCount());
      for (int row = 0; row < rows.getRowCount(); row++) {
        types.setSafe(row, text);
      }
      types.setValueCount(rows.getRowCount());
      List<FieldVector> vectors = new ArrayList<>(rows.getFieldVectors());
      vectors.add(types);
      changes.write(
          new VectorSchemaRoot(
              vectors.stream().map(FieldVector::getField).toList(), vectors, rows.getRowCount()));
    }
  }

  /** Ends all files; from then on they are the caller's to remove. */
  void finish() throws IOException {
    data.finish();
    if (changes != null) {
      changes.finish();
    }
    finished = true;
  }

  /** The data files. */
  List<DataFile> adds() {
    return data.files().stream().map(Action.Add::file).toList();
  }

  /** The files of changes. */
  List<DataFile> changes() {
    return changes == null ? List.of() : changes.files().stream().map(Action.Add::file).toList();
  }

  @Override
  public void close() {
    if (!finished) {
      data.discard();
      if (changes != null) {
        changes.discard();
      }
    }
  }
}
