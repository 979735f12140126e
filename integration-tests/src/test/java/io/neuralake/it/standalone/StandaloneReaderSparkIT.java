package io.neuralake.it.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.it.canonical.TableContent;
import io.neuralake.it.spark.SparkMadeTable;
import io.neuralake.it.spark.SparkMadeTables;
import io.neuralake.it.spark.SparkProcess;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two engines that share no code see the same rows, and write them in the same canonical form. */
@Tag("spark")
final class StandaloneReaderSparkIT {
  private final SparkProcess spark = SparkProcess.shared();
  private final StandaloneReader standalone = new StandaloneReader();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "empty",
        "partitioned",
        "types-without-features",
        "nested-types",
        "checkpointed",
        "overwritten-and-restored"
      })
  void standaloneSeesWhatSparkSees(String name) {
    SparkMadeTable table =
        SparkMadeTables.all().stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
    Path path = table.make(spark, folder);

    TableContent seenBySpark = spark.read(path.toString()).content();

    assertThat(standalone.read(path)).isEqualTo(seenBySpark);
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
