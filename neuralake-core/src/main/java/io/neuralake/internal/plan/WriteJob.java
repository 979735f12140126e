package io.neuralake.internal.plan;

import io.delta.kernel.types.StructType;
import io.neuralake.error.CommitConflictException;
import io.neuralake.error.CommitStateUnknownException;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.KernelErrors;
import io.neuralake.internal.meta.ColumnMapping;
import io.neuralake.internal.meta.ComputedColumns;
import io.neuralake.internal.meta.ProtocolRules;
import io.neuralake.internal.meta.SchemaEvolution;
import io.neuralake.internal.meta.SchemaRules;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.meta.TableProtocol;
import io.neuralake.internal.txn.CommitOutcome;
import io.neuralake.internal.txn.CommitPlan;
import io.neuralake.internal.txn.Operation;
import io.neuralake.internal.txn.TableContext;
import io.neuralake.internal.txn.TableState;
import io.neuralake.internal.txn.Transaction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows: stages data files, then commits them, by themselves or in place of all that was
 * there. Used once; not thread-safe.
 */
public final class WriteJob {

  /**
   * What was written.
   *
   * @param outcome the commit; without a plan if the transaction was there already
   * @param rows rows in the new files
   * @param bytes bytes of the new files
   * @param replaced what the rows replace, null if that is nothing
   * @param writing time until the data files were complete
   * @param committing time from then on
   */
  public record Result(
      CommitOutcome outcome,
      long rows,
      long bytes,
      @Nullable RewriteTotals replaced,
      Duration writing,
      Duration committing) {}

  private final TableContext table;
  private final RowSource source;
  private final WriteOptions options;

  public WriteJob(TableContext table, RowSource source, WriteOptions options) {
    this.table = table;
    this.source = source;
    this.options = options;
  }

  /** Writes rows, without asking for one if the transaction was recorded before. */
  public static Result run(TableContext table, Supplier<RowSource> rows, WriteOptions options) {
    Action.SetTransaction transaction = options.commit().transaction();
    if (transaction != null) {
      TableState state = table.stateForWriting(transaction);
      if (table.holder(state, transaction).isPresent()) {
        return nothing(new CommitOutcome(state, null, table.runtime().clock().millis(), 0));
      }
    }
    return new WriteJob(table, RowSource.begin(table.table(), rows), options).run();
  }

  /** Does it. */
  public Result run() {
    Instant begun = table.runtime().clock().instant();
    try (BufferAllocator allocator =
        table.runtime().allocator().newChildAllocator("write", 0, Long.MAX_VALUE)) {
      Prepared prepared = prepare(allocator);
      try (StagedFiles staged =
          new StagedFiles(prepared.target(), table.log().store(), table.runtime())) {
        return stageAndCommit(prepared, staged, begun);
      }
    }
  }

  private static Result nothing(CommitOutcome outcome) {
    return new Result(outcome, 0, 0, null, Duration.ZERO, Duration.ZERO);
  }

  private Result stageAndCommit(Prepared prepared, StagedFiles staged, Instant begun) {
    Clock clock = table.runtime().clock(); // the lake may be closed while the commit is under way
    ReplacedRows replaced =
        options.replaced() == null
            ? null
            : new ReplacedRows(table, options.replaced(), prepared.target());
    boolean settled = false;
    try {
      stage(prepared, staged, replaced);
      Instant written = clock.instant();
      if (options.beforeCommit() != null) {
        options.beforeCommit().run();
      }
      Operation operation = state -> plan(state, prepared, staged, replaced);
      TableState start = table.newest(prepared.state());
      CommitOutcome outcome =
          options.overwrite()
              ? Transaction.run(table, start, operation, Engine.INFO)
              : table.appends().append(start, operation, Engine.INFO);
      if (outcome.plan() == null) {
        return nothing(outcome); // another committed the same transaction meanwhile
      }
      settled = true;
      if (replaced != null) {
        replaced.discard(true);
      }
      return new Result(
          outcome,
          staged.rows(),
          staged.bytes(),
          replaced == null ? null : replaced.totals(),
          Duration.between(begun, written),
          Duration.between(written, clock.instant()));
    } catch (CommitStateUnknownException | Error e) {
      settled = true; // the commit may hold these files
      throw e;
    } finally {
      if (!settled) {
        staged.discard();
        if (replaced != null) {
          replaced.discard(false);
        }
      }
    }
  }

  /** What a write is planned on, once it is clear that the rows fit. */
  private record Prepared(
      TableState state,
      WriteTarget target,
      RowCompletion completion,
      RowSource.BatchSource batches) {}

