package io.neuralake.internal.plan;

import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.StorageException;
import io.neuralake.internal.columnar.DeletedRows;
import io.neuralake.internal.columnar.FileStatsJson;
import io.neuralake.internal.columnar.ParquetBatchReader;
import io.neuralake.internal.columnar.PartFilter;
import io.neuralake.internal.columnar.ReadSpec;
import io.neuralake.internal.exec.LakeRuntime;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.log.DataPaths;
import io.neuralake.internal.log.DeletionVectors;
import io.neuralake.internal.log.FileFacts;
import io.neuralake.internal.log.KernelErrors;
import io.neuralake.internal.log.RowPositions;
import io.neuralake.internal.meta.ChangeFeed;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.store.FileStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * Changes rows of one file: finds them, then marks them as deleted or copies the others, and writes
 * the new values of updated ones, and the changes where the table wants them. Batches stream; one
 * reader and one writer per output are open. Used once; not thread-safe.
 */
final class FileRewrite {

  private final TaskTable table;
  private final DataFile file;
  private final RowChange change;
  private final TaskHost host;
  private final LakeRuntime runtime;
  private final FileStore store;
  private final TableMetadata metadata;
  private final @Nullable RowIds rowIds;
  private final RowChange.Found found = new RowChange.Found(new RowPositions(), new RowPositions());
  private RowPositions before = new RowPositions();
  private long physicalRows;
  private long copied;

  FileRewrite(RewriteTask task, TaskHost host) {
    this.table = task.table();
    this.file = task.file();
    this.change = task.change();
    this.host = host;
    this.runtime = host.runtime();
    this.store = host.stores().apply(table.location());
    this.metadata = table.metadata();
    this.rowIds = RowIds.of(metadata, table.location());
  }

