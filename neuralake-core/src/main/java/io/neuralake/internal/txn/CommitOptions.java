package io.neuralake.internal.txn;

import io.neuralake.exec.IsolationLevel;
import io.neuralake.internal.log.Action.SetTransaction;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a caller says of a commit, whatever the operation. Immutable.
 *
 * @param userMetadata free text, null for none
 * @param tags names and values of the caller's choice
 * @param transaction what makes a repetition a no-op, null for nothing
 * @param isolation how strictly what the operation reads is kept apart, null for what the table
 *     says
 */
public record CommitOptions(
    @Nullable String userMetadata,
    Map<String, String> tags,
    @Nullable SetTransaction transaction,
    @Nullable IsolationLevel isolation) {

  /** Nothing said. */
  public static final CommitOptions NONE = new CommitOptions(null, Map.of(), null, null);

  public CommitOptions {
    tags = Collections.unmodifiableMap(new LinkedHashMap<>(tags));
  }

  public CommitOptions withUserMetadata(@Nullable String text) {
    return new CommitOptions(text, tags, transaction, isolation);
  }

  /** One tag more, or another value of a tag. */
  public CommitOptions withTag(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(tags);
    more.put(name, value);
    return new CommitOptions(userMetadata, more, transaction, isolation);
  }

  public CommitOptions withTransaction(String appId, long version) {
    SetTransaction once = new SetTransaction(appId, version, null);
    return new CommitOptions(userMetadata, tags, once, isolation);
  }

  public CommitOptions withIsolation(IsolationLevel level) {
    return new CommitOptions(userMetadata, tags, transaction, level);
  }

  /** Whether the history would keep the same with both commits. */
  boolean sameRemarks(CommitOptions other) {
    return Objects.equals(userMetadata, other.userMetadata) && tags.equals(other.tags);
  }
}
