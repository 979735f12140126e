package io.neuralake.internal.txn;

import io.neuralake.exec.IsolationLevel;
import io.neuralake.internal.eval.BoundExpr;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.meta.TableProtocol;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an operation wants to commit, planned on one state of the table. Immutable.
 *
 * @param operation name as Spark writes it, such as {@code WRITE}
 * @param parameters operation parameters; each value is JSON text
 * @param metrics operation metrics
 * @param reads what of the table's rows the plan depends on
 * @param protocol the new protocol, null if unchanged
 * @param metadata the new metadata, null if unchanged
 * @param actions adds, removes, transactions and domains, in the order in which they are written;
 *     transactions get the time of the commit where they have none
 * @param options what the caller says of the commit; its transaction is among the actions too
 */
public record CommitPlan(
    String operation,
    Map<String, String> parameters,
    Map<String, String> metrics,
    Reads reads,
    @Nullable TableProtocol protocol,
    @Nullable TableMetadata metadata,
    List<Action> actions,
    CommitOptions options) {

  /**
   * What of the table's rows an operation has read. (Every plan depends on schema and properties.)
   *
   * @param everything whether the plan stands for the whole table as it was
   * @param predicates the rows that it looked for, bound to the table's schema: a file that may
   *     hold a row for which one of them is true should have been read
   * @param files paths, as they stand in the log, of the files that were read
   */
  public record Reads(boolean everything, List<BoundExpr> predicates, Set<String> files) {

    /** No rows: a blind append, or a change of schema or properties. */
    public static final Reads NOTHING = new Reads(false, List.of(), Set.of());

    /** All rows of the table. */
    public static final Reads EVERYTHING = new Reads(true, List.of(), Set.of());

    /**
     * The rows that match any of the predicates, found in these files. Without predicates: these
     * files for their own sake, as compaction reads them.
     */
    public static Reads of(List<BoundExpr> predicates, Set<String> files) {
      return new Reads(false, List.copyOf(predicates), Set.copyOf(files));
    }

    boolean nothing() {
      return !everything && predicates.isEmpty() && files.isEmpty();
    }
  }

  /** Whether the commit only adds rows and read nothing. */
  boolean isBlindAppend() {
    return metadata == null && protocol == null && !dependsOnFiles();
  }

  /** Whether it matters which files a concurrent commit adds and removes. */
  boolean dependsOnFiles() {
    return !reads.nothing() || actions.stream().anyMatch(Action.Remove.class::isInstance);
  }

  /** How strictly the plan is kept apart from others on a table. */
  IsolationLevel isolation(TableMetadata table) {
    return options.isolation() == null ? table.properties().isolationLevel() : options.isolation();
  }
}