  RewriteResult run() {
    long begun = runtime.clock().millis();
    try (BufferAllocator allocator =
            runtime.allocator().newChildAllocator("rewrite", 0, Long.MAX_VALUE);
        RowChange.Bound bound = change.bind(table, metadata, host)) {
      PartFilter parts =
          bound.within(new FileFacts(table.location(), metadata, Set.of()).partitionValues(file));
      if (file.deletionVector() != null) {
        before = DeletionVectors.load(store, table.location(), file.deletionVector());
      }
      look(bound, parts, allocator);
      long looked = runtime.clock().millis();
      long deleted = found.deleted().cardinality();
      long updated = found.updated().cardinality();
      if (deleted + updated == 0) {
        return new RewriteResult(
            null,
            null,
            List.of(),
            List.of(),
            new RowCounts(0, 0, 0, 0, looked - begun, 0),
            bound.outcome());
      }
      boolean whole = deleted + updated == physicalRows - before.cardinality();
      boolean mark = table.deletionVectors() && !whole;
      try (RewrittenFiles out = new RewrittenFiles(table, metadata, rowIds, store, runtime)) {
        write(bound, parts, !mark && !whole, out, allocator);
        out.finish();
        return new RewriteResult(
            file,
            mark ? marked() : null,
            out.adds(),
            out.changes(),
            new RowCounts(
                deleted, updated, copied, 0, looked - begun, runtime.clock().millis() - looked),
            bound.outcome());
      }
    } catch (InvalidRequestException e) {
      throw new InvalidRequestException(
          table.location() + ": file " + file.path() + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw KernelErrors.translate(table.location(), "changing rows of file " + file.path(), e);
    }
  }

  private void look(RowChange.Bound bound, @Nullable PartFilter parts, BufferAllocator allocator)
      throws IOException {
    List<StructField> columns =
        metadata.schema().fields().stream()
            .filter(field -> bound.columns().contains(field.getName()))
            .toList();
    try (ParquetBatchReader reader = open(new StructType(columns), before, parts, allocator)) {
      physicalRows = reader.rowCount();
      for (VectorSchemaRoot next = reader.next(); next != null; next = reader.next()) {
        try (VectorSchemaRoot batch = next) {
          stopIfInterrupted();
          bound.look(batch, reader.positions(), found);
        }
      }
    }
  }

  /** Reads the rows that are written somewhere, once more, with all columns. */
  private void write(
      RowChange.Bound bound,
      @Nullable PartFilter parts,
      boolean copy,
      RewrittenFiles out,
      BufferAllocator allocator)
      throws IOException {
    RowPositions updated = found.updated();
    RowPositions deleted = found.deleted();
    boolean showDeleted = table.changeFeed() && !deleted.isEmpty();
    if (!copy && !showDeleted && updated.isEmpty()) {
      return;
    }
    RowPositions rest = new RowPositions();
    rest.addAll(copy ? before : updated);
    if (copy != showDeleted) {
      rest.addAll(deleted);
    }
    DeletedRows skipped = copy ? rest : rest.others();
    // What cannot be checked stands only against new values.
    RowRules rules = updated.isEmpty() ? RowRules.NONE : RowRules.of(metadata, table.location());
    List<StructField> fields = new ArrayList<>(metadata.schema().fields());
    if (rowIds != null) {
      fields.addAll(rowIds.columns());
    }
    StructType schema = new StructType(fields);
    List<String> columns = schema.fieldNames();
    try (ParquetBatchReader reader = open(schema, skipped, copy ? null : parts, allocator)) {
      for (VectorSchemaRoot next = reader.next(); next != null; next = reader.next()) {
        try (VectorSchemaRoot batch = next) {
          stopIfInterrupted();
          if (rowIds != null) {
            rowIds.fill(batch, reader.positions(), file);
          }
          Groups groups = new Groups(reader.positions(), found);
          if (groups.copied.count() == batch.getRowCount()) {
            copied += groups.copied.count();
            out.copy(batch, file);
            continue;
          }
          if (groups.copied.count() > 0) {
            copied += groups.copied.count();
            try (VectorSchemaRoot rows = take(batch, columns, groups.copied, allocator)) {
              out.copy(rows, file);
            }
          }
          if (groups.deleted.count() > 0) {
            try (VectorSchemaRoot rows = take(batch, columns, groups.deleted, allocator)) {
              out.change(rows, ChangeFeed.DELETE, allocator);
            }
          }
          if (groups.updated.count() > 0) {
            try (VectorSchemaRoot rows = take(batch, columns, groups.updated, allocator)) {
              update(bound, rows, groups, rules, out, allocator);
            }
          }
        }
      }
    }
  }

  private void update(
      RowChange.Bound bound,
      VectorSchemaRoot rows,
      Groups groups,
      RowRules rules,
      RewrittenFiles out,
      BufferAllocator allocator)
      throws IOException {
    long[] positions = groups.updatedPositions();
    VectorSchemaRoot values = bound.update(rows, positions, allocator);
    try (VectorSchemaRoot after = rowIds == null ? values : rowIds.keep(rows, values, allocator)) {
      check(rules, after, positions);
      out.write(after);
      if (table.changeFeed()) {
        out.change(rows, ChangeFeed.UPDATE_PREIMAGE, allocator);
        out.change(after, ChangeFeed.UPDATE_POSTIMAGE, allocator);
      }
    }
  }

  /** Checks new values; one that breaks a rule is named by its position in the file. */
  private static void check(RowRules rules, VectorSchemaRoot after, long[] positions) {
    try {
      rules.check(after, positions[0]);
    } catch (InvalidRequestException e) {
      for (int row = 0; row < positions.length; row++) {
        try (VectorSchemaRoot one = after.slice(row, 1)) {
          rules.check(one, positions[row]);
        }
      }
      throw e;
    }
  }

  private static VectorSchemaRoot take(
      VectorSchemaRoot batch, List<String> columns, RowIndexes rows, BufferAllocator allocator) {
    return Batches.take(batch, columns, rows.rows(), rows.count(), allocator);
  }

  private DataFile marked() {
    RowPositions gone = new RowPositions();
    gone.addAll(before);
    gone.addAll(found.deleted());
    gone.addAll(found.updated());
    return file.withDeletionVector(
        FileStatsJson.withLooseBounds(file.stats(), physicalRows), DeletionVectors.inline(gone));
  }

  private ParquetBatchReader open(
      StructType columns,
      DeletedRows skipped,
      @Nullable PartFilter parts,
      BufferAllocator allocator)
      throws IOException {
    ReadSpec spec =
        ReadSpec.of(columns)
            .withMode(metadata.properties().columnMappingMode())
            .withPartition(Set.copyOf(metadata.partitionColumns()), file.partitionValues())
            .withDeletedRows(skipped)
            .withFilter(parts);
    return new ParquetBatchReader(
        store, DataPaths.resolve(table.location(), file.path()), file.size(), spec, allocator);
  }

  private void stopIfInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new StorageException(
          table.location() + ": interrupted while rows of " + file.path() + " were changed.");
    }
  }

  /** The rows of a batch by what becomes of them. */
  private static final class Groups {
    final RowIndexes copied;
    final RowIndexes deleted;
    final RowIndexes updated;
    private final long[] positions;

    Groups(long[] positions, RowChange.Found found) {
      this.positions = positions;
      this.copied = new RowIndexes(positions.length);
      this.deleted = new RowIndexes(positions.length);
      this.updated = new RowIndexes(positions.length);
      long first = positions[0];
      int span = Math.toIntExact(positions[positions.length - 1] - first + 1);
      int[] updates = found.updated().within(first, span);
      int[] deletes = found.deleted().within(first, span);
      int u = 0;
      int d = 0;
      for (int row = 0; row < positions.length; row++) {
        int at = (int) (positions[row] - first);
        while (u < updates.length && updates[u] < at) {
          u++;
        }
        while (d < deletes.length && deletes[d] < at) {
          d++;
        }
        if (u < updates.length && updates[u] == at) {
          updated.add(row);
        } else if (d < deletes.length && deletes[d] == at) {
          deleted.add(row);
        } else {
          copied.add(row);
        }
      }
    }

    long[] updatedPositions() {
      long[] selected = new long[updated.count()];
      for (int i = 0; i < selected.length; i++) {
        selected[i] = positions[updated.rows()[i]];
      }
      return selected;
    }
  }
}
