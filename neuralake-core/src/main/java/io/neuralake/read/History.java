package io.neuralake.read;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.log.CommitContent;
import io.neuralake.internal.log.CommitInfo;
import io.neuralake.internal.log.TableLog;
import io.neuralake.internal.txn.TableContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads who did what, and when, from the log. */
public final class History {

  private final TableContext table;

  /** For {@code NeuralTable}. */
  public History(TableContext table) {
    this.table = table;
  }

  /**
   * The newest versions, newest first. Costs a listing of the log's newest part and one request per
   * version.
   *
   * @param limit how many at most, one or more
   */
  public List<HistoryEntry> newest(int limit) {
    if (limit < 1) {
      throw new InvalidRequestException(
          table.table() + ": the limit of a history must be positive, but is " + limit + ".");
    }
    TableLog log = table.log();
    long newest = table.latest().version();
    List<TableLog.CommitFile> commits =
        log.commitFiles(Math.max(0, newest - limit + 1), Long.MAX_VALUE);
    List<HistoryEntry> entries = new ArrayList<>();
    for (int i = commits.size() - 1; i >= 0 && entries.size() < limit; i--) {
      TableLog.CommitFile file = commits.get(i);
      entries.add(entry(log.provenance(file.version()), file.millis()));
    }
    return List.copyOf(entries);
  }

  private static HistoryEntry entry(CommitContent commit, long millis) {
    CommitInfo info = commit.info();
    if (info == null) {
      return new HistoryEntry(
          commit.version(),
          Instant.ofEpochMilli(millis),
          "unknown",
          Map.of(),
          Map.of(),
          Optional.empty(),
          Map.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }
    @Nullable Long inCommit = info.inCommitTimestamp();
    return new HistoryEntry(
        commit.version(),
        Instant.ofEpochMilli(inCommit == null ? millis : inCommit),
        info.operation() == null ? "unknown" : info.operation(),
        info.parameters(),
        info.metrics(),
        Optional.ofNullable(info.userMetadata()),
        info.tags(),
        Optional.ofNullable(info.engineInfo()),
        Optional.ofNullable(info.readVersion()),
        Optional.ofNullable(info.isolationLevel()),
        Optional.ofNullable(info.isBlindAppend()));
  }
}
