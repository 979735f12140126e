package io.neuralake.internal.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.neuralake.error.CorruptTableException;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.meta.TableProtocol;
import io.neuralake.internal.store.FileStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one commit file as a stream of lines; a line that is too long or not JSON is an error. */
final class CommitReader {

  private final String table;
  private final boolean withFiles;

  private @Nullable CommitInfo info;
  private @Nullable TableProtocol protocol;
  private @Nullable TableMetadata metadata;
  private final Map<String, Action.SetTransaction> transactions = new LinkedHashMap<>();
  private final Map<String, @Nullable String> domains = new LinkedHashMap<>();
  private final List<Action.Add> adds = new ArrayList<>();
  private final List<CommitContent.Removed> removes = new ArrayList<>();
  private final List<DataFile> changes = new ArrayList<>();

  private CommitReader(String table, boolean withFiles) {
    this.table = table;
    this.withFiles = withFiles;
  }

  /**
   * Reads a commit.
   *
   * @param withFiles whether adds and removes are wanted; they are skipped cheaply otherwise
   * @param onlyInfo stop after the provenance, wherever it stands
   * @throws java.io.FileNotFoundException if the version does not exist
   */
  static CommitContent read(
      FileStore store, String table, long version, boolean withFiles, boolean onlyInfo)
      throws IOException {
    CommitReader reader = new CommitReader(table, withFiles);
    try (JsonLines lines = new JsonLines(store.open(LogPaths.commit(table, version), -1), -1)) {
      while (lines.next() && !(onlyInfo && reader.info != null)) {
        reader.line(lines);
      }
    }
    return new CommitContent(
        version,
        reader.info,
        reader.protocol,
        reader.metadata,
        reader.transactions,
        reader.domains,
        reader.adds,
        reader.removes,
        reader.changes);
  }

  private void line(JsonLines lines) throws IOException {
    if (!withFiles && isFileAction(lines)) {
      return;
    }
    try {
      JsonNode line = CommitJson.MAPPER.readTree(lines.buffer(), lines.start(), lines.length());
      if (!line.isObject()) {
        throw lines.damaged("it is not a JSON object", null);
      }
      action(line);
    } catch (JsonProcessingException | RuntimeException e) {
      if (e instanceof CorruptTableException corrupt) {
        throw corrupt;
      }
      throw lines.damaged(String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
    }
  }

  private static boolean isFileAction(JsonLines line) {
    return line.startsWith("{\"add\":")
        || line.startsWith("{\"remove\":")
        || line.startsWith("{\"cdc\":");
  }

  private void action(JsonNode line) {
    if (line.path("commitInfo").isObject()) {
      info = CommitInfo.fromJson(line.get("commitInfo"));
    } else if (line.path("protocol").isObject()) {
      protocol = TableProtocol.fromJson(line.get("protocol"), table);
    } else if (line.path("metaData").isObject()) {
      metadata = TableMetadata.fromJson(line.get("metaData"), table);
    } else if (line.path("txn").isObject()) {
      JsonNode txn = line.get("txn");
      String appId = txn.path("appId").asText();
      JsonNode updated = txn.path("lastUpdated");
      transactions.put(
          appId,
          new Action.SetTransaction(
              appId,
              txn.path("version").asLong(),
              updated.isIntegralNumber() ? updated.longValue() : null));
    } else if (line.path("domainMetadata").isObject()) {
      JsonNode domain = line.get("domainMetadata");
      domains.put(
          domain.path("domain").asText(),
          domain.path("removed").asBoolean() ? null : domain.path("configuration").asText());
    } else if (withFiles && line.path("add").isObject()) {
      JsonNode add = line.get("add");
      adds.add(new Action.Add(file(add), add.path("dataChange").asBoolean(true)));
    } else if (withFiles && line.path("remove").isObject()) {
      JsonNode remove = line.get("remove");
      removes.add(
          new CommitContent.Removed(file(remove), remove.path("dataChange").asBoolean(true)));
    } else if (withFiles && line.path("cdc").isObject()) {
      changes.add(file(line.get("cdc")));
    }
  }

  private DataFile file(JsonNode json) {
    JsonNode stats = json.path("stats");
    return new DataFile(
        DataPaths.qualify(table, json.path("path").asText()),
        strings(json.path("partitionValues")),
        json.path("size").asLong(),
        json.path("modificationTime").asLong(),
        stats.isTextual() ? stats.textValue() : null,
        json.path("deletionVector").isObject()
            ? DeletionVector.fromJson(json.get("deletionVector"))
            : null,
        json.path("tags").isObject() ? strings(json.get("tags")) : null,
        longOrNull(json.path("baseRowId")),
        longOrNull(json.path("defaultRowCommitVersion")));
  }

  private static Map<String, @Nullable String> strings(JsonNode json) {
    Map<String, @Nullable String> strings = new LinkedHashMap<>();
    json.properties()
        .forEach(
            e -> strings.put(e.getKey(), e.getValue().isNull() ? null : e.getValue().asText()));
    return strings;
  }

  private static @Nullable Long longOrNull(JsonNode json) {
    return json.isIntegralNumber() ? (Long) json.longValue() : null;
  }
}
