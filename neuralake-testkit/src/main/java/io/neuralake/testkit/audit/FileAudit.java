package io.neuralake.testkit.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.neuralake.testkit.audit.ReplayedState.FileId;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Looks at each live file: whether it is there, and is what the log says. */
final class FileAudit {
  private final TableFiles files;
  private final Map<String, TableFiles.StoredFile> listed;
  private final ReplayedState state;
  private final Findings findings;
  private final boolean readRows;
  private final List<Column> columns = new ArrayList<>();
  private final List<Column> partitions = new ArrayList<>();
  private long rows;

  FileAudit(
      TableFiles files,
      Map<String, TableFiles.StoredFile> listed,
      ReplayedState state,
      boolean readRows,
      Findings findings) {
    this.files = files;
    this.listed = listed;
    this.state = state;
    this.readRows = readRows;
    this.findings = findings;
  }

  /** The number of live rows. */
  long run() {
    if (state.metadata == null) {
      return 0;
    }
    try {
      JsonNode schema = LogListing.json(state.metadata.path("schemaString").asText());
      List<String> partitionedBy = new ArrayList<>();
      state.metadata.path("partitionColumns").forEach(name -> partitionedBy.add(name.asText()));
      for (Column column : Column.of(schema)) {
        (partitionedBy.contains(column.name()) ? partitions : columns).add(column);
      }
    } catch (JsonProcessingException e) {
      findings.error(Rule.PROTOCOL_AND_METADATA, "", "the schema is no JSON: " + e.getMessage());
    }
    state.live.forEach(this::file);
    return rows;
  }

  private void file(FileId key, JsonNode add) {
    String path = key.path();
    for (Column partition : partitions) {
      if (!add.path("partitionValues").has(partition.physical())) {
        findings.error(
            Rule.PARTITION_VALUES, path, "it has no value of the column " + partition.name());
      }
    }
    JsonNode stats = statistics(path, add);
    BitSet deleted = deleted(path, add);
    TableFiles.StoredFile stored = listed.get(path);
    if (stored == null && !LogPaths.isAbsolute(path)) {
      findings.error(Rule.FILES_PRESENT, path, "the newest version names it, and it is not there");
      return;
    }
    if (stored != null && stored.size() != add.path("size").asLong()) {
      findings.error(
          Rule.FILE_SIZES,
          path,
          "the log says " + add.path("size").asLong() + " bytes, the storage " + stored.size());
    }
    if (!readRows) {
      rows += stats == null ? 0 : stats.path("numRecords").asLong() - deleted.cardinality();
      return;
    }
    byte[] content;
    try {
      content = files.read(path);
    } catch (FileNotFoundException e) {
      findings.error(Rule.FILES_PRESENT, path, "the newest version names it, and it is not there");
      return;
    } catch (IOException e) {
      findings.warning(Rule.FILES_PRESENT, path, "cannot be looked at: " + e.getMessage());
      return;
    }
    try {
      read(path, content, stats, deleted);
    } catch (IOException | RuntimeException e) {
      findings.error(Rule.ROW_COUNTS, path, "cannot be read as Parquet: " + e.getMessage());
    }
  }

  private @Nullable JsonNode statistics(String path, JsonNode add) {
    if (!add.hasNonNull("stats")) {
      return null;
    }
    try {
      return LogListing.json(add.get("stats").asText());
    } catch (JsonProcessingException e) {
      findings.error(Rule.STATISTICS_BOUND, path, "its statistics are no JSON");
      return null;
    }
  }

  private BitSet deleted(String path, JsonNode add) {
    JsonNode vector = add.path("deletionVector");
    if (!vector.isObject()) {
      return new BitSet();
    }
    try {
      BitSet positions = VectorContent.positions(vector, files);
      if (positions.cardinality() != vector.path("cardinality").asLong()) {
        findings.error(
            Rule.DELETION_VECTORS,
            path,
            "the log says %d deleted rows, the vector %d"
                .formatted(vector.path("cardinality").asLong(), positions.cardinality()));
      }
      return positions;
    } catch (IOException e) {
      findings.error(Rule.DELETION_VECTORS, path, "cannot be read: " + e.getMessage());
      return new BitSet();
    }
  }

  private void read(String path, byte[] content, @Nullable JsonNode stats, BitSet deleted)
      throws IOException {
    long physical = ParquetContent.rowCount(content);
    long said = stats == null ? -1 : stats.path("numRecords").asLong(-1);
    if (said >= 0 && said != physical) {
      findings.error(Rule.ROW_COUNTS, path, "the log says " + said + " rows, the file " + physical);
    }
    if (deleted.length() > physical) {
      findings.error(
          Rule.DELETION_VECTORS,
          path,
          "its vector deletes row " + (deleted.length() - 1) + " of " + physical);
    }
    rows += physical - deleted.get(0, Math.toIntExact(physical)).cardinality();
    FileStatistics real = new FileStatistics(columns);
    int[] position = {0};
    ParquetContent.rows(
        content,
        row -> {
          if (!deleted.get(position[0]++)) {
            real.take(row);
          }
        });
    findings.dataFiles++;
    if (stats != null) {
      real.check(path, stats, findings);
    }
  }
}
