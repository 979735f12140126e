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

  /** Takes a batch over; says whether more are wanted. */
  interface Sink {
    boolean take(VectorSchemaRoot batch) throws InterruptedException, IOException;
  }

  private final RegroupTask task;
  private final LakeRuntime runtime;
  private final FileStore store;
  private final TableView view;
  private final @Nullable RowIds rowIds;

  Regrouping(RegroupTask task, TaskHost host) {
    this.task = task;
    this.runtime = host.runtime();
    this.store = host.stores().apply(task.table().location());
    this.view = new TableView(task.table().location(), -1, task.table().metadata());
    this.rowIds = RowIds.of(view.metadata(), view.table());
  }

  RegroupTask.Result run() {
    try (BufferAllocator allocator =
        runtime.allocator().newChildAllocator("regroup", 0, Long.MAX_VALUE)) {
      return task.layout() == null
          ? copy(allocator)
          : new SortedRegrouping(task, task.layout(), this, runtime, allocator).run();
    } catch (IOException e) {
      throw KernelErrors.translate(view.table(), "writing rows into new files", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StorageException(
          view.table() + ": interrupted while rows were written into new files.", e);
    }
  }

  private RegroupTask.Result copy(BufferAllocator allocator)
      throws IOException, InterruptedException {
    Iterator<DataFile> files = task.files().iterator();
    // Rolled only where the new file would be far larger: no tail of a few rows.
    StagedFiles out = staged(Math.max(task.targetBytes(), task.bytes()) / 4 * 5);
    BatchQueue<VectorSchemaRoot> queue =
        FileReaders.start(
            view.table(),
            runtime.workers(),
            Math.min(READERS, task.files().size()),
            () -> files.hasNext() ? files.next() : null,
            (file, into) -> read(file, columns(), allocator, into::hand),
            VectorSchemaRoot::close);
    boolean done = false;
    try {
      for (VectorSchemaRoot next = queue.next(); next != null; next = queue.next()) {
        try (VectorSchemaRoot batch = next) {
          out.write(batch, task.files().get(0));
        }
      }
      out.finish();
      done = true;
      return new RegroupTask.Result(
          task.files(), out.files().stream().map(Action.Add::file).toList(), out.rows());
    } finally {
      queue.close();
      if (!done) {
        out.discard();
      }
    }
  }

  /** New files, of the partition that all are of. */
  StagedFiles staged(long fileBytes) {
    WriteTarget target = WriteTarget.of(view.table(), view.metadata()).withFileBytes(fileBytes);
    return new StagedFiles(
        rowIds == null ? target : target.withExtras(rowIds.columns()), store, runtime);
  }

  /** What new files hold. */
  StructType columns() {
    TableMetadata metadata = view.metadata();
    List<StructField> fields = new ArrayList<>(metadata.dataSchema().fields());
    if (rowIds != null) {
      fields.addAll(rowIds.columns());
    }
    return new StructType(fields);
  }

  /**
   * Reads the live rows of a file.
   *
   * @param columns {@link #columns}, or some of the table's
   */
  void read(DataFile file, StructType columns, BufferAllocator allocator, Sink sink)
      throws InterruptedException {
    ReadSpec spec =
        Reads.spec(view, columns, file)
            .withDeletedRows(Reads.deleted(view, store, file))
            .withFetchBytes(FETCH_BYTES);
    String location = DataPaths.resolve(view.table(), file.path());
    try (ParquetBatchReader reader =
        new ParquetBatchReader(store, location, file.size(), spec, allocator)) {
      for (VectorSchemaRoot batch = reader.next(); batch != null; batch = reader.next()) {
        if (rowIds != null && columns.indexOf(rowIds.id().getName()) >= 0) {
          rowIds.fill(batch, reader.positions(), file);
        }
        if (!sink.take(batch)) {
          return;
        }
      }
    } catch (IOException e) {
      throw KernelErrors.translate(view.table(), "reading data file " + file.path(), e);
    }
  }
}
