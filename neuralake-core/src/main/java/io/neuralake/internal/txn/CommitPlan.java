package io.neuralake.internal.txn;

import io.neuralake.internal.log.Action;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.meta.TableProtocol;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an operation wants to commit, planned on one state of the table. Immutable.
 *
 * @param operation name as Spark writes it, such as {@code WRITE}
 * @param parameters operation parameters; each value is JSON text
 * @param metrics operation metrics
 * @param reads what the plan depends on
 * @param protocol the new protocol, null if unchanged
 * @param metadata the new metadata, null if unchanged
 * @param actions adds, removes, transactions and domains, in the order in which they are written
 * @param userMetadata free text of the caller
 */
public record CommitPlan(
    String operation,
    Map<String, String> parameters,
    Map<String, String> metrics,
    Reads reads,
    @Nullable TableProtocol protocol,
    @Nullable TableMetadata metadata,
    List<Action> actions,
    @Nullable String userMetadata) {

  /** What of the table an operation has read. */
  public enum Reads {
    /** Nothing: a blind append. */
    NOTHING,
    /** Schema and properties only. */
    METADATA,
    /** All files. */
    EVERYTHING
  }

  /** Whether the commit only adds rows and read nothing. */
  boolean isBlindAppend() {
    return reads == Reads.NOTHING
        && metadata == null
        && protocol == null
        && actions.stream().noneMatch(a -> a instanceof Action.Remove);
  }
}
