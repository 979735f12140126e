package io.neuralake.internal.log;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import io.neuralake.internal.store.FileStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes one file that stands for several commits (Delta protocol, "Log Compaction Files"): of each
 * file, application, domain the newest action, its line as it is, and no provenance. All removes
 * stay, because they undo what older versions added. Not thread-safe.
 */
final class CompactedCommits {

  /** A larger one would hardly save its readers anything. */
  private static final int MOST_BYTES = 32 << 20;

  private final String table;
  private final FileStore store;
  private final FileKeys files = new FileKeys();
  private final Set<String> others = new HashSet<>();
  private final FileKey key;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private record Line(JsonNode json, byte[] bytes) {}

  CompactedCommits(TableLog log) {
    this.table = log.table();
    this.store = log.store();
    this.key = new FileKey(table);
  }

  /** Writes the file; false if it is there already, or would be too large. */
  boolean write(long first, long last) throws IOException {
    for (long version = last; version >= first; version--) {
      List<Line> lines = lines(version);
      // Within a commit actions have no order, so removes count before adds.
      for (Line line : lines) {
        keepIf(line.json().has("remove") && isNew(line.json().get("remove")), line);
      }
      for (Line line : lines) {
        keepIf(line.json().has("add") && isNew(line.json().get("add")), line);
        String identity = identity(line.json());
        keepIf(identity != null && others.add(identity), line);
      }
      if (out.size() > MOST_BYTES) {
        return false;
      }
    }
    try {
      store.writeIfAbsent(LogPaths.compacted(table, first, last), out.toByteArray());
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  private List<Line> lines(long version) throws IOException {
    String location = LogPaths.commit(table, version);
    byte[] commit = store.read(location, MOST_BYTES);
    List<Line> found = new ArrayList<>();
    try (JsonLines lines = new JsonLines(new LogFiles.Content(location, commit), commit.length)) {
      while (lines.next()) {
        byte[] bytes =
            Arrays.copyOfRange(lines.buffer(), lines.start(), lines.start() + lines.length());
        try {
          found.add(new Line(CommitJson.MAPPER.readTree(bytes), bytes));
        } catch (JacksonException e) {
          throw lines.damaged(e.getOriginalMessage(), e);
        }
      }
    }
    return found;
  }

  private void keepIf(boolean kept, Line line) {
    if (kept) {
      out.writeBytes(line.bytes());
      out.write('\n');
    }
  }

  private boolean isNew(JsonNode file) {
    JsonNode vector = file.path("deletionVector");
    key.set(
        file.path("path").asText(),
        vector.isObject()
            ? new DeletionVector(
                vector.path("storageType").asText(),
                vector.path("pathOrInlineDv").asText(),
                vector.hasNonNull("offset") ? vector.get("offset").asInt() : null,
                vector.path("sizeInBytes").asInt(),
                vector.path("cardinality").asLong())
            : null);
    return files.add(key);
  }

  /** What a newer action replaces, null if the line is none that counts. */
  private static @Nullable String identity(JsonNode line) {
    if (line.has("txn")) {
      return "txn " + line.get("txn").path("appId").asText();
    } else if (line.has("domainMetadata")) {
      return "domain " + line.get("domainMetadata").path("domain").asText();
    } else if (line.has("protocol")) {
      return "protocol";
    }
    return line.has("metaData") ? "metaData" : null;
  }
}
