package io.neuralake.internal.txn;

import io.neuralake.exec.IsolationLevel;
import io.neuralake.internal.log.Action.SetTransaction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a caller says of a commit, whatever the operation. Immutable.
 *
 * @param userMetadata free text, null for none
 * @param tags names and values of the caller's choice
 * @param transaction what makes a repetition a no-op, null for nothing
 * @param progress of further applications, recorded as it is
 * @param isolation how strictly what the operation reads is kept apart, null for what the table
 *     says
 */
public record CommitOptions(
    @Nullable String userMetadata,
    Map<String, String> tags,
    @Nullable SetTransaction transaction,
    List<SetTransaction> progress,
    @Nullable IsolationLevel isolation) {

  /** Nothing said. */
  public static final CommitOptions NONE = new CommitOptions(null, Map.of(), null, List.of(), null);

  public CommitOptions {
    tags = Collections.unmodifiableMap(new LinkedHashMap<>(tags));
    progress = List.copyOf(progress);
  }

  public CommitOptions withUserMetadata(@Nullable String text) {
    return new CommitOptions(text, tags, transaction, progress, isolation);
  }

  /** One tag more, or another value of a tag. */
  public CommitOptions withTag(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(tags);
    more.put(name, value);
    return new CommitOptions(userMetadata, more, transaction, progress, isolation);
  }

  public CommitOptions withTransaction(String appId, long version) {
    SetTransaction once = new SetTransaction(appId, version, null);
    return new CommitOptions(userMetadata, tags, once, progress, isolation);
  }

  /** Progress of one application more. */
  public CommitOptions withProgress(String appId, long version) {
    List<SetTransaction> more = new ArrayList<>(progress);
    more.removeIf(txn -> txn.appId().equals(appId));
    more.add(new SetTransaction(appId, version, null));
    return new CommitOptions(userMetadata, tags, transaction, more, isolation);
  }

  public CommitOptions withIsolation(IsolationLevel level) {
    return new CommitOptions(userMetadata, tags, transaction, progress, level);
  }

  /** Whether the history would keep the same with both commits. */
  boolean sameRemarks(CommitOptions other) {
    return Objects.equals(userMetadata, other.userMetadata) && tags.equals(other.tags);
  }
}
