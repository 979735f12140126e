package io.neuralake.internal.plan;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.log.DataPaths;
import io.neuralake.internal.log.DeletionVector;
import io.neuralake.internal.log.DeletionVectors;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.log.TimeTravel;
import io.neuralake.internal.meta.ProtocolRules;
import io.neuralake.internal.meta.TableDefinition;
import io.neuralake.internal.meta.TableFeature;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.meta.TableProperties;
import io.neuralake.internal.txn.CommitOptions;
import io.neuralake.internal.txn.CommitOutcome;
import io.neuralake.internal.txn.CommitPlan;
import io.neuralake.internal.txn.TableContext;
import io.neuralake.internal.txn.TableState;
import io.neuralake.internal.txn.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a new table of the files of another, which stay where they are.
 *
 * @param source the other table
 * @param version which version of it, -1 if the moment says so, or for the newest
 * @param moment as of when, null if the version says so, or for the newest
 * @param options what the caller says of the commit
 */
public record CloneJob(
    TableContext source, long version, @Nullable Instant moment, CommitOptions options) {

  /** Does it. */
  public CommitOutcome commit(TableContext table) {
    refuseExisting(table, table.log().latestIfExists().isPresent());
    TimeTravel travel = new TimeTravel(source.log());
    LogSnapshot from =
        moment != null
            ? travel.at(moment)
            : version < 0 ? source.log().latest() : travel.at(version);
    ProtocolRules.checkWritable(from.protocol(), source.table());
    CommitPlan plan = plan(table, from);
    return Transaction.run(
        table,
        TableState.ABSENT,
        state -> {
          refuseExisting(table, state.exists());
          return plan;
        },
        Engine.INFO);
  }

  private static void refuseExisting(TableContext table, boolean exists) {
    if (exists) {
      throw new InvalidRequestException(
          table.table() + ": a table exists here already. Clone to another location.");
    }
  }

  private CommitPlan plan(TableContext table, LogSnapshot from) {
    List<Action> actions = new ArrayList<>();
    if (options.transaction() != null) {
      actions.add(options.transaction());
    }
    long files = 0;
    long bytes = 0;
    try (LogSnapshot.Files live = from.files(true)) {
      while (live.hasNext()) {
        DataFile file = live.next();
        files++;
        bytes += file.size();
        actions.add(new Action.Add(absolute(from.table(), file), true));
      }
    }
    if (from.protocol().supports(TableFeature.CLUSTERING)) {
      String clustering = from.domains().get(Clustering.DOMAIN);
      if (clustering != null) {
        actions.add(new Action.DomainMetadata(Clustering.DOMAIN, clustering, false));
      }
    }
    return new CommitPlan(
        "CLONE",
        Map.of("source", from.table(), "sourceVersion", Long.toString(from.version())),
        metrics(files, bytes),
        CommitPlan.Reads.NOTHING,
        from.protocol(),
        metadata(table, from.metadata()),
        actions,
        options);
  }

  private static Map<String, String> metrics(long files, long bytes) {
    Map<String, String> metrics = new LinkedHashMap<>();
    metrics.put("sourceTableSize", Long.toString(bytes));
    metrics.put("sourceNumOfFiles", Long.toString(files));
    for (String none :
        List.of("numRemovedFiles", "numCopiedFiles", "removedFilesSize", "copiedFilesSize")) {
      metrics.put(none, "0");
    }
    return metrics;
  }

  /** Row ids are given out anew: those of the source say nothing in another table. */
  private static DataFile absolute(String source, DataFile file) {
    DeletionVector vector = file.deletionVector();
    return new DataFile(
        DataPaths.absolute(DataPaths.resolve(source, file.path())),
        file.partitionValues(),
        file.size(),
        file.modificationTime(),
        file.stats(),
        vector == null ? null : DeletionVectors.absolute(source, vector),
        file.tags(),
        null,
        null);
  }

  private static TableMetadata metadata(TableContext table, TableMetadata source) {
    Map<String, String> configuration = new LinkedHashMap<>(source.configuration());
    // In-commit timestamps, if the source has them, are in the new table's commits from the first.
    configuration.remove(TableProperties.IN_COMMIT_TIMESTAMP_VERSION);
    configuration.remove(TableProperties.IN_COMMIT_TIMESTAMP_TIMESTAMP);
    return TableDefinition.withRowTrackingNames(
        new TableMetadata(
            table.runtime().newUuid().toString(),
            null,
            null,
            source.format(),
            source.schema(),
            source.schemaString(),
            source.partitionColumns(),
            configuration,
            source.createdTime()),
        table.runtime()::newUuid);
  }
}
