package io.neuralake.internal.plan;

import io.delta.kernel.types.StringType;
import io.neuralake.internal.exec.LakeRuntime;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.meta.ChangeFeed;
import io.neuralake.internal.meta.ColumnMapping;
import io.neuralake.internal.store.FileStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Files that say what happened to rows (Delta protocol, "Change Data Files"). A version that has
 * some has all of its changes there. Not thread-safe.
 */
final class ChangeFiles {

  /** As Iceberg reserves it. */
  private static final long TYPE_ID = 2147483543L;

  private final StagedFiles files;

  ChangeFiles(WriteTarget target, FileStore store, LakeRuntime runtime) {
    this.files =
        new StagedFiles(
            target.withExtras(
                List.of(
                    ColumnMapping.reserved(ChangeFeed.CHANGE_TYPE, StringType.STRING, TYPE_ID))),
            StagedFiles.Kind.CHANGES,
            store,
            runtime);
  }

  /** Writes what happened to rows; the batch stays the caller's. */
  void write(VectorSchemaRoot rows, String type, BufferAllocator allocator) throws IOException {
    byte[] text = type.getBytes(StandardCharsets.US_ASCII);
    try (VarCharVector types = new VarCharVector(ChangeFeed.CHANGE_TYPE, allocator)) {
      types.allocateNew((long) text.length * rows.getRowCount(), rows.getRowCount());
      for (int row = 0; row < rows.getRowCount(); row++) {
        types.setSafe(row, text);
      }
      types.setValueCount(rows.getRowCount());
      List<FieldVector> vectors = new ArrayList<>(rows.getFieldVectors());
      vectors.add(types);
      files.write(
          new VectorSchemaRoot(
              vectors.stream().map(FieldVector::getField).toList(), vectors, rows.getRowCount()));
    }
  }

  void finish() throws IOException {
    files.finish();
  }

  /** The files that are ended. */
  List<DataFile> files() {
    return files.files().stream().map(Action.Add::file).toList();
  }

  /** Removes them. Never throws. */
  void discard() {
    files.discard();
  }
}
