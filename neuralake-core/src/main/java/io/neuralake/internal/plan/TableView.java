package io.neuralake.internal.plan;

import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.meta.TableMetadata;

/**
 * How the files of a table are read: what is needed of a snapshot for it.
 *
 * @param table location
 * @param version which the metadata belongs to
 */
record TableView(String table, long version, TableMetadata metadata) {

  static TableView of(LogSnapshot snapshot) {
    return new TableView(snapshot.table(), snapshot.version(), snapshot.metadata());
  }
}
