package io.neuralake.testkit.audit;

import com.fasterxml.jackson.databind.JsonNode;
import io.neuralake.lock.CommitName;
import io.neuralake.testkit.audit.ReplayedState.FileId;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Replays a log version by version, and compares all that says the same in other words. */
final class LogAudit {
  private static final int SHOWN = 5;

  private final LogListing log;
  private final Findings findings;
  private final ReplayedState state = new ReplayedState();

  /** Paths that any action names, of data, changes and vectors. */
  final Set<String> named = new HashSet<>();

  private final Map<String, Long> transactionIds = new HashMap<>();
  private final TreeMap<Long, ReplayedState> starts = new TreeMap<>();
  private Instant lastModified = Instant.MIN;
  private long lastInCommit = Long.MIN_VALUE;

  LogAudit(LogListing log, Findings findings) {
    this.log = log;
    this.findings = findings;
  }

  /** The newest version, or -1. */
  long lastVersion() {
    long commit = log.commits.isEmpty() ? -1 : log.commits.lastKey();
    long checkpoint = log.checkpoints.isEmpty() ? -1 : log.checkpoints.lastKey();
    return Math.max(commit, checkpoint);
  }

  /** Replays everything. */
  ReplayedState run() {
    long last = lastVersion();
    if (last < 0) {
      findings.error(Rule.VERSIONS_WITHOUT_GAPS, LogListing.FOLDER, "there is no version at all");
      return state;
    }
    long version = begin() + 1;
    Set<Long> missing = new TreeSet<>();
    for (; version <= last; version++) {
      compactedAhead(version);
      TableFiles.StoredFile file = log.commits.get(version);
      if (file != null) {
        commit(version, file);
      } else {
        missing.add(version);
      }
      compare(version);
    }
    missing.forEach(
        gap ->
            findings.error(
                Rule.VERSIONS_WITHOUT_GAPS,
                LogListing.FOLDER + CommitName.of(gap),
                "version " + gap + " of " + last + " is missing"));
    if (state.protocol == null || state.metadata == null) {
      findings.error(
          Rule.PROTOCOL_AND_METADATA, "", "the newest version has no protocol or no metadata");
    }
    lastCheckpoint();
    return state;
  }

  /** Takes the first version, or the oldest checkpoint where the log's beginning was cleaned up. */
  private long begin() {
    if (log.commits.containsKey(0L) || log.checkpoints.isEmpty()) {
      return -1;
    }
    long start = log.checkpoints.firstKey();
    List<String> paths = log.checkpoints.firstEntry().getValue().get(0);
    try {
      List<JsonNode> actions = log.checkpoint(paths);
      actions.forEach(this::name);
      state.apply(actions);
    } catch (IOException e) {
      findings.error(Rule.LOG_READABLE, paths.get(0), "cannot be read: " + e.getMessage());
    }
    return start;
  }

  private void commit(long version, TableFiles.StoredFile file) {
    List<JsonNode> actions = log.actions(file.path(), findings);
    findings.commits++;
    String path = file.path();
    if (file.modified().isBefore(lastModified)) {
      findings.note(
          Rule.TIMESTAMPS_GROW, path, "its file is older than that of the version before");
    }
    lastModified = file.modified();
    once(version, path, actions);
    files(path, actions);
    actions.forEach(this::name);
    state.apply(actions);
    inCommitTimestamp(path, actions);
    if (version == 0 && (state.protocol == null || state.metadata == null)) {
      findings.error(Rule.PROTOCOL_AND_METADATA, path, "version 0 has no protocol or no metadata");
    }
  }

  private void name(JsonNode action) {
    for (String kind : List.of("add", "remove", "cdc")) {
      if (action.hasNonNull(kind)) {
        JsonNode file = action.get(kind);
        named.add(LogPaths.decoded(file.path("path").asText()));
        try {
          if (file.hasNonNull("deletionVector")) {
            named.add(VectorContent.path(file.get("deletionVector")));
          }
        } catch (IOException e) {
          findings.error(Rule.DELETION_VECTORS, file.path("path").asText(), String.valueOf(e));
        }
      }
    }
  }

  private void once(long version, String path, List<JsonNode> actions) {
    for (JsonNode action : actions) {
      JsonNode id = action.path("commitInfo").path("txnId");
      Long earlier = id.isTextual() ? transactionIds.put(id.asText(), version) : null;
      if (earlier != null) {
        findings.error(
            Rule.COMMITTED_ONCE,
            path,
            "the transaction " + id.asText() + " is version " + earlier + " already");
      }
      if (action.hasNonNull("txn")) {
        JsonNode txn = action.get("txn");
        JsonNode before = state.transactions.get(txn.path("appId").asText());
        if (before != null && before.path("version").asLong() == txn.path("version").asLong()) {
          findings.error(
              Rule.COMMITTED_ONCE,
              path,
              "number "
                  + txn.path("version").asLong()
                  + " of the application "
                  + txn.path("appId").asText()
                  + " was committed before");
        }
      }
    }
  }

