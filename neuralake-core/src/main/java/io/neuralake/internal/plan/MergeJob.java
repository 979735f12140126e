package io.neuralake.internal.plan;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.VariantType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.exec.ProgressListener;
import io.neuralake.expr.Expr;
import io.neuralake.internal.eval.BoundExpr;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.meta.ComputedColumns;
import io.neuralake.internal.meta.ProtocolRules;
import io.neuralake.internal.meta.SchemaEvolution;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.meta.TableProtocol;
import io.neuralake.internal.txn.CommitOptions;
import io.neuralake.internal.txn.CommitPlan;
import io.neuralake.internal.txn.TableContext;
import io.neuralake.internal.txn.TableState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * Merges a source into a table: a task for each file that may have matching rows, then one for the
 * rows to insert. The source is read once, when the first plan is made. Used once; not thread-safe.
 */
public final class MergeJob implements RowOperation {

  private static final long MAX_SOURCE_BYTES = 256L << 20;

  /**
   * How a merge works.
   *
   * @param sourceBytes of the source's rows in memory, 0 for the default
   * @param sourceSchema columns of rows that do not say themselves, null for the table's
   * @param listener hears of progress
   * @param commit what the caller says of the commit
   */
  public record Options(
      long sourceBytes,
      @Nullable StructType sourceSchema,
      ProgressListener listener,
      CommitOptions commit) {

    public static final Options DEFAULT =
        new Options(0, null, ProgressListener.NONE, CommitOptions.NONE);

    public Options withSourceBytes(long bytes) {
      return new Options(bytes, sourceSchema, listener, commit);
    }

    public Options withSourceSchema(StructType schema) {
      return new Options(sourceBytes, schema, listener, commit);
    }

    public Options withListener(ProgressListener watching) {
      return new Options(sourceBytes, sourceSchema, watching, commit);
    }

    public Options withCommit(CommitOptions options) {
      return new Options(sourceBytes, sourceSchema, listener, options);
    }
  }

  private final TableContext table;
  private final MergeSpec spec;
  private final Options options;
  private final Supplier<RowSource> source;
  private final BufferAllocator allocator;
  private @Nullable SourceRows rows;
  private StructType sourceSchema = new StructType();

  private MergeJob(
      TableContext table,
      MergeSpec spec,
      Options options,
      Supplier<RowSource> source,
      BufferAllocator allocator) {
    this.table = table;
    this.spec = spec;
    this.options = options;
    this.source = source;
    this.allocator = allocator;
  }

  /** Merges rows of the caller's. */
  public static RewriteJob.Result run(
      TableContext table, Supplier<RowSource> rows, MergeSpec spec, Options options) {
    spec.check(table.table());
    try (BufferAllocator allocator =
        table.runtime().allocator().newChildAllocator("merge", 0, Long.MAX_VALUE)) {
      MergeJob job = new MergeJob(table, spec, options, rows, allocator);
      try {
        return new RewriteJob(table, job, options.listener()).run();
      } finally {
        if (job.rows != null) {
          job.rows.close();
        }
      }
    }
  }

  /** Merges the rows of a reader that is opened for this. */
  public static RewriteJob.Result runScan(
      TableContext table, Supplier<ArrowReader> scan, MergeSpec spec, Options options) {
    try (Opened opened = new Opened()) {
      return run(table, () -> opened.rows(scan), spec, options);
    }
  }

  /** The reader of a scan, closed with the merge that it was opened for. */
  private static final class Opened implements AutoCloseable {
    private @Nullable ArrowReader reader;

    RowSource rows(Supplier<ArrowReader> scan) {
      ArrowReader opened = scan.get();
      reader = opened;
      return RowSource.ofReader(opened);
    }

