package io.neuralake.internal.plan;

import io.neuralake.internal.exec.LakeRuntime;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.store.FileStore;
import java.io.IOException;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * The data files and files of row changes that a task writes. Closing it before {@link #finish} has
 * returned removes them. Not thread-safe.
 */
final class RewrittenFiles implements AutoCloseable {

  private final StagedFiles data;
  private final @Nullable ChangeFiles changes;
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
    this.changes = table.changeFeed() ? new ChangeFiles(target, store, runtime) : null;
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
    if (changes != null) {
      changes.write(rows, type, allocator);
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
    return changes == null ? List.of() : changes.files();
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
