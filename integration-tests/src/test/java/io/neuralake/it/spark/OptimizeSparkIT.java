package io.neuralake.it.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.it.canonical.ScanContent;
import io.neuralake.read.HistoryEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spark reads what we have optimized, and its own history of it looks like ours. */
@Tag("spark")
final class OptimizeSparkIT {
  private static final String PROPERTIES =
      " TBLPROPERTIES ('delta.enableDeletionVectors' = 'true', 'delta.enableRowTracking' = 'true',"
          + " 'delta.enableChangeDataFeed' = 'true', 'delta.columnMapping.mode' = 'name')";
  private static final String IDS =
      "SELECT id, _metadata.row_id, _metadata.row_commit_version FROM ";

  private final SparkProcess spark = SparkProcess.shared();
  private final NeuralLake lake = NeuralLake.builder().build();

  @TempDir Path folder;

  @AfterEach
  void close() {
    lake.close();
  }

  @Test
  void sparkReadsRowsIdsAndHistory() throws IOException {
    Path theirs = folder.resolve("theirs");
    spark.sql(
        "CREATE TABLE "
            + SharedTables.sql(theirs)
            + " (id BIGINT, p STRING, v INT, s STRING) USING delta PARTITIONED BY (p)"
            + PROPERTIES);
    spark.sql(
        "INSERT INTO "
            + SharedTables.sql(theirs)
            + " SELECT id, elt(cast(id % 3 + 1 AS INT), 'a', 'b c', null), nullif(cast(id % 10 AS"
            + " INT), 5), concat('s', id) FROM range(0, 60, 1, 3)");
    spark.sql("DELETE FROM " + SharedTables.sql(theirs) + " WHERE id % 5 = 2");
    NeuralTable packed = lake.table(SharedTables.copy(theirs, folder.resolve("packed")));
    NeuralTable sorted = lake.table(SharedTables.copy(theirs, folder.resolve("sorted")));
    var rows = spark.read(theirs.toString()).content();
    var ids = spark.sql(IDS + SharedTables.sql(theirs)).content();

    assertThat(packed.optimize().run().committed()).isTrue();
    assertThat(sorted.optimize().zOrderBy("v", "s").run().committed()).isTrue();
    spark.sql("OPTIMIZE " + SharedTables.sql(theirs));

    for (NeuralTable table : List.of(packed, sorted)) {
      assertThat(table.detail().files()).isEqualTo(3);
      assertThat(ScanContent.of(table.scan())).isEqualTo(rows);
      assertThat(spark.read(table.location()).content()).isEqualTo(rows);
      Path path = folder.resolve(table == packed ? "packed" : "sorted");
      assertThat(spark.sql(IDS + SharedTables.sql(path)).content()).isEqualTo(ids);
    }
    JsonNode their =
        Agreement.json(spark.history(theirs.toString())).stream()
            .filter(entry -> entry.get("operation").asText().equals("OPTIMIZE"))
            .findFirst()
            .orElseThrow();
    HistoryEntry our = packed.history(1).get(0);
    assertThat(our.operation()).isEqualTo(their.get("operation").asText());
    assertThat(our.parameters()).isEqualTo(Agreement.pairs(their.get("operationParameters")));
    Map<String, String> metrics = Agreement.pairs(their.get("operationMetrics"));
    assertThat(our.metrics().keySet()).isEqualTo(metrics.keySet());
    for (String same : List.of("numRemovedFiles", "numAddedFiles", "numDeletionVectorsRemoved")) {
      assertThat(our.metrics()).containsEntry(same, metrics.get(same));
    }
  }
}
