package io.neuralake.internal.log;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The provenance of a commit (Delta protocol, "Commit Provenance Information"); names as Spark
 * writes them.
 *
 * @param timestamp milliseconds since the epoch, by the writer's clock
 * @param inCommitTimestamp milliseconds since the epoch, null unless the table enables them
 * @param operation such as {@code WRITE}
 * @param parameters each value is JSON text, as Spark writes them
 * @param metrics operation metrics
 * @param userMetadata free text of the caller
 * @param tags names and values of the caller's choice
 * @param engineInfo who wrote it
 * @param txnId the commit's own identity
 * @param readVersion the version that the operation was planned on
 * @param isolationLevel such as {@code WriteSerializable}
 * @param isBlindAppend whether the operation read nothing
 */
public record CommitInfo(
    long timestamp,
    @Nullable Long inCommitTimestamp,
    @Nullable String operation,
    Map<String, String> parameters,
    Map<String, String> metrics,
    @Nullable String userMetadata,
    Map<String, String> tags,
    @Nullable String engineInfo,
    @Nullable String txnId,
    @Nullable Long readVersion,
    @Nullable String isolationLevel,
    @Nullable Boolean isBlindAppend) {

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    // In-commit timestamps must be found without reading on: first field of the first action.
    if (inCommitTimestamp != null) {
      json.put("inCommitTimestamp", inCommitTimestamp);
    }
    json.put("timestamp", timestamp);
    json.put("operation", operation);
    json.set("operationParameters", strings(parameters));
    if (readVersion != null) {
      json.put("readVersion", readVersion);
    }
    json.put("isolationLevel", isolationLevel);
    json.put("isBlindAppend", isBlindAppend);
    json.set("operationMetrics", strings(metrics));
    if (userMetadata != null) {
      json.put("userMetadata", userMetadata);
    }
    if (!tags.isEmpty()) {
      json.set("tags", strings(tags));
    }
    json.put("engineInfo", engineInfo);
    json.put("txnId", txnId);
    return json;
  }

  static CommitInfo fromJson(JsonNode json) {
    return new CommitInfo(
        json.path("timestamp").asLong(0),
        json.path("inCommitTimestamp").isIntegralNumber()
            ? json.path("inCommitTimestamp").longValue()
            : null,
        text(json, "operation"),
        stringsOf(json.path("operationParameters")),
        stringsOf(json.path("operationMetrics")),
        text(json, "userMetadata"),
        stringsOf(json.path("tags")),
        text(json, "engineInfo"),
        text(json, "txnId"),
        json.path("readVersion").isIntegralNumber() ? json.path("readVersion").longValue() : null,
        text(json, "isolationLevel"),
        json.path("isBlindAppend").isBoolean() ? json.path("isBlindAppend").booleanValue() : null);
  }

  private static ObjectNode strings(Map<String, String> map) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    map.forEach(json::put);
    return json;
  }

  private static Map<String, String> stringsOf(JsonNode json) {
    Map<String, String> map = new LinkedHashMap<>();
    json.properties()
        .forEach(
            e ->
                map.put(
                    e.getKey(),
                    e.getValue().isTextual() ? e.getValue().textValue() : e.getValue().toString()));
    return map;
  }

  private static @Nullable String text(JsonNode json, String field) {
    JsonNode value = json.path(field);
    return value.isTextual() ? value.textValue() : null;
  }
}
