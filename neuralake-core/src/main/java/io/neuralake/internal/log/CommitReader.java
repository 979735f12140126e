package io.neuralake.internal.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.neuralake.error.CorruptTableException;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.meta.TableProtocol;
import io.neuralake.internal.store.FileStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one commit file as a stream of lines; a line that is too long or not JSON is an error. */
final class CommitReader {

  /** Far above any real action; bounds what a damaged file can make us hold. */
  private static final int MAX_LINE_CHARS = 64 << 20;

  private final String table;
  private final long version;

  private @Nullable CommitInfo info;
  private @Nullable TableProtocol protocol;
  private @Nullable TableMetadata metadata;
  private final Map<String, Action.SetTransaction> transactions = new LinkedHashMap<>();
  private final Map<String, @Nullable String> domains = new LinkedHashMap<>();
  private final List<Action.Add> adds = new ArrayList<>();
  private final List<CommitContent.Removed> removes = new ArrayList<>();

  private CommitReader(String table, long version) {
    this.table = table;
    this.version = version;
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
    CommitReader reader = new CommitReader(table, version);
    String location = LogPaths.commit(table, version);
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new WindowedStream(store.open(location, -1), -1, whole -> {}),
                StandardCharsets.UTF_8))) {
      StringBuilder buffer = new StringBuilder(4096);
      for (int number = 1; readLine(lines, buffer, location); number++) {
        reader.line(buffer, number, withFiles);
        if (onlyInfo && reader.info != null) {
          break;
        }
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
        reader.removes);
  }

  private static boolean readLine(BufferedReader in, StringBuilder buffer, String location)
      throws IOException {
    buffer.setLength(0);
    int c = in.read();
    if (c < 0) {
      return false;
    }
    while (c >= 0 && c != '\n') {
      if (buffer.length() >= MAX_LINE_CHARS) {
        throw new CorruptTableException(
            location + ": a line is longer than " + MAX_LINE_CHARS + " characters.");
      }
      buffer.append((char) c);
      c = in.read();
    }
    return true;
  }

  private void line(StringBuilder text, int number, boolean withFiles) {
    if (!withFiles && isFileAction(text)) {
      return;
    }
    String json = text.toString();
    if (json.isBlank()) {
      return;
    }
    try {
      JsonNode line = CommitJson.MAPPER.readTree(json);
      if (!line.isObject()) {
        throw damaged(number, "it is not a JSON object", null);
      }
      action(line, withFiles);
    } catch (JsonProcessingException | RuntimeException e) {
      if (e instanceof CorruptTableException corrupt) {
        throw corrupt;
      }
      throw damaged(number, String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
    }
  }

  private CorruptTableException damaged(int number, String why, @Nullable Throwable cause) {
    return new CorruptTableException(
        LogPaths.commit(table, version)
            + ": line "
            + number
            + " is not a valid action: "
            + why
            + ". Restore the file, or read an older version.",
        cause);
  }

  private static boolean isFileAction(StringBuilder text) {
    return startsWith(text, "{\"add\":")
        || startsWith(text, "{\"remove\":")
        || startsWith(text, "{\"cdc\":");
  }

  private static boolean startsWith(StringBuilder text, String prefix) {
    return text.length() >= prefix.length()
        && prefix.contentEquals(text.subSequence(0, prefix.length()));
  }

  private void action(JsonNode line, boolean withFiles) {
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
      adds.add(add(line.get("add")));
    } else if (withFiles && line.path("remove").isObject()) {
      JsonNode remove = line.get("remove");
      removes.add(
          new CommitContent.Removed(
              DataPaths.qualify(table, remove.path("path").asText()),
              remove.path("dataChange").asBoolean(true)));
    }
  }

  private Action.Add add(JsonNode add) {
    Map<String, @Nullable String> partition = new LinkedHashMap<>();
    add.path("partitionValues")
        .properties()
        .forEach(
            e -> partition.put(e.getKey(), e.getValue().isNull() ? null : e.getValue().asText()));
    JsonNode stats = add.path("stats");
    DataFile file =
        new DataFile(
            DataPaths.qualify(table, add.path("path").asText()),
            partition,
            add.path("size").asLong(),
            add.path("modificationTime").asLong(),
            stats.isTextual() ? stats.textValue() : null,
            null,
            null,
            null,
            null);
    return new Action.Add(file, add.path("dataChange").asBoolean(true));
  }
}