  private void files(String path, List<JsonNode> actions) {
    Set<FileId> removed = new HashSet<>();
    Set<FileId> added = new HashSet<>();
    for (JsonNode action : actions) {
      if (action.hasNonNull("remove")) {
        FileId key = FileId.of(action.get("remove"));
        removed.add(key);
        if (!state.live.containsKey(key)) {
          findings.error(
              Rule.REMOVES_MATCH, path, "removes what is not in the table before it: " + key);
        }
      }
    }
    Map<String, Integer> live = new HashMap<>();
    state.live.keySet().stream()
        .filter(key -> !removed.contains(key))
        .forEach(key -> live.merge(key.path(), 1, Integer::sum));
    for (JsonNode action : actions) {
      if (!action.hasNonNull("add")) {
        continue;
      }
      FileId key = FileId.of(action.get("add"));
      boolean again = state.live.containsKey(key) && !removed.contains(key);
      // Statistics and the like are given to a file by adding it again, without change of data.
      boolean refreshed = again && !action.get("add").path("dataChange").asBoolean(true);
      if (!added.add(key)) {
        findings.error(Rule.FILES_ADDED_ONCE, path, "adds a file twice: " + key);
      } else if (again && !refreshed) {
        findings.error(Rule.FILES_ADDED_ONCE, path, "adds what is in the table already: " + key);
      } else if (!again && live.containsKey(key.path())) {
        findings.error(
            Rule.FILES_ADDED_ONCE,
            path,
            "adds a file that is in the table with another deletion vector: " + key);
      }
    }
  }

  private void inCommitTimestamp(String path, List<JsonNode> actions) {
    if (!state.property("delta.enableInCommitTimestamps", "false").equals("true")) {
      return;
    }
    JsonNode stamp = actions.isEmpty() ? null : actions.get(0).path("commitInfo");
    if (stamp == null || !stamp.hasNonNull("inCommitTimestamp")) {
      findings.error(
          Rule.TIMESTAMPS_GROW, path, "the first action has no timestamp, as the table demands");
      return;
    }
    long millis = stamp.get("inCommitTimestamp").asLong();
    if (millis <= lastInCommit) {
      findings.error(
          Rule.TIMESTAMPS_GROW, path, "its timestamp is not behind that of the version before");
    }
    lastInCommit = millis;
  }

  // ---- what says the same in other words

  private void compactedAhead(long version) {
    boolean begins =
        log.compacted.values().stream()
            .flatMap(List::stream)
            .anyMatch(compacted -> compacted.from() == version);
    if (begins) {
      starts.put(version, state.copy());
    }
  }

  private void compare(long version) {
    for (List<String> paths : log.checkpoints.getOrDefault(version, List.of())) {
      ReplayedState other = new ReplayedState();
      try {
        other.apply(log.checkpoint(paths));
        differences(Rule.CHECKPOINTS_AGREE, paths.get(0), other);
        findings.checkpoints++;
      } catch (IOException e) {
        findings.error(Rule.CHECKPOINTS_AGREE, paths.get(0), "cannot be read: " + e.getMessage());
      }
    }
    for (LogListing.Compacted compacted : log.compacted.getOrDefault(version, List.of())) {
      ReplayedState other = starts.get(compacted.from());
      if (other != null) {
        other.apply(log.actions(compacted.path(), findings));
        differences(Rule.CHECKPOINTS_AGREE, compacted.path(), other);
        findings.checkpoints++;
      }
    }
    String checksum = log.checksums.get(version);
    if (checksum != null) {
      checksum(checksum);
    }
  }

  private void differences(Rule rule, String path, ReplayedState other) {
    List<String> differences = state.differences(other);
    differences.stream().limit(SHOWN).forEach(text -> findings.error(rule, path, "it " + text));
    if (differences.size() > SHOWN) {
      findings.error(rule, path, "and in " + (differences.size() - SHOWN) + " more things");
    }
  }

  private void checksum(String path) {
    JsonNode crc;
    try {
      crc = log.object(path);
    } catch (IOException e) {
      findings.warning(Rule.CHECKSUMS_AGREE, path, "cannot be read: " + e.getMessage());
      return;
    }
    findings.checksums++;
    number(path, crc, "numFiles", state.live.size());
    number(path, crc, "tableSizeBytes", state.bytes());
    long vectors = state.live.keySet().stream().filter(k -> !k.vector().isEmpty()).count();
    number(path, crc, "numDeletionVectorsOpt", vectors);
    long deleted =
        state.live.values().stream()
            .mapToLong(add -> add.path("deletionVector").path("cardinality").asLong())
            .sum();
    number(path, crc, "numDeletedRecordsOpt", deleted);
    if (!ReplayedState.sameProtocol(state.protocol, crc.get("protocol"))) {
      findings.error(Rule.CHECKSUMS_AGREE, path, "it has another protocol");
    }
    if (!ReplayedState.sameMetadata(state.metadata, crc.get("metadata"))) {
      findings.error(Rule.CHECKSUMS_AGREE, path, "it has other metadata");
    }
  }

  private void number(String path, JsonNode crc, String field, long expected) {
    if (crc.hasNonNull(field) && crc.get(field).asLong() != expected) {
      findings.error(
          Rule.CHECKSUMS_AGREE,
          path,
          "it says " + field + " " + crc.get(field).asLong() + ", the commits " + expected);
    }
  }

  private void lastCheckpoint() {
    try {
      long version = log.object(LogListing.LAST_CHECKPOINT).path("version").asLong(-1);
      if (!log.checkpoints.containsKey(version)) {
        findings.warning(
            Rule.CHECKPOINTS_AGREE,
            LogListing.LAST_CHECKPOINT,
            "names a checkpoint of version " + version + ", which is not there");
      }
    } catch (FileNotFoundException e) {
      // It is a hint; there need not be one.
    } catch (IOException e) {
      findings.warning(
          Rule.CHECKPOINTS_AGREE, LogListing.LAST_CHECKPOINT, "cannot be read: " + e.getMessage());
    }
  }
}
