package io.neuralake.it.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.neuralake.it.canonical.TableContent;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SparkTest
final class SparkProcessSparkIT {
  private final ObjectMapper json = new ObjectMapper();
  private final SparkProcess spark = SparkProcess.shared();

  @TempDir Path folder;

  @Test
  void valuesArriveInCanonicalForm() {
    SparkAnswer answer =
        spark.sql(
            "SELECT 1Y AS i8, 9223372036854775807 AS i64, 0.1D AS f64, CAST('NaN' AS FLOAT) AS f32,"
                + " CAST(1 AS DECIMAL(10,3)) AS dec, 'é\"' AS s, X'0AFF' AS bin, true AS b,"
                + " DATE'2024-02-29' AS d, TIMESTAMP'2024-02-29 12:00:00.5 +02:00' AS ts,"
                + " TIMESTAMP_NTZ'2024-02-29 12:00:00' AS ntz, named_struct('x', 1, 'y', NULL) AS"
                + " st, array(1, NULL) AS l, map('z', 1, 'a', 2) AS m");

    assertThat(answer.content().rows())
        .containsExactly(
            "{\"i8\":1,\"i64\":9223372036854775807,\"f64\":\"0.1\",\"f32\":\"NaN\","
                + "\"dec\":\"1.000\",\"s\":\"é\\\"\",\"bin\":\"0aff\",\"b\":true,"
                + "\"d\":\"2024-02-29\",\"ts\":\"2024-02-29T10:00:00.500000Z\","
                + "\"ntz\":\"2024-02-29T12:00:00.000000\",\"st\":{\"x\":1,\"y\":null},"
                + "\"l\":[1,null],\"m\":[[\"a\",2],[\"z\",1]]}");
    assertThat(answer.schemaJson()).contains("\"name\":\"dec\",\"type\":\"decimal(10,3)\"");
  }

  @Test
  void hashAndCountCoverAllRowsInAnyOrder() {
    List<String> lines = LongStream.range(0, 20_000).mapToObj(i -> "{\"id\":" + i + "}").toList();

    SparkAnswer answer = spark.sql("SELECT id FROM range(20000) ORDER BY id DESC");

    assertThat(answer.content().rows()).hasSize(TableContent.MAX_ROWS);
    assertThat(answer.content()).isEqualTo(TableContent.of(lines));
  }

  @Test
  void versionsTimesAndChangesAreReadable() throws JsonProcessingException {
    String path = folder.resolve("t").toString();
    String table = "delta.`" + path + "`";
    spark.sql(
        "CREATE TABLE "
            + table
            + " (id INT) USING delta TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true')");
    spark.sql("INSERT INTO " + table + " VALUES (1), (2)");
    spark.sql("DELETE FROM " + table + " WHERE id = 1");

    assertThat(spark.read(path).content().rows()).containsExactly("{\"id\":2}");
    assertThat(spark.readVersion(path, 1).content().rows())
        .containsExactly("{\"id\":1}", "{\"id\":2}");
    assertThat(spark.readVersion(path, 0).content().count()).isZero();
    assertThat(spark.readChanges(path, 1, 2).content().rows())
        .hasSize(3)
        .anyMatch(row -> row.startsWith("{\"id\":1,\"_change_type\":\"delete\""));
    assertThat(spark.history(path).content().count()).isEqualTo(3);
    assertThat(spark.detail(path).content().rows().get(0)).contains("\"changeDataFeed\"");

    JsonNode second = json.readTree(spark.history(path).content().rows().get(1));
    assertThat(second.get("version").asLong()).isEqualTo(1);
    assertThat(spark.readTimestamp(path, second.get("timestamp").asText()).content().count())
        .isEqualTo(2);
  }

  @Test
  void errorsOfSparkAreThrownWithTheirClassAndTheNextRequestIsAnswered() {
    String missing = folder.resolve("missing").toString();

    SparkFailure failure = catchThrowableOfType(SparkFailure.class, () -> spark.read(missing));

    assertThat(failure).hasMessageContaining("PATH_NOT_FOUND").hasMessageContaining(missing);
    assertThat(failure.errorClass()).isEqualTo("org.apache.spark.sql.AnalysisException");
    assertThatThrownBy(() -> spark.sql("SELEC")).hasMessageContaining("PARSE_SYNTAX_ERROR");
    assertThat(spark.sql("SELECT 1 AS one").content().rows()).containsExactly("{\"one\":1}");
  }

  @Test
  void closedProcessRefusesRequests() {
    SparkProcess own = SparkProcess.start();
    own.close();

    assertThatThrownBy(() -> own.sql("SELECT 1")).hasMessageContaining("Spark has ended");
  }
}
