package io.neuralake.it.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The tables of {@link SparkMadeTables} are what they claim to be, and Kernel and Spark agree on
 * their size.
 */
@SparkTest
final class SparkMadeTablesSparkIT {
  private final SparkProcess spark = SparkProcess.shared();
  private final KernelRows kernel = new KernelRows();

  static List<SparkMadeTable> tables() {
    return SparkMadeTables.all();
  }

  @ParameterizedTest
  @MethodSource("tables")
  void kernelAndSparkSeeTheSameNumberOfRows(SparkMadeTable table) throws IOException {
    String path = SharedTables.path(table).toString();

    assertThat(features(path)).containsAll(table.features());
    assertThat(spark.read(path).content().count()).as("rows in Spark").isEqualTo(table.rows());
    if (!table.features().contains("variantType")) { // Kernel's default engine cannot read it
      assertThat(kernel.count(path)).as("rows in Kernel").isEqualTo(table.rows());
    }
  }

  /** The features of a table, also where its protocol version implies them. */
  private Set<String> features(String path) throws IOException {
    JsonNode detail = new ObjectMapper().readTree(spark.detail(path).content().rows().get(0));
    Set<String> features = new TreeSet<>();
    detail.get("tableFeatures").forEach(feature -> features.add(feature.asText()));
    return features;
  }
}
