package io.neuralake.testkit.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What commits make of a table, by the rules of the protocol and nothing else. */
final class ReplayedState {

  /**
   * Names a file with its deletion vector.
   *
   * @param path decoded and normal
   * @param vector the vector's unique id; empty without
   */
  record FileId(String path, String vector) {
    static FileId of(JsonNode action) {
      return new FileId(
          LogPaths.decoded(action.path("path").asText()), vectorId(action.path("deletionVector")));
    }

    private static String vectorId(JsonNode vector) {
      if (!vector.isObject()) {
        return "";
      }
      String id = vector.path("storageType").asText() + vector.path("pathOrInlineDv").asText();
      return vector.hasNonNull("offset") ? id + "@" + vector.path("offset").asInt() : id;
    }

    @Override
    public String toString() {
      return vector.isEmpty() ? path : path + " with vector " + vector;
    }
  }

  @Nullable JsonNode protocol;
  @Nullable JsonNode metadata;
  final Map<FileId, JsonNode> live = new LinkedHashMap<>();
  final Map<FileId, JsonNode> removed = new LinkedHashMap<>();
  final Map<String, JsonNode> transactions = new TreeMap<>();
  final Map<String, JsonNode> domains = new TreeMap<>();

  ReplayedState() {}

  ReplayedState copy() {
    ReplayedState copy = new ReplayedState();
    copy.protocol = protocol;
    copy.metadata = metadata;
    copy.live.putAll(live);
    copy.removed.putAll(removed);
    copy.transactions.putAll(transactions);
    copy.domains.putAll(domains);
    return copy;
  }

  /** Takes in the actions of a commit, of a compacted one, or of a checkpoint. */
  void apply(List<JsonNode> actions) {
    for (JsonNode action : actions) {
      if (action.hasNonNull("remove")) {
        FileId key = FileId.of(action.get("remove"));
        live.remove(key);
        removed.put(key, action.get("remove"));
      } else if (action.hasNonNull("protocol")) {
        protocol = action.get("protocol");
      } else if (action.hasNonNull("metaData")) {
        metadata = action.get("metaData");
      } else if (action.hasNonNull("txn")) {
        transactions.put(action.get("txn").path("appId").asText(), action.get("txn"));
      } else if (action.hasNonNull("domainMetadata")) {
        JsonNode domain = action.get("domainMetadata");
        domains.put(domain.path("domain").asText(), domain);
      }
    }
    // A commit is a set: a file that changes its vector is removed and added by the same commit.
    for (JsonNode action : actions) {
      if (action.hasNonNull("add")) {
        FileId key = FileId.of(action.get("add"));
        removed.remove(key);
        live.put(key, action.get("add"));
      }
    }
  }

  String property(String name, String otherwise) {
    return metadata == null
        ? otherwise
        : metadata.path("configuration").path(name).asText(otherwise);
  }

  long bytes() {
    return live.values().stream().mapToLong(add -> add.path("size").asLong()).sum();
  }

  /** In what another account of the same version differs from this one, in words. */
  List<String> differences(ReplayedState other) {
    List<String> found = new ArrayList<>();
    missing(live, other.live, "does not have the file ", found);
    missing(other.live, live, "has a file that is not in the table, ", found);
    live.forEach(
        (key, add) -> {
          JsonNode there = other.live.get(key);
          if (there != null && there.path("size").asLong() != add.path("size").asLong()) {
            found.add("has another size of the file " + key);
          }
          if (there != null
              && !text(there.path("partitionValues")).equals(text(add.path("partitionValues")))) {
            found.add("has other partition values of the file " + key);
          }
        });
    other.removed.keySet().stream()
        .filter(live::containsKey)
        .forEach(key -> found.add("says that a file is removed that is not, " + key));
    if (!sameProtocol(protocol, other.protocol)) {
      found.add("has another protocol");
    }
    if (!sameMetadata(metadata, other.metadata)) {
      found.add("has other metadata");
    }
    transactions.forEach(
        (app, txn) -> {
          JsonNode there = other.transactions.get(app);
          if (there != null && there.path("version").asLong() != txn.path("version").asLong()) {
            found.add("has another version of the application " + app);
          }
        });
    return found;
  }

  private static void missing(
      Map<FileId, JsonNode> here, Map<FileId, JsonNode> there, String what, List<String> found) {
    here.keySet().stream().filter(k -> !there.containsKey(k)).forEach(k -> found.add(what + k));
  }

  /** The order of fields, and null beside absent, mean nothing. */
  private static String text(JsonNode node) {
    Map<String, String> sorted = new TreeMap<>();
    node.properties().forEach(f -> sorted.put(f.getKey(), f.getValue().asText()));
    return sorted.toString();
  }

  static boolean sameProtocol(@Nullable JsonNode a, @Nullable JsonNode b) {
    if (a == null || b == null) {
      return a == null && b == null;
    }
    return a.path("minReaderVersion").asInt() == b.path("minReaderVersion").asInt()
        && a.path("minWriterVersion").asInt() == b.path("minWriterVersion").asInt()
        && names(a.path("readerFeatures")).equals(names(b.path("readerFeatures")))
        && names(a.path("writerFeatures")).equals(names(b.path("writerFeatures")));
  }

  static boolean sameMetadata(@Nullable JsonNode a, @Nullable JsonNode b) {
    if (a == null || b == null) {
      return a == null && b == null;
    }
    return a.path("id").asText().equals(b.path("id").asText())
        && a.path("schemaString").asText().equals(b.path("schemaString").asText())
        && a.path("partitionColumns").toString().equals(b.path("partitionColumns").toString())
        && text(a.path("configuration")).equals(text(b.path("configuration")));
  }

  private static List<String> names(JsonNode array) {
    List<String> names = new ArrayList<>();
    array.forEach(name -> names.add(name.asText()));
    names.sort(null);
    return names;
  }
}
