package io.neuralake.internal.log;

import io.delta.kernel.types.StructType;
import io.neuralake.error.CorruptTableException;
import java.io.IOException;
import java.util.function.ObjLongConsumer;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.StructVector;
import org.jspecify.annotations.Nullable;

/** The live files that one Parquet file of a checkpoint names. */
final class CheckpointFiles implements LogReplay.Source {

  private static final int ADD = 0;
  private static final int SIDECAR = 1;

  private final String table;
  private final String location;
  private final boolean manifest;
  private final FileKeys seen;
  private final ObjLongConsumer<String> sidecars;
  private final ActionBatches reader;
  private final FileKey key;
  private @Nullable VectorSchemaRoot batch;
  private @Nullable AddVectors adds;
  private int next;

  CheckpointFiles(
      LogEngine log,
      LogReplay.LogFile file,
      boolean withStats,
      FileKeys seen,
      ObjLongConsumer<String> sidecars)
      throws IOException {
    this.table = log.table();
    this.location = file.location();
    this.manifest = file.manifest();
    this.seen = seen;
    this.key = new FileKey(table);
    this.sidecars = sidecars;
    StructType actions = new StructType().add("add", FileActions.add(withStats), true);
    if (manifest) {
      actions = actions.add("sidecar", FileActions.SIDECAR, true);
    }
    this.reader = ActionBatches.open(log, location, file.size(), actions);
  }

  @Override
  public @Nullable DataFile next() throws IOException {
    while (true) {
      AddVectors vectors = adds;
      if (vectors != null) {
        while (next < vectors.size()) {
          int row = next++;
          if (!vectors.isNull(row)) {
            DataFile file = live(vectors, row);
            if (file != null) {
              return file;
            }
          }
        }
      }
      if (!nextBatch()) {
        return null;
      }
    }
  }

  private @Nullable DataFile live(AddVectors vectors, int row) {
    if (!vectors.isComplete(row)) {
      throw new CorruptTableException(
          location
              + ": an add action lacks its path, size or modification time. Restore the file, or"
              + " read an older version.");
    }
    DeletionVector vector = vectors.deletionVector(row);
    if (!seen.isEmpty()) {
      vectors.key(row, vector, key);
      if (seen.contains(key)) {
        return null;
      }
    }
    return vectors.file(row, vector);
  }

  private boolean nextBatch() throws IOException {
    release();
    VectorSchemaRoot read = reader.next();
    if (read == null) {
      return false;
    }
    batch = read;
    next = 0;
    adds = new AddVectors((StructVector) read.getVector(ADD), table, location);
    if (manifest) {
      findSidecars((StructVector) read.getVector(SIDECAR));
    }
    return true;
  }

  private void findSidecars(StructVector vector) {
    if (vector.getNullCount() == vector.getValueCount()) {
      return;
    }
    ArrowColumn sidecar = new ArrowColumn(FileActions.SIDECAR, vector);
    var path = sidecar.getChild(FileActions.SIDECAR_PATH);
    var size = sidecar.getChild(FileActions.SIDECAR_SIZE);
    for (int row = 0; row < sidecar.getSize(); row++) {
      if (!sidecar.isNullAt(row)) {
        if (path.isNullAt(row) || size.isNullAt(row)) {
          throw new CorruptTableException(
              location + ": a sidecar action lacks its path or size. Restore the file.");
        }
        sidecars.accept(path.getString(row), size.getLong(row));
      }
    }
  }

  private void release() {
    adds = null;
    if (batch != null) {
      batch.close();
      batch = null;
    }
  }

  @Override
  public void close() throws IOException {
    release();
    reader.close();
  }
}
