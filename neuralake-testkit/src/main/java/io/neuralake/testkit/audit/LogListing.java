package io.neuralake.testkit.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.neuralake.testkit.audit.TableFiles.StoredFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What lies in a table's log, by kind, and how it is read. */
final class LogListing {
  static final String FOLDER = "_delta_log/";
  static final String LAST_CHECKPOINT = FOLDER + "_last_checkpoint";
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();
  private static final Pattern ENTRY =
      Pattern.compile(
          "_delta_log/(?<version>\\d{20})(?:"
              + "(?<commit>\\.json)|(?<crc>\\.crc)|\\.(?<to>\\d{20})\\.compacted\\.json"
              + "|\\.checkpoint(?:\\.(?<part>\\d{10})\\.(?<parts>\\d{10})\\.parquet"
              + "|(?<whole>\\.parquet)|\\.(?<unique>[0-9a-fA-F-]+)\\.(?:json|parquet)))");

  /**
   * A compacted commit.
   *
   * @param from its first version
   * @param path of the file
   */
  record Compacted(long from, String path) {}

  final TreeMap<Long, StoredFile> commits = new TreeMap<>();
  final TreeMap<Long, String> checksums = new TreeMap<>();

  /** By version, complete checkpoints, each with all its files. */
  final TreeMap<Long, List<List<String>>> checkpoints = new TreeMap<>();

  /** By their last version. */
  final TreeMap<Long, List<Compacted>> compacted = new TreeMap<>();

  private final TableFiles files;

  LogListing(TableFiles files, List<StoredFile> listed, Findings findings) {
    this.files = files;
    Map<String, List<String>> parts = new TreeMap<>();
    for (StoredFile file : listed) {
      Matcher name = ENTRY.matcher(file.path());
      if (!name.matches()) {
        continue;
      }
      long version = Long.parseLong(name.group("version"));
      if (name.group("commit") != null) {
        commits.put(version, file);
      } else if (name.group("crc") != null) {
        checksums.put(version, file.path());
      } else if (name.group("to") != null) {
        compacted
            .computeIfAbsent(Long.parseLong(name.group("to")), v -> new ArrayList<>())
            .add(new Compacted(version, file.path()));
      } else if (name.group("part") != null) {
        parts
            .computeIfAbsent(
                name.group("version") + "." + name.group("parts"), k -> new ArrayList<>())
            .add(file.path());
      } else {
        checkpoint(version).add(List.of(file.path()));
      }
    }
    parts.forEach(
        (set, found) -> {
          long version = Long.parseLong(set.substring(0, set.indexOf('.')));
          if (found.size() == Integer.parseInt(set.substring(set.indexOf('.') + 1))) {
            checkpoint(version).add(found);
          } else {
            findings.note(
                Rule.NO_LEFT_OVERS, found.get(0), "a checkpoint of which parts are missing");
          }
        });
  }

  private List<List<String>> checkpoint(long version) {
    return checkpoints.computeIfAbsent(version, v -> new ArrayList<>());
  }

  /** The actions of a commit or of a file like one; what cannot be read is a finding. */
  List<JsonNode> actions(String path, Findings findings) {
    List<JsonNode> actions = new ArrayList<>();
    try {
      String[] lines = new String(files.read(path), StandardCharsets.UTF_8).split("\n", -1);
      for (String line : lines) {
        if (!line.isBlank()) {
          actions.add(json(line));
        }
      }
      if (actions.isEmpty()) {
        findings.error(Rule.LOG_READABLE, path, "the commit is empty");
      }
    } catch (JsonProcessingException e) {
      findings.error(
          Rule.LOG_READABLE,
          path,
          "line " + (actions.size() + 1) + " is not a JSON object: a part of a commit is visible");
    } catch (IOException e) {
      findings.error(Rule.LOG_READABLE, path, "cannot be read: " + e.getMessage());
    }
    return actions;
  }

  /** One JSON object. */
  static JsonNode json(String text) throws JsonProcessingException {
    JsonNode node = JSON.readTree(text);
    if (node == null || !node.isObject()) {
      throw new BadJson("not an object");
    }
    return node;
  }

  private static final class BadJson extends JsonProcessingException {
    BadJson(String message) {
      super(message);
    }
  }

  /** All actions of a checkpoint, those of its sidecars too. */
  List<JsonNode> checkpoint(List<String> paths) throws IOException {
    List<JsonNode> actions = new ArrayList<>();
    for (String path : paths) {
      read(path, actions);
    }
    List<String> sidecars =
        actions.stream()
            .filter(action -> action.hasNonNull("sidecar"))
            .map(action -> LogPaths.decoded(action.get("sidecar").path("path").asText()))
            .toList();
    for (String sidecar : sidecars) {
      read(LogPaths.isAbsolute(sidecar) ? sidecar : FOLDER + "_sidecars/" + sidecar, actions);
    }
    return actions;
  }

  private void read(String path, List<JsonNode> actions) throws IOException {
    byte[] content = files.read(path);
    if (path.endsWith(".json")) {
      for (String line : new String(content, StandardCharsets.UTF_8).split("\n", -1)) {
        if (!line.isBlank()) {
          actions.add(json(line));
        }
      }
    } else {
      ParquetContent.rows(content, row -> actions.add(ParquetContent.json(row)));
    }
  }

  JsonNode object(String path) throws IOException {
    return json(new String(files.read(path), StandardCharsets.UTF_8));
  }
}
