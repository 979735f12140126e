package io.neuralake.it.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.it.canonical.TableContent;
import io.neuralake.it.spark.SharedTables;
import io.neuralake.it.spark.SparkMadeTable;
import io.neuralake.it.spark.SparkMadeTables;
import io.neuralake.it.spark.SparkProcess;
import io.neuralake.it.spark.SparkTest;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two engines that share no code see the same rows, and write them in the same canonical form. */
@SparkTest
final class StandaloneReaderSparkIT {
  private final SparkProcess spark = SparkProcess.shared();
  private final StandaloneReader standalone = new StandaloneReader();

  /** Columns that Standalone cannot decode are left out: see {@link StandaloneReader}. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "empty | id, g, name",
        "partitioned | id, g, name",
        "types-without-features | i8, i16, i32, i64, f32, f64, dec38, s, bin, d",
        "nested-types | id, s, l, ll, m, ml",
        "checkpointed | id, g, name",
        "overwritten-and-restored | id, g, name",
      })
  void standaloneSeesWhatSparkSees(String name, String columns) {
    SparkMadeTable table =
        SparkMadeTables.all().stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
    Path path = SharedTables.path(table);

    TableContent seenBySpark =
        spark.sql("SELECT " + columns + " FROM delta.`" + path + "`").content();

    assertThat(standalone.read(path, columns.split(", "))).isEqualTo(seenBySpark);
    assertThat(standalone.readVersion(path, 0).count()).isZero();
    assertThat(standalone.schemaJson(path)).isEqualTo(spark.read(path.toString()).schemaJson());
    assertThat(standalone.files(path)).hasSize(files(path));
    assertThat(standalone.latestVersion(path))
        .isEqualTo(spark.history(path.toString()).content().count() - 1);
  }

  private int files(Path path) {
    String detail = spark.detail(path.toString()).content().rows().get(0);
    return Integer.parseInt(detail.replaceAll(".*\"numFiles\":(\\d+).*", "$1"));
  }
}
