package io.neuralake.internal.log;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.meta.TableProtocol;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One line of a commit (Delta protocol, "Actions"). */
public sealed interface Action {

  /** The name under which the action stands in its line. */
  String key();

  /** The action's body. */
  ObjectNode body();

  /** A data file that becomes live. */
  record Add(DataFile file, boolean dataChange) implements Action {
    @Override
    public String key() {
      return "add";
    }

    @Override
    public ObjectNode body() {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("path", DataPaths.written(file.path()));
      json.set("partitionValues", stringMap(file.partitionValues()));
      json.put("size", file.size());
      json.put("modificationTime", file.modificationTime());
      json.put("dataChange", dataChange);
      putIfPresent(json, "stats", file.stats());
      putDetails(json, file);
      return json;
    }
  }

  /** A data file that stops being live. */
  record Remove(DataFile file, long deletionTimestamp, boolean dataChange) implements Action {
    @Override
    public String key() {
      return "remove";
    }

    @Override
    public ObjectNode body() {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("path", DataPaths.written(file.path()));
      json.put("deletionTimestamp", deletionTimestamp);
      json.put("dataChange", dataChange);
      json.put("extendedFileMetadata", true);
      json.set("partitionValues", stringMap(file.partitionValues()));
      json.put("size", file.size());
      putDetails(json, file);
      return json;
    }
  }

  /** A file of row changes (Delta protocol, "Add CDC File"); of no snapshot. */
  record Cdc(DataFile file) implements Action {
    @Override
    public String key() {
      return "cdc";
    }

    @Override
    public ObjectNode body() {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("path", file.path());
      json.set("partitionValues", stringMap(file.partitionValues()));
      json.put("size", file.size());
      json.put("dataChange", false);
      return json;
    }
  }

  /** The schema, partitioning and properties from this version on. */
  record Metadata(TableMetadata metadata) implements Action {
    @Override
    public String key() {
      return "metaData";
    }

    @Override
    public ObjectNode body() {
      return metadata.toJson();
    }
  }

  /** What readers and writers must support from this version on. */
  record Protocol(TableProtocol protocol) implements Action {
    @Override
    public String key() {
      return "protocol";
    }

    @Override
    public ObjectNode body() {
      return protocol.toJson();
    }
  }

  /**
   * Progress of an application, for idempotent writes.
   *
   * @param lastUpdated milliseconds since the epoch, null if the writer did not say
   */
  record SetTransaction(String appId, long version, @Nullable Long lastUpdated) implements Action {
    @Override
    public String key() {
      return "txn";
    }

    @Override
    public ObjectNode body() {
      ObjectNode json =
          JsonNodeFactory.instance.objectNode().put("appId", appId).put("version", version);
      return lastUpdated == null ? json : json.put("lastUpdated", lastUpdated);
    }
  }

  /** Configuration of a named domain. */
  record DomainMetadata(String domain, String configuration, boolean removed) implements Action {
    @Override
    public String key() {
      return "domainMetadata";
    }

    @Override
    public ObjectNode body() {
      return JsonNodeFactory.instance
          .objectNode()
          .put("domain", domain)
          .put("configuration", configuration)
          .put("removed", removed);
    }
  }

  private static void putDetails(ObjectNode json, DataFile file) {
    if (file.deletionVector() != null) {
      json.set("deletionVector", file.deletionVector().toJson());
    }
    if (file.tags() != null) {
      json.set("tags", stringMap(file.tags()));
    }
    if (file.baseRowId() != null) {
      json.put("baseRowId", file.baseRowId());
    }
    if (file.defaultRowCommitVersion() != null) {
      json.put("defaultRowCommitVersion", file.defaultRowCommitVersion());
    }
  }

  private static void putIfPresent(ObjectNode json, String key, @Nullable String value) {
    if (value != null) {
      json.put(key, value);
    }
  }

  private static ObjectNode stringMap(Map<String, @Nullable String> map) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    map.forEach(json::put);
    return json;
  }
}
