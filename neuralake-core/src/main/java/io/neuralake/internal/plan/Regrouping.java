package io.neuralake.internal.plan;

import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.error.StorageException;
import io.neuralake.internal.columnar.ParquetBatchReader;
import io.neuralake.internal.columnar.ReadSpec;
import io.neuralake.internal.exec.LakeRuntime;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.log.DataPaths;
import io.neuralake.internal.log.KernelErrors;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.store.FileStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * Writes the live rows of files of one partition into new files, batch by batch: a few readers are
 * ahead of the writer. Used once; not thread-safe.
 */
final class Regrouping {

  /** Small files cost a round trip each; more readers than this wait for the writer. */
  private static final int READERS = 4;

  /** Of a large row group at a time, per reader. */
  private static final long FETCH_BYTES = 16L << 20;

  private final RegroupTask task;
  private final LakeRuntime runtime;
  private final FileStore store;
  private final TableView view;
  private final StructType columns;
  private final @Nullable RowIds rowIds;

  Regrouping(RegroupTask task, TaskHost host) {
    this.task = task;
    this.runtime = host.runtime();
    this.store = host.stores().apply(task.table().location());
    TableMetadata metadata = task.table().metadata();
    this.view = new TableView(task.table().location(), -1, metadata);
    this.rowIds = RowIds.of(metadata, view.table());
    List<StructField> fields = new ArrayList<>(metadata.dataSchema().fields());
    if (rowIds != null) {
      fields.addAll(rowIds.columns());
    }
    this.columns = new StructType(fields);
  }

  RegroupTask.Result run() {
    WriteTarget target =
        WriteTarget.of(view.table(), view.metadata())
            .withFileBytes(task.fileBytes())
            .withExtras(rowIds == null ? List.of() : rowIds.columns());
    StagedFiles out = new StagedFiles(target, store, runtime);
    boolean done = false;
    try (BufferAllocator allocator =
        runtime.allocator().newChildAllocator("regroup", 0, Long.MAX_VALUE)) {
      copy(out, allocator);
      out.finish();
      done = true;
      return new RegroupTask.Result(
          task.files(), out.files().stream().map(Action.Add::file).toList(), out.rows());
    } catch (IOException e) {
      throw KernelErrors.translate(view.table(), "writing rows into new files", e);
    } finally {
      if (!done) {
        out.discard();
      }
    }
  }

  private void copy(StagedFiles out, BufferAllocator allocator) throws IOException {
    DataFile partition = task.files().get(0);
    Iterator<DataFile> files = task.files().iterator();
    BatchQueue<VectorSchemaRoot> queue =
        FileReaders.start(
            view.table(),
            runtime.workers(),
            Math.min(READERS, task.files().size()),
            () -> files.hasNext() ? files.next() : null,
            (file, into) -> read(file, into, allocator),
            VectorSchemaRoot::close);
    try {
      for (VectorSchemaRoot next = queue.next(); next != null; next = queue.next()) {
        try (VectorSchemaRoot batch = next) {
          out.write(batch, partition);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StorageException(
          view.table() + ": interrupted while rows were written into new files.", e);
    } finally {
      queue.close();
    }
  }

  private void read(DataFile file, BatchQueue<VectorSchemaRoot> into, BufferAllocator allocator)
      throws InterruptedException {
    ReadSpec spec =
        Reads.spec(view, columns, file)
            .withDeletedRows(Reads.deleted(view, store, file))
            .withFetchBytes(FETCH_BYTES);
    String location = DataPaths.resolve(view.table(), file.path());
    try (ParquetBatchReader reader =
        new ParquetBatchReader(store, location, file.size(), spec, allocator)) {
      for (VectorSchemaRoot batch = reader.next(); batch != null; batch = reader.next()) {
        if (rowIds != null) {
          rowIds.fill(batch, reader.positions(), file);
        }
        if (!into.hand(batch)) {
          return;
        }
      }
    } catch (IOException e) {
      throw KernelErrors.translate(view.table(), "reading data file " + file.path(), e);
    }
  }
}
