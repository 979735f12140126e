package io.neuralake.internal.log;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * The descriptor of a deletion vector (Delta protocol, "Deletion Vector Descriptor Schema").
 *
 * @param storageType {@code u} (relative, by UUID), {@code p} (absolute path) or {@code i} (inline)
 * @param pathOrInlineDv where, or what, by the storage type
 * @param offset where it begins in its file, null for inline ones
 * @param sizeInBytes serialized size
 * @param cardinality number of deleted rows
 */
public record DeletionVector(
    String storageType,
    String pathOrInlineDv,
    @Nullable Integer offset,
    int sizeInBytes,
    long cardinality)
    implements Serializable {

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("storageType", storageType).put("pathOrInlineDv", pathOrInlineDv);
    if (offset != null) {
      json.put("offset", offset);
    }
    return json.put("sizeInBytes", sizeInBytes).put("cardinality", cardinality);
  }

  static DeletionVector fromJson(JsonNode json) {
    JsonNode offset = json.path("offset");
    return new DeletionVector(
        json.required("storageType").asText(),
        json.required("pathOrInlineDv").asText(),
        offset.isIntegralNumber() ? (Integer) offset.intValue() : null,
        json.required("sizeInBytes").intValue(),
        json.required("cardinality").longValue());
  }

  /** Identifies the vector, as part of a logical file's key. */
  String uniqueId() {
    return offset == null
        ? storageType + pathOrInlineDv
        : storageType + pathOrInlineDv + "@" + offset;
  }
}
