package io.neuralake.internal.plan;

import io.delta.kernel.types.StructType;
import io.neuralake.internal.columnar.DeletedRows;
import io.neuralake.internal.columnar.ReadSpec;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.log.DeletionVectors;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.store.FileStore;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How the data files of a snapshot are read. */
final class Reads {

  private Reads() {}

  /** The columns of a file's live rows; loads its deletion vector. */
  static ReadSpec spec(LogSnapshot snapshot, FileStore store, StructType columns, DataFile file) {
    TableView view = TableView.of(snapshot);
    return spec(view, columns, file).withDeletedRows(deleted(view, store, file));
  }

  /** The columns of all rows of a file. */
  static ReadSpec spec(TableView view, StructType columns, DataFile file) {
    return ReadSpec.of(columns)
        .withMode(view.metadata().properties().columnMappingMode())
        .withPartition(Set.copyOf(view.metadata().partitionColumns()), file.partitionValues());
  }

  /** What a file's deletion vector names; null without one. */
  static @Nullable DeletedRows deleted(TableView view, FileStore store, DataFile file) {
    return file.deletionVector() == null
        ? null
        : DeletionVectors.load(store, view.table(), file.deletionVector());
  }
}
