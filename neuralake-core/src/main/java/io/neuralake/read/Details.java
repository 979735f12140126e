package io.neuralake.read;

import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.meta.TableMetadata;
import java.time.Instant;
import java.util.Optional;

/** Describes snapshots. */
final class Details {

  private Details() {}

  static TableDetail of(LogSnapshot snapshot) {
    long files = 0;
    long bytes = 0;
    try (LogSnapshot.Files live = snapshot.files(false)) {
      while (live.hasNext()) {
        files++;
        bytes += live.next().size();
      }
    }
    TableMetadata metadata = snapshot.metadata();
    return new TableDetail(
        snapshot.table(),
        metadata.id(),
        Optional.ofNullable(metadata.name()),
        Optional.ofNullable(metadata.description()),
        snapshot.version(),
        Instant.ofEpochMilli(snapshot.timestampMillis()),
        Optional.ofNullable(metadata.createdTime()).map(Instant::ofEpochMilli),
        metadata.schema(),
        metadata.partitionColumns(),
        metadata.configuration(),
        snapshot.protocol().minReaderVersion(),
        snapshot.protocol().minWriterVersion(),
        snapshot.protocol().features(),
        files,
        bytes);
  }
}