  /**
   * Checks the rows' schema against the remembered state, and against the newest if it does not
   * fit. Where values are computed, the newest is asked for at once: what others have changed there
   * would come to light when the files are written.
   */
  private Prepared prepare(BufferAllocator allocator) {
    TableState remembered = options.overwrite() ? table.refresh() : table.stateForWriting();
    if (!options.overwrite() && ComputedColumns.in(remembered.requireMetadata().schema())) {
      remembered = table.refresh();
    }
    try {
      return prepare(remembered, allocator);
    } catch (InvalidRequestException e) {
      TableState newest = table.refresh();
      if (newest.requireMetadata().equals(remembered.requireMetadata())) {
        throw e;
      }
      return prepare(newest, allocator);
    }
  }

  private Prepared prepare(TableState state, BufferAllocator allocator) {
    TableMetadata metadata = metadataAfter(state);
    ProtocolRules.checkWritable(state.requireProtocol(), table.table());
    WriteTarget target = WriteTarget.of(table.table(), metadata);
    if (options.targetFileBytes() > 0) {
      target = target.withFileBytes(options.targetFileBytes());
    }
    RowCompletion completion =
        RowCompletion.of(metadata, source.declaredSchema(), table.runtime().clock(), table.table());
    try {
      RowSource.BatchSource rows =
          source.withDefaults(completion.defaultValues()).open(completion.incoming(), allocator);
      return new Prepared(state, target, completion, completion.complete(rows, allocator));
    } catch (InvalidRequestException e) {
      throw named(e);
    }
  }

  private InvalidRequestException named(InvalidRequestException e) {
    String message = String.valueOf(e.getMessage());
    return message.startsWith(table.table())
        ? e
        : new InvalidRequestException(
            table.table()
                + ": "
                + message
                + (message.endsWith(".") ? "" : ".")
                + " Nothing was written.",
            e);
  }

  /** The table's metadata once the rows are in it. */
  private TableMetadata metadataAfter(TableState state) {
    TableMetadata metadata = state.requireMetadata();
    StructType rows = source.declaredSchema();
    if (rows == null) {
      return metadata;
    }
    if (options.replaceSchema()) {
      return replaced(metadata, rows);
    }
    return SchemaEvolution.merge(
        metadata, rows, options.evolve(), table.runtime()::newUuid, table.table());
  }

  private TableMetadata replaced(TableMetadata metadata, StructType rows) {
    if (SchemaShape.same(rows, metadata.schema())) {
      return metadata;
    }
    List<String> partitions =
        SchemaRules.resolvePartitionColumns(rows, metadata.partitionColumns(), table.table());
    TableMetadata changed =
        ColumnMapping.assignForNewTable(
            metadata.withSchema(rows).withPartitionColumns(partitions), table.runtime()::newUuid);
    SchemaRules.validate(changed, table.table());
    return changed;
  }

  private void stage(Prepared prepared, StagedFiles staged, @Nullable ReplacedRows replaced) {
    RowRules rules = RowRules.of(prepared.target().metadata(), table.table());
    long row = 0;
    try {
      for (VectorSchemaRoot next = prepared.batches().next();
          next != null;
          next = prepared.batches().next()) {
        try (VectorSchemaRoot batch = next) {
          rules.check(batch, row);
          if (replaced != null) {
            replaced.accept(batch, row, table.runtime().allocator());
          }
          staged.write(batch);
          row += batch.getRowCount();
        }
      }
      staged.finish();
      if (replaced != null) {
        replaced.finish();
      }
    } catch (InvalidRequestException e) {
      lookAgain(e);
      throw named(e);
    } catch (UncheckedIOException e) {
      throw new InvalidRequestException(
          table.table()
              + ": the rows could not be read: "
              + e.getMessage()
              + ". Nothing was written.",
          e);
    } catch (IOException e) {
      throw KernelErrors.translate(table.table(), "writing data files", e);
    }
  }

  /** The rule that a row broke may be gone: the next write must not meet it. */
  private void lookAgain(InvalidRequestException refused) {
    try {
      table.refresh();
    } catch (RuntimeException e) {
      refused.addSuppressed(e);
    }
  }

