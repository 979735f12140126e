package io.neuralake.it.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.neuralake.NeuralTable;
import io.neuralake.it.canonical.ScanContent;
import io.neuralake.read.HistoryEntry;
import io.neuralake.read.TableSnapshot;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What Spark and neuralake have to agree on, whoever wrote the table. */
final class Agreement {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Comparator<JsonNode> NEWEST_FIRST =
      Comparator.comparingLong((JsonNode row) -> row.get("version").asLong()).reversed();

  private final SparkProcess spark;

  Agreement(SparkProcess spark) {
    this.spark = spark;
  }

  /** The latest version and all before it have the same rows and columns for both. */
  void onAllVersions(NeuralTable table) {
    onLatest(table);
    for (long version = 0; version < table.version(); version++) {
      TableSnapshot snapshot = table.asOf(version);
      SparkAnswer then = spark.readVersion(table.location(), version);
      assertThat(ScanContent.of(snapshot.scan()))
          .as("version %d", version)
          .isEqualTo(then.content());
      assertThat(snapshot.count()).as("version %d", version).isEqualTo(then.content().count());
      assertThat(SparkSchema.of(snapshot.schema()))
          .as("version %d", version)
          .isEqualTo(SparkSchema.of(then.schemaJson()));
    }
  }

  /** The latest version has the same rows and columns for both. Returns what Spark sees. */
  SparkAnswer onLatest(NeuralTable table) {
    SparkAnswer latest = spark.read(table.location());
    assertThat(ScanContent.of(table.scan())).isEqualTo(latest.content());
    assertThat(table.count()).isEqualTo(latest.content().count());
    assertThat(SparkSchema.of(table.schema())).isEqualTo(SparkSchema.of(latest.schemaJson()));
    return latest;
  }

  /** Both tell the same of who did what and when. Returns it, newest first. */
  List<HistoryEntry> onHistory(NeuralTable table) {
    List<JsonNode> expected =
        json(spark.history(table.location())).stream().sorted(NEWEST_FIRST).toList();
    List<HistoryEntry> history = table.history(1000);
    assertThat(history).hasSameSizeAs(expected);
    for (int i = 0; i < history.size(); i++) {
      HistoryEntry ours = history.get(i);
      JsonNode theirs = expected.get(i);
      assertThat(ours.version()).isEqualTo(theirs.get("version").asLong());
      assertThat(ours.operation()).isEqualTo(theirs.get("operation").asText());
      assertThat(ours.timestamp()).isEqualTo(Instant.parse(theirs.get("timestamp").asText()));
      assertThat(ours.parameters()).isEqualTo(pairs(theirs.get("operationParameters")));
      assertThat(ours.metrics()).isEqualTo(pairs(theirs.get("operationMetrics")));
      assertThat(ours.isBlindAppend().orElse(null)).isEqualTo(bool(theirs.get("isBlindAppend")));
      assertThat(ours.engineInfo().orElse(null)).isEqualTo(text(theirs.get("engineInfo")));
      assertThat(ours.isolationLevel().orElse(null)).isEqualTo(text(theirs.get("isolationLevel")));
      assertThat(ours.userMetadata().orElse(null)).isEqualTo(text(theirs.get("userMetadata")));
    }
    return history;
  }

  /** The rows of an answer as JSON. */
  static List<JsonNode> json(SparkAnswer answer) {
    List<JsonNode> rows = new ArrayList<>();
    try {
      for (String row : answer.content().rows()) {
        rows.add(MAPPER.readTree(row));
      }
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }

  /** A map with textual keys and values that is in canonical form; null is an empty one. */
  static Map<String, String> pairs(JsonNode map) {
    Map<String, String> pairs = new HashMap<>();
    map.forEach(pair -> pairs.put(pair.get(0).asText(), pair.get(1).asText()));
    return pairs;
  }

  private static String text(JsonNode node) {
    return node.isNull() ? null : node.asText();
  }

  private static Boolean bool(JsonNode node) {
    return node.isNull() ? null : node.asBoolean();
  }
}
