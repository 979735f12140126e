package io.neuralake.internal.plan;

import io.delta.kernel.types.StructField;
import io.neuralake.error.NeuralLakeException;
import io.neuralake.internal.columnar.ArrowValues;
import io.neuralake.internal.columnar.FileStatsJson;
import io.neuralake.internal.columnar.ParquetBatchReader;
import io.neuralake.internal.columnar.ParquetBatchWriter;
import io.neuralake.internal.columnar.PartitionValues;
import io.neuralake.internal.columnar.ReadSpec;
import io.neuralake.internal.columnar.WriteSpec;
import io.neuralake.internal.columnar.WrittenFile;
import io.neuralake.internal.exec.LakeRuntime;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.log.DataPaths;
import io.neuralake.internal.log.KernelErrors;
import io.neuralake.internal.meta.ColumnMapping;
import io.neuralake.internal.store.FileSink;
import io.neuralake.internal.store.FileStore;
import io.neuralake.internal.store.Locations;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes batches into data files that no version holds yet: one open file per partition, rolled at
 * the target size; the largest is closed early when all together buffer too much. Not thread-safe.
 */
final class StagedFiles implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StagedFiles.class);

  /** What files are for, and hence where they are and what they are called. */
  enum Kind {
    DATA("part-"),
    CHANGES("_change_data/", "cdc-");

    private final String folder;
    private final String name;

    Kind(String name) {
      this("", name);
    }

    Kind(String folder, String name) {
      this.folder = folder;
      this.name = name;
    }
  }

  private final WriteTarget target;
  private final Kind kind;
  private final FileStore store;
  private final LakeRuntime runtime;
  private final WriteSpec spec;
  private final List<StructField> partitionFields;
  private final List<String> dataColumns;
  private final Map<List<@Nullable Object>, OpenFile> open = new LinkedHashMap<>();
  private final List<Action.Add> done = new ArrayList<>();

  /** Files whose completion failed; the storage may have them nevertheless. */
  private final List<String> inDoubt = new ArrayList<>();

  private int sequence;
  private long rows;
  private long bytes;

  StagedFiles(WriteTarget target, FileStore store, LakeRuntime runtime) {
    this(target, Kind.DATA, store, runtime);
  }

  StagedFiles(WriteTarget target, Kind kind, FileStore store, LakeRuntime runtime) {
    this.target = target;
    this.kind = kind;
    this.store = store;
    this.runtime = runtime;
    this.spec = WriteSpecs.of(target);
    this.partitionFields = target.metadata().partitionFields();
    this.dataColumns = target.fileSchema().fieldNames();
  }

  /** Writes a batch, which stays the caller's. */
  void write(VectorSchemaRoot batch) throws IOException {
    if (batch.getRowCount() == 0) {
      return;
    }
    Map<List<@Nullable Object>, RowIndexes> groups = partition(batch);
    for (Map.Entry<List<@Nullable Object>, RowIndexes> group : groups.entrySet()) {
      RowIndexes at = group.getValue();
      try (VectorSchemaRoot part =
          Batches.take(batch, dataColumns, at.rows(), at.count(), runtime.allocator())) {
        writePart(group.getKey(), part);
      }
    }
  }

  /** Writes rows of a file, whose partition they stay in; the batch stays the caller's. */
  void write(VectorSchemaRoot batch, DataFile from) throws IOException {
    List<@Nullable Object> key = new ArrayList<>(partitionFields.size());
    for (StructField field : partitionFields) {
      key.add(from.partitionValues().get(physicalName(field)));
    }
    writePart(key, batch);
  }

  private String physicalName(StructField field) {
    return target.mode() == ColumnMapping.Mode.NONE
        ? field.getName()
        : ColumnMapping.physicalName(field);
  }

  private void writePart(List<@Nullable Object> key, VectorSchemaRoot part) throws IOException {
    OpenFile file = open.get(key);
    if (file == null) {
      file = openFile(key);
      open.put(key, file);
    }
    file.writer().write(part);
    if (file.writer().estimatedBytes() >= target.targetFileBytes()) {
      finish(key);
    } else if (open.size() > 1) {
      boundBuffers();
    }
  }

  private void boundBuffers() throws IOException {
    long buffered = 0;
    List<@Nullable Object> largest = List.of();
    long largestBytes = -1;
    for (Map.Entry<List<@Nullable Object>, OpenFile> entry : open.entrySet()) {
      long size = entry.getValue().writer().estimatedBytes();
      buffered += size;
      if (size > largestBytes) {
        largestBytes = size;
        largest = entry.getKey();
      }
    }
    if (buffered > target.bufferBytes()) {
      finish(largest);
    }
  }

  /** Row indexes by partition values; without partition columns, one group of all rows. */
  private Map<List<@Nullable Object>, RowIndexes> partition(VectorSchemaRoot batch) {
    Map<List<@Nullable Object>, RowIndexes> groups = new LinkedHashMap<>();
    if (partitionFields.isEmpty()) {
      groups.put(List.of(), RowIndexes.all(batch.getRowCount()));
      return groups;
    }
    List<FieldVector> keys = new ArrayList<>();
    for (StructField field : partitionFields) {
      keys.add(batch.getVector(field.getName()));
    }
    for (int row = 0; row < batch.getRowCount(); row++) {
      List<@Nullable Object> key = new ArrayList<>(keys.size());
      for (int i = 0; i < keys.size(); i++) {
        key.add(PartitionValues.format(partitionFields.get(i), ArrowValues.get(keys.get(i), row)));
      }
      groups.computeIfAbsent(key, k -> new RowIndexes(batch.getRowCount())).add(row);
    }
    return groups;
  }

  private OpenFile openFile(List<@Nullable Object> key) throws IOException {
    Map<String, @Nullable String> values = new LinkedHashMap<>();
    StringBuilder path = new StringBuilder(kind.folder);
    for (int i = 0; i < partitionFields.size(); i++) {
      String name = physicalName(partitionFields.get(i));
      String value = (String) key.get(i);
      values.put(name, value);
      path.append(PartitionValues.directory(name, value)).append('/');
    }
    String number = Integer.toString(sequence++);
    path.append(kind.name)
        .append("0".repeat(Math.max(0, 5 - number.length())))
        .append(number)
        .append('-')
        .append(runtime.newUuid())
        .append("-c000")
        .append(WriteSpecs.fileExtension(spec));
    String location = Locations.child(target.table(), path.toString());
    FileSink sink = store.create(location);
    try {
      return new OpenFile(
          path.toString(), values, new ParquetBatchWriter(sink, spec, runtime.workers()));
    } catch (RuntimeException | Error e) {
      sink.abort();
      throw e;
    }
  }

  private void finish(List<@Nullable Object> key) throws IOException {
    OpenFile file = open.get(key);
    if (file == null) {
      return;
    }
    String logPath = DataPaths.encode(file.path());
    WrittenFile written;
    try {
      written = file.writer().close();
    } catch (IOException | RuntimeException e) {
      inDoubt.add(logPath);
      throw e;
    }
    open.remove(key);
    rows += written.rows();
    bytes += written.bytes();
    done.add(
        new Action.Add(
            new DataFile(
                logPath,
                file.partitionValues(),
                written.bytes(),
                runtime.clock().millis(),
                FileStatsJson.format(written.stats()),
                null,
                null,
                null,
                null),
            true));
  }

  /** Closes all files. */
  void finish() throws IOException {
    for (List<@Nullable Object> key : List.copyOf(open.keySet())) {
      finish(key);
    }
  }

  /** What the files that are closed are for the log. */
  List<Action.Add> files() {
    return List.copyOf(done);
  }

  /** Writes all rows again, in files of their own, and deletes the files that they were in. */
  void rewrite(Consumer<VectorSchemaRoot> change) throws IOException {
    List<Action.Add> before = files();
    List<String> paths = before.stream().map(add -> add.file().path()).toList();
    inDoubt.addAll(paths); // to be deleted, whatever happens
    done.clear();
    rows = 0;
    bytes = 0;
    ReadSpec columns = ReadSpec.of(target.schema()).withMode(target.mode());
    for (Action.Add add : before) {
      DataFile file = add.file();
      try (ParquetBatchReader reader =
          new ParquetBatchReader(
              store,
              DataPaths.resolve(target.table(), file.path()),
              file.size(),
              columns.withPartition(
                  Set.copyOf(target.metadata().partitionColumns()), file.partitionValues()),
              runtime.allocator())) {
        for (VectorSchemaRoot next = reader.next(); next != null; next = reader.next()) {
          try (VectorSchemaRoot batch = next) {
            change.accept(batch);
            write(batch);
          }
        }
      }
    }
    finish();
    delete(store, target.table(), paths);
    inDoubt.removeAll(paths);
  }

  long rows() {
    return rows;
  }

  long bytes() {
    return bytes;
  }

  /** Drops files that are still open; the finished ones stay. */
  @Override
  public void close() {
    open.values().forEach(file -> file.writer().abort());
    open.clear();
  }

  /**
   * Deletes the files that are, or may be, there; for a write that certainly is not visible. Never
   * throws.
   */
  void discard() {
    boolean interrupted = Thread.interrupted(); // cleaning up must not fail because of it
    try {
      close();
      List<String> paths = new ArrayList<>(inDoubt);
      done.forEach(add -> paths.add(add.file().path()));
      delete(store, target.table(), paths);
      done.clear();
      inDoubt.clear();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Deletes files, by their paths in the log. Never throws. */
  static void delete(FileStore store, String table, Collection<String> paths) {
    if (paths.isEmpty()) {
      return;
    }
    try {
      store.delete(paths.stream().map(path -> DataPaths.resolve(table, path)).toList());
    } catch (IOException | RuntimeException e) {
      NeuralLakeException why = KernelErrors.translate(table, "removing unused files", e);
      LOG.warn("{} unused data files stay behind for vacuum: {}", paths.size(), why.getMessage());
    }
  }

  private record OpenFile(
      String path, Map<String, @Nullable String> partitionValues, ParquetBatchWriter writer) {}
}
