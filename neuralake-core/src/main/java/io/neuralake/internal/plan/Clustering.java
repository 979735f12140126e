package io.neuralake.internal.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.neuralake.error.CorruptTableException;
import io.neuralake.internal.meta.ColumnPath;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The domain {@code delta.clustering} (Delta protocol, "Clustered Table"). */
final class Clustering {

  static final String DOMAIN = "delta.clustering";

  /** What the domain holds in a table that is clustered by nothing. */
  static final String NONE = "{\"clusteringColumns\":[],\"domainName\":\"delta.clustering\"}";

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Clustering() {}

  /** Physical paths of the columns by which a table is clustered; none without the domain. */
  static List<ColumnPath> columns(@Nullable String configuration, String table) {
    List<ColumnPath> columns = new ArrayList<>();
    if (configuration == null) {
      return columns;
    }
    try {
      for (JsonNode column : MAPPER.readTree(configuration).path("clusteringColumns")) {
        List<String> parts = new ArrayList<>();
        column.forEach(part -> parts.add(part.asText()));
        if (!parts.isEmpty()) {
          columns.add(new ColumnPath(parts));
        }
      }
      return columns;
    } catch (JsonProcessingException e) {
      throw new CorruptTableException(
          table + ": the domain delta.clustering does not hold JSON: " + e.getOriginalMessage(), e);
    }
  }
}