  private @Nullable CommitPlan plan(
      TableState state, Prepared prepared, StagedFiles staged, @Nullable ReplacedRows replaced) {
    Action.SetTransaction transaction = options.commit().transaction();
    if (table.holder(state, transaction).isPresent()) {
      return null;
    }
    TableMetadata written = prepared.target().metadata();
    TableMetadata current = state.requireMetadata();
    // New columns have random physical names, by which the files hold them: never merge twice.
    boolean unchanged =
        current.equals(written) || current.equals(prepared.state().requireMetadata());
    TableMetadata wanted = unchanged ? written : metadataAgain(state, written);
    wanted = numbered(wanted, prepared, staged, replaced, state);
    TableProtocol protocol = ProtocolRules.upgrade(state.requireProtocol(), wanted, table.table());
    ProtocolRules.checkWritable(protocol, table.table());

    List<Action.Add> adds = staged.files();
    List<Action> actions = new ArrayList<>();
    if (transaction != null) {
      actions.add(transaction);
    }
    actions.addAll(options.commit().progress());
    CommitPlan.Reads reads = CommitPlan.Reads.NOTHING;
    if (replaced != null) {
      ReplacedRows.Part gone = replaced.plan(state, adds);
      if (options.replacesPart() && gone.actions().isEmpty() && adds.isEmpty()) {
        return null;
      }
      reads = gone.reads();
      actions.addAll(gone.actions());
    }
    actions.addAll(adds);
    return new CommitPlan(
        "WRITE",
        parameters(wanted),
        metrics(adds.size(), staged, replaced),
        reads,
        protocol.equals(state.requireProtocol()) ? null : protocol,
        wanted.equals(current) ? null : wanted,
        actions,
        options.commit());
  }

  private Map<String, String> parameters(TableMetadata metadata) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("mode", options.overwrite() ? "Overwrite" : "Append");
    parameters.put("partitionBy", Engine.jsonArray(metadata.partitionColumns()));
    if (options.replaceSchema()) {
      parameters.put("canOverwriteSchema", "true");
    }
    if (options.evolve()) {
      parameters.put("canMergeSchema", "true");
    }
    if (options.replaced() != null && options.replaced().condition() != null) {
      parameters.put("predicate", options.replaced().condition().toSql());
    } else if (options.replacesPart()) {
      parameters.put("isDynamicPartitionOverwrite", "true");
    }
    return parameters;
  }

  private Map<String, String> metrics(
      int files, StagedFiles staged, @Nullable ReplacedRows replaced) {
    Map<String, String> metrics = new LinkedHashMap<>();
    RewriteTotals.put(metrics, "numFiles", files);
    RewriteTotals.put(metrics, "numOutputRows", staged.rows());
    RewriteTotals.put(metrics, "numOutputBytes", staged.bytes());
    if (replaced != null) {
      RewriteTotals totals = replaced.totals();
      RewriteTotals.put(metrics, "numRemovedFiles", totals.filesRemoved());
      RewriteTotals.put(metrics, "numRemovedBytes", totals.bytesRemoved());
      if (options.replacesPart() && totals.rows().deleted() >= 0) {
        RewriteTotals.put(metrics, "numDeletedRows", totals.rows().deleted());
        RewriteTotals.put(metrics, "numCopiedRows", totals.rows().copied());
        RewriteTotals.put(metrics, "numAddedChangeFiles", totals.changeFiles());
      }
    }
    return metrics;
  }

  /**
   * The metadata after the write, on a table whose metadata has changed since the files were
   * written; they must still be what the table asks for.
   */
  private TableMetadata metadataAgain(TableState state, TableMetadata written) {
    TableMetadata wanted = metadataAfter(state);
    String problem = WrittenFit.problem(written, wanted);
    if (problem != null) {
      throw new CommitConflictException(
          table.table()
              + ": the table was changed while its rows were being written (now version "
              + state.version()
              + "): "
              + problem
              + ". Nothing was committed; write the rows again.");
    }
    return wanted;
  }

  /**
   * The metadata that says which numbers of identity columns are given out. If others have given
   * out those in the files meanwhile, the files are written again with the next ones.
   */
  private TableMetadata numbered(
      TableMetadata wanted,
      Prepared prepared,
      StagedFiles staged,
      @Nullable ReplacedRows replaced,
      TableState state) {
    RowCompletion completion = prepared.completion();
    if (!completion.numbersAreFree(wanted, table.table())) {
      boolean recorded = replaced != null && replaced.recordsNewRows();
      Map<String, Long> shifts = recorded ? null : completion.renumber(wanted, table.table());
      if (shifts == null) {
        throw new CommitConflictException(
            table.table()
                + ": version "
                + state.version()
                + " has taken the numbers that the rows have in identity columns. Nothing was"
                + " committed; write the rows again.");
      }
      renumber(wanted, shifts, staged);
    }
    return ComputedColumns.withHighWaterMarks(wanted, completion.lastNumbers());
  }

  private void renumber(TableMetadata wanted, Map<String, Long> shifts, StagedFiles staged) {
    RowRules rules = RowRules.of(wanted, table.table());
    try {
      staged.rewrite(
          batch -> {
            shifts.forEach(
                (column, shift) -> {
                  BigIntVector numbers = (BigIntVector) batch.getVector(column);
                  for (int row = 0; row < batch.getRowCount(); row++) {
                    numbers.set(row, Math.addExact(numbers.get(row), shift));
                  }
                });
            rules.check(batch, 0);
          });
    } catch (IOException e) {
      throw KernelErrors.translate(table.table(), "writing data files again", e);
    }
  }
}