    @Override
    public void close() {
      if (reader != null) {
        try {
          reader.close();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  @Override
  public CommitOptions options() {
    return options.commit();
  }

  @Override
  public boolean onlyAdds() {
    return spec.clauses().stream().allMatch(c -> c.rows() == MergeSpec.Rows.NOT_MATCHED);
  }

  @Override
  public @Nullable CommitPlan plan(TableState state, LogSnapshot snapshot, StagedChanges staged) {
    try {
      return planned(state, snapshot, staged);
    } catch (InvalidRequestException e) {
      String message = String.valueOf(e.getMessage());
      throw message.startsWith(table.table())
          ? e
          : new InvalidRequestException(table.table() + ": " + message, e);
    }
  }

  private @Nullable CommitPlan planned(
      TableState state, LogSnapshot snapshot, StagedChanges staged) {
    TableMetadata current = state.requireMetadata();
    RowSource given = rows == null ? RowSource.begin(table.table(), source) : null;
    if (given != null) {
      StructType declared = given.declaredSchema();
      sourceSchema =
          declared != null
              ? declared
              : options.sourceSchema() != null ? options.sourceSchema() : current.schema();
    }
    TableMetadata metadata = evolved(current);
    SourceRows all = given == null ? rows : read(given, metadata.schema());
    rows = all;
    if (all == null) {
      throw new IllegalStateException("the source has been read");
    }
    MergeInput input =
        new MergeInput(
            spec, sourceSchema, all, metadata, table.table(), table.runtime().clock().instant());
    MergeInput.Ready ready = input.ready();

    TaskTable target = TaskTable.of(snapshot, metadata);
    List<RewriteTask> tasks = fileTasks(target, snapshot, input);
    List<RewriteResult> results = staged.run(tasks);
    RoaringBitmap unmatched = new RoaringBitmap();
    unmatched.add(0L, all.count());
    long updatedBySource = 0;
    long deletedBySource = 0;
    for (RewriteResult result : results) {
      if (result.outcome() instanceof MergeChange.Outcome outcome) {
        unmatched.andNot(outcome.matched());
        updatedBySource += outcome.updatedBySource();
        deletedBySource += outcome.deletedBySource();
      }
    }
    TableMetadata after = metadata;
    if (!ready.binding().notMatched().isEmpty() && !unmatched.isEmpty()) {
      // A version without files of changes shows inserted rows by its data files.
      TaskTable into = staged.isEmpty() ? target.withoutChangeFeed() : target;
      for (RewriteResult result : staged.run(List.of(new MergeInserts(into, input, unmatched)))) {
        if (result.outcome() instanceof MergeInserts.Outcome outcome) {
          after = ComputedColumns.withHighWaterMarks(metadata, outcome.lastNumbers());
        }
      }
    }
    if (staged.isEmpty() && after.equals(current)) {
      return null;
    }
    TableProtocol protocol = ProtocolRules.upgrade(state.requireProtocol(), after, table.table());
    ProtocolRules.checkWritable(protocol, table.table());
    BoundExpr read =
        ready.filter() == null
            ? new BoundExpr.Literal(true, BooleanType.BOOLEAN, false)
            : ready.filter();
    return new CommitPlan(
        "MERGE",
        parameters(),
        metrics(staged.totals(), all.count(), updatedBySource, deletedBySource),
        CommitPlan.Reads.of(List.of(read), paths(tasks)),
        protocol.equals(state.requireProtocol()) ? null : protocol,
        after.equals(current) ? null : after,
        staged.actions(),
        options.commit());
  }

  /** Files that stay count too: what is inserted depends on the rows that were found there. */
  private static Set<String> paths(List<RewriteTask> tasks) {
    Set<String> paths = new LinkedHashSet<>();
    tasks.forEach(task -> paths.add(task.file().path()));
    return paths;
  }

  private List<RewriteTask> fileTasks(TaskTable target, LogSnapshot snapshot, MergeInput input) {
    List<RewriteTask> tasks = new ArrayList<>();
    BoundExpr filter = input.ready().filter();
    MergeChange change = new MergeChange(input);
    try (ScanPlanner planner =
        new ScanPlanner(
            snapshot,
            filter == null ? null : RowFilter.of(filter, snapshot),
            true,
            new ScanCounters())) {
      for (PlannedFile file = planner.next(); file != null; file = planner.next()) {
        tasks.add(new RewriteTask(target, file.file(), change));
      }
    }
    return tasks;
  }

  // ---- the source

  private SourceRows read(RowSource given, StructType target) {
    List<StructField> fields = new ArrayList<>();
    for (StructField field : sourceSchema.fields()) {
      StructField like = ScanPlanner.find(target, field.getName());
      DataType type =
          like != null && isNested(like.getDataType()) ? like.getDataType() : field.getDataType();
      fields.add(new StructField(field.getName(), type, true));
    }
    sourceSchema = new StructType(fields);
    long memory =
        options.sourceBytes() > 0
            ? options.sourceBytes()
            : Math.min(MAX_SOURCE_BYTES, Runtime.getRuntime().maxMemory() / 4);
    try {
      return SourceRows.of(given.open(sourceSchema, allocator), allocator, memory);
    } catch (UncheckedIOException e) {
      throw new InvalidRequestException(
          table.table() + ": the rows could not be read: " + e.getMessage(), e);
    }
  }

  /** Values of such types cannot be converted, so they are read as the table has them. */
  private static boolean isNested(DataType type) {
    return type instanceof StructType
        || type instanceof ArrayType
        || type instanceof MapType
        || type instanceof VariantType;
  }

  /** The table with the columns that the source adds. */
  private TableMetadata evolved(TableMetadata current) {
    if (!spec.evolve()) {
      return current;
    }
    List<StructField> taken = new ArrayList<>();
    for (StructField field : sourceSchema.fields()) {
      StructField there = ScanPlanner.find(current.schema(), field.getName());
      boolean changes =
          there == null || isNested(there.getDataType()) || current.properties().typeWidening();
      if (changes && spec.sets(field.getName())) {
        taken.add(field);
      }
    }
    return SchemaEvolution.merge(
        current, new StructType(taken), true, table.runtime()::newUuid, table.table());
  }

  // ---- what the history says

  private Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    Expr on = spec.on();
    parameters.put("predicate", Engine.jsonArray(on == null ? List.of() : List.of(on.toSql())));
    parameters.put("matchedPredicates", predicates(MergeSpec.Rows.MATCHED));
    parameters.put("notMatchedPredicates", predicates(MergeSpec.Rows.NOT_MATCHED));
    parameters.put(
        "notMatchedBySourcePredicates", predicates(MergeSpec.Rows.NOT_MATCHED_BY_SOURCE));
    return parameters;
  }

  private String predicates(MergeSpec.Rows kind) {
    List<Map<String, String>> predicates = new ArrayList<>();
    for (MergeSpec.Clause clause : spec.clauses(kind)) {
      Map<String, String> predicate = new LinkedHashMap<>();
      if (clause.condition() != null) {
        predicate.put("predicate", clause.condition().toSql());
      }
      predicate.put("actionType", clause.action().name().toLowerCase(Locale.ROOT));
      predicates.add(predicate);
    }
    return Engine.text(predicates);
  }

  private static Map<String, String> metrics(
      RewriteTotals totals, long sourceRows, long updatedBySource, long deletedBySource) {
    RowCounts counts = totals.rows();
    Map<String, String> metrics = new LinkedHashMap<>();
    RewriteTotals.put(metrics, "numSourceRows", sourceRows);
    RewriteTotals.put(metrics, "numTargetRowsInserted", counts.inserted());
    RewriteTotals.put(metrics, "numTargetRowsUpdated", counts.updated());
    RewriteTotals.put(metrics, "numTargetRowsMatchedUpdated", counts.updated() - updatedBySource);
    RewriteTotals.put(metrics, "numTargetRowsNotMatchedBySourceUpdated", updatedBySource);
    RewriteTotals.put(metrics, "numTargetRowsDeleted", counts.deleted());
    RewriteTotals.put(metrics, "numTargetRowsMatchedDeleted", counts.deleted() - deletedBySource);
    RewriteTotals.put(metrics, "numTargetRowsNotMatchedBySourceDeleted", deletedBySource);
    RewriteTotals.put(metrics, "numTargetRowsCopied", counts.copied());
    RewriteTotals.put(
        metrics, "numOutputRows", counts.inserted() + counts.updated() + counts.copied());
    Map<String, String> common = totals.metrics();
    common.remove("numCopiedRows");
    rename(common, "numAddedFiles", "numTargetFilesAdded");
    rename(common, "numAddedBytes", "numTargetBytesAdded");
    rename(common, "numRemovedFiles", "numTargetFilesRemoved");
    rename(common, "numRemovedBytes", "numTargetBytesRemoved");
    rename(common, "numAddedChangeFiles", "numTargetChangeFilesAdded");
    rename(common, "numDeletionVectorsAdded", "numTargetDeletionVectorsAdded");
    rename(common, "numDeletionVectorsRemoved", "numTargetDeletionVectorsRemoved");
    rename(common, "numDeletionVectorsUpdated", "numTargetDeletionVectorsUpdated");
    metrics.putAll(common);
    return metrics;
  }

  private static void rename(Map<String, String> metrics, String from, String to) {
    String value = metrics.remove(from);
    if (value != null) {
      metrics.put(to, value);
    }
  }
}
