package io.neuralake.internal.log;

import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.meta.TableProtocol;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a commit file holds, as far as conflict rules, history, rebasing and change feeds need it.
 *
 * @param version the version
 * @param info provenance, null if the commit has none
 * @param protocol the new protocol, null if unchanged
 * @param metadata the new metadata, null if unchanged
 * @param transactions progress of applications, by their ids
 * @param domains configuration by domain; a removed domain has a null value
 * @param adds files added (empty if they were not asked for)
 * @param removes files removed (empty if they were not asked for)
 * @param changes change data files (empty if they were not asked for)
 */
public record CommitContent(
    long version,
    @Nullable CommitInfo info,
    @Nullable TableProtocol protocol,
    @Nullable TableMetadata metadata,
    Map<String, Action.SetTransaction> transactions,
    Map<String, @Nullable String> domains,
    List<Action.Add> adds,
    List<Removed> removes,
    List<DataFile> changes) {

  /**
   * A removed logical file.
   *
   * @param file what the log says of it; without statistics, its size 0 where it does not say
   * @param dataChange whether rows changed, or were only moved to other files
   */
  public record Removed(DataFile file, boolean dataChange) {

    /** As it stands in the log. */
    public String path() {
      return file.path();
    }
  }

  /** The commit's own identity, null if it has none. */
  public @Nullable String txnId() {
    return info == null ? null : info.txnId();
  }

  /** Whether the commit says that its operation read nothing. */
  public boolean isBlindAppend() {
    return info != null && Boolean.TRUE.equals(info.isBlindAppend());
  }

  /** The operation's name for messages. */
  public String operation() {
    return info == null || info.operation() == null ? "unknown operation" : info.operation();
  }
}
