package io.neuralake.internal.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.meta.TableFeature;
import io.neuralake.internal.meta.TableMetadata;
import java.io.Serializable;

/**
 * What tasks must know of a table.
 *
 * @param location where it is
 * @param metadataJson the {@code metaData} action with which files are read and written
 * @param deletionVectors whether rows are marked as deleted rather than files rewritten
 * @param changeFeed whether row changes are written too
 */
record TaskTable(String location, String metadataJson, boolean deletionVectors, boolean changeFeed)
    implements Serializable {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** As a snapshot has it. */
  static TaskTable of(LogSnapshot snapshot) {
    return of(snapshot, snapshot.metadata());
  }

  /** As a snapshot has it, with the metadata that comes after it. */
  static TaskTable of(LogSnapshot snapshot, TableMetadata metadata) {
    return new TaskTable(
        snapshot.table(),
        metadata.toJson().toString(),
        metadata.properties().deletionVectors()
            && snapshot.protocol().supports(TableFeature.DELETION_VECTORS),
        metadata.properties().changeDataFeed());
  }

  /** The same without files of changes. */
  TaskTable withoutChangeFeed() {
    return new TaskTable(location, metadataJson, deletionVectors, false);
  }

  TableMetadata metadata() {
    try {
      return TableMetadata.fromJson(MAPPER.readTree(metadataJson), location);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree's text is JSON", e);
    }
  }
}
