package io.neuralake.internal.plan;

import io.delta.kernel.types.StructType;
import io.neuralake.internal.columnar.ReadSpec;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.log.DeletionVectors;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.store.FileStore;
import java.util.Set;

/** How the data files of a snapshot are read. */
final class Reads {

  private Reads() {}

  /** The columns of a file's live rows; loads its deletion vector. */
  static ReadSpec spec(LogSnapshot snapshot, FileStore store, StructType columns, DataFile file) {
    ReadSpec spec =
        ReadSpec.of(columns)
            .withMode(snapshot.metadata().properties().columnMappingMode())
            .withPartition(
                Set.copyOf(snapshot.metadata().partitionColumns()), file.partitionValues());
    return file.deletionVector() == null
        ? spec
        : spec.withDeletedRows(
            DeletionVectors.load(store, snapshot.table(), file.deletionVector()));
  }
}
