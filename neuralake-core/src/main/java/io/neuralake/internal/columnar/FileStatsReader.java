package io.neuralake.internal.columnar;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the statistics of some columns from the JSON text of {@code add} actions (Delta protocol,
 * "Per-file Statistics"), whoever wrote them: what is missing, unknown or makes no sense is as if
 * it were not there. Upper bounds of timestamps include the microseconds that writers cut off. What
 * is not asked for is passed over unread. Not thread-safe.
 */
public final class FileStatsReader {
  private static final int MAX_CHARS = 16 << 20;
  private static final int MAX_DEPTH = 100;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(StatsValue.MAX_NUMBER_CHARS)
                  .build())
          .build();

  /** A leaf column that is asked for. */
  private record Leaf(List<String> path, StructField field) {}

  /** A field: a leaf by its place in {@link #leaves}, or a struct of fields. */
  private record Node(int leaf, @Nullable Map<String, Node> children) {}

  private final List<Leaf> leaves = new ArrayList<>();
  private final Map<String, Node> root;
  private final @Nullable Object[] min;
  private final @Nullable Object[] max;
  private final @Nullable Long[] nulls;
  private long numRecords;
  private boolean tightBounds;

  /**
   * A reader.
   *
   * @param physicalSchema the columns whose statistics are wanted, by their physical names
   */
  public FileStatsReader(StructType physicalSchema) {
    this.root = nodes(physicalSchema, List.of());
    this.min = new @Nullable Object[leaves.size()];
    this.max = new @Nullable Object[leaves.size()];
    this.nulls = new @Nullable Long[leaves.size()];
  }

  private Map<String, Node> nodes(StructType struct, List<String> parent) {
    Map<String, Node> nodes = new HashMap<>();
    for (StructField field : struct.fields()) {
      List<String> path = new ArrayList<>(parent);
      path.add(field.getName());
      if (field.getDataType() instanceof StructType inner) {
        nodes.put(field.getName(), new Node(-1, nodes(inner, path)));
      } else {
        nodes.put(field.getName(), new Node(leaves.size(), null));
        leaves.add(new Leaf(List.copyOf(path), field));
      }
    }
    return nodes;
  }

  /**
   * Reads the statistics of one file.
   *
   * @return null if the text is no JSON object with the number of records
   */
  public @Nullable FileStats read(@Nullable String json) {
    if (json == null || json.length() > MAX_CHARS) {
      return null;
    }
    Arrays.fill(min, null);
    Arrays.fill(max, null);
    Arrays.fill(nulls, null);
    numRecords = -1;
    tightBounds = true;
    try (JsonParser parser = FACTORY.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        parser.nextToken();
        member(name, parser);
      }
    } catch (JacksonException | NumberFormatException e) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return numRecords < 0 ? null : new FileStats(numRecords, tightBounds, columns());
  }

  private Map<List<String>, FileStats.Column> columns() {
    Map<List<String>, FileStats.Column> columns = new HashMap<>();
    for (int i = 0; i < min.length; i++) {
      if (min[i] != null || max[i] != null || nulls[i] != null) {
        columns.put(leaves.get(i).path(), new FileStats.Column(min[i], max[i], nulls[i]));
      }
    }
    return columns;
  }

  private void member(String name, JsonParser parser) throws IOException {
    switch (name) {
      case "numRecords" -> {
        Long records = StatsValue.count(parser);
        numRecords = records == null ? -1 : records;
      }
      case "tightBounds" -> tightBounds = !StatsValue.isFalse(parser);
      case "minValues" -> {
        Arrays.fill(min, null); // of a name that stands twice the last value counts
        fields(parser, root, Part.MIN);
      }
      case "maxValues" -> {
        Arrays.fill(max, null);
        fields(parser, root, Part.MAX);
      }
      case "nullCount" -> {
        Arrays.fill(nulls, null);
        fields(parser, root, Part.NULLS);
      }
      default -> {}
    }
    parser.skipChildren();
  }

  private enum Part {
    MIN,
    MAX,
    NULLS
  }

  private void fields(JsonParser parser, Map<String, Node> nodes, Part part) throws IOException {
    if (nodes.isEmpty() || parser.currentToken() != JsonToken.START_OBJECT) {
      return;
    }
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      Node node = nodes.get(name);
      parser.nextToken();
      if (node == null) {
        parser.skipChildren();
      } else if (node.children() != null) {
        fields(parser, node.children(), part);
        parser.skipChildren();
      } else {
        value(parser, node.leaf(), part);
        parser.skipChildren();
      }
    }
  }

  private void value(JsonParser parser, int leaf, Part part) throws IOException {
    StructField field = leaves.get(leaf).field();
    switch (part) {
      case MIN -> min[leaf] = StatsValue.lower(field, StatsValue.of(field.getDataType(), parser));
      case MAX -> max[leaf] = StatsValue.upper(field, StatsValue.of(field.getDataType(), parser));
      case NULLS -> nulls[leaf] = StatsValue.count(parser);
    }
  }
}
