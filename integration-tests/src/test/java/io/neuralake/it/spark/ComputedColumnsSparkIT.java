package io.neuralake.it.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.DateType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampType;
import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.it.canonical.ScanContent;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Generated, default, identity and CHECK columns: tables of Spark are appended to by neuralake and
 * tables of neuralake by Spark, and both enforce the same.
 */
@SparkTest
final class ComputedColumnsSparkIT {
  private static final Instant AT = Instant.parse("2026-03-04T05:06:07Z");

  record Event(Instant at, String label) {}

  record Forged(long id, Instant at, String label) {}

  private final SparkProcess spark = SparkProcess.shared();
  private final NeuralLake lake = NeuralLake.builder().build();

  @TempDir Path folder;

  @AfterEach
  void close() {
    lake.close();
  }

  @Test
  void sparksTableIsAppendedByUsAndThenBySpark() {
    Path path = folder.resolve("spark");
    String table = SharedTables.sql(path);
    spark.sql(
        "CREATE TABLE "
            + table
            + " (id BIGINT GENERATED ALWAYS AS IDENTITY (START WITH 10 INCREMENT BY 5),"
            + " at TIMESTAMP, label STRING, n INT DEFAULT 7,"
            + " day DATE GENERATED ALWAYS AS (CAST(at AS DATE)),"
            + " low STRING GENERATED ALWAYS AS (lower(label)))"
            + " USING delta PARTITIONED BY (day)"
            + " TBLPROPERTIES ('delta.feature.allowColumnDefaults' = 'supported')");
    spark.sql("ALTER TABLE " + table + " ADD CONSTRAINT short CHECK (length(label) < 4)");
    spark.sql(
        "INSERT INTO " + table + " (at, label) VALUES (TIMESTAMP '2026-01-02 00:00:00', 'A')");

    NeuralTable ours = lake.table(path);
    ours.append(List.of(new Event(AT, "B"), new Event(AT, "C"))).commit();
    assertThatThrownBy(() -> ours.append(List.of(new Event(AT, "long"))).commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("breaks the constraint 'short'");
    assertThatThrownBy(() -> ours.append(List.of(new Forged(1, AT, "x"))).commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("identity column 'id'");
    spark.sql(
        "INSERT INTO " + table + " (at, label) VALUES (TIMESTAMP '2026-01-02 00:00:00', 'D')");
    ours.append(List.of(new Event(AT, "E"))).commit();

    assertThat(ScanContent.of(ours.scan())).isEqualTo(spark.read(path.toString()).content());
    // Spark's numbers rise and may leave gaps; ours follow its mark.
    assertThat(
            spark
                .sql(
                    "SELECT count(DISTINCT id) a, min(id) b, max(id % 5) c, sum(n) d,"
                        + " count_if(low = lower(label) AND day = CAST(at AS DATE)) e FROM "
                        + table)
                .content())
        .isEqualTo(spark.sql("SELECT 5L a, 10L b, 0L c, 35L d, 5L e").content());
    spark.sql("ALTER TABLE " + table + " ALTER COLUMN n SET DEFAULT 8");
    ours.append(List.of(new Event(AT, "F"))).commit();
    assertThat(spark.sql("SELECT n FROM " + table + " WHERE label = 'F'").content())
        .isEqualTo(spark.sql("SELECT 8 AS n").content());
  }

  @Test
  void ourTableIsAppendedBySparkWhichEnforcesItsRules() {
    Path path = folder.resolve("ours");
    String table = SharedTables.sql(path);
    NeuralTable ours = lake.table(path);
    ours.create(
            new StructType()
                .add("id", LongType.LONG)
                .add("at", TimestampType.TIMESTAMP)
                .add("label", StringType.STRING)
                .add("n", IntegerType.INTEGER)
                .add("day", DateType.DATE))
        .identityColumn("id", 1, 1)
        .generatedColumn("day", "CAST(at AS DATE)")
        .defaultValue("n", "7")
        .partitionedBy("day")
        .commit();
    ours.append(List.of(new Event(AT, "A"), new Event(AT, "B"))).commit();
    ours.alter().addConstraint("short", "length(label) < 4").commit();

    spark.sql(
        "INSERT INTO " + table + " (at, label) VALUES (TIMESTAMP '2026-01-02 00:00:00', 'C')");
    assertThatThrownBy(
            () ->
                spark.sql(
                    "INSERT INTO "
                        + table
                        + " (at, label) VALUES (TIMESTAMP '2026-01-02 00:00:00', 'long')"))
        .isInstanceOf(SparkFailure.class)
        .hasMessageContaining("short");
    assertThatThrownBy(
            () ->
                spark.sql(
                    "INSERT INTO "
                        + table
                        + " (at, label, day) VALUES (TIMESTAMP '2026-01-02 00:00:00', 'x',"
                        + " DATE '2020-01-01')"))
        .isInstanceOf(SparkFailure.class)
        .hasMessageContaining("day");
    ours.append(List.of(new Event(AT, "D"))).commit();

    assertThat(ScanContent.of(ours.scan())).isEqualTo(spark.read(path.toString()).content());
    assertThat(
            spark.sql("SELECT count(DISTINCT id) a, min(id) b, sum(n) c FROM " + table).content())
        .isEqualTo(spark.sql("SELECT 4L a, 1L b, 28L c").content());
    spark.sql("ALTER TABLE " + table + " DROP CONSTRAINT short");
    ours.append(List.of(new Event(AT, "long"))).commit();
  }
}
