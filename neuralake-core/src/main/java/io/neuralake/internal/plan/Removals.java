package io.neuralake.internal.plan;

import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.txn.TableContext;
import java.util.ArrayList;
import java.util.List;

/** Removals of all live files of a version. */
final class Removals {

  private Removals() {}

  /**
   * Refuses to remove rows where the table does.
   *
   * @throws InvalidRequestException if rows may only be appended
   */
  static void checkAllowed(TableContext table, TableMetadata metadata) {
    if (metadata.properties().appendOnly()) {
      throw RewriteJob.appendOnly(table.table());
    }
  }

  static List<Action.Remove> all(
      TableContext table, long version, long timestampMillis, TableMetadata metadata) {
    checkAllowed(table, metadata);
    List<Action.Remove> removes = new ArrayList<>();
    try (LogSnapshot.Files files = table.log().at(version).files(false)) {
      while (files.hasNext()) {
        DataFile file = files.next();
        removes.add(new Action.Remove(file, timestampMillis, true));
      }
    }
    return removes;
  }
}
