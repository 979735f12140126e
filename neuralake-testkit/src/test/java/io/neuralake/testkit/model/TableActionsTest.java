package io.neuralake.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.StructType;
import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.testkit.chaos.FaultPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.statistics.Statistics;

/** neuralake's tables are what their models say; and a table that is not is found out. */
class TableActionsTest {
  private static final AtomicInteger TABLES = new AtomicInteger();
  private static Path folder;
  private static NeuralLake lake;

  @BeforeContainer
  static void open() throws IOException {
    folder = Files.createTempDirectory("neuralake-model-");
    lake = NeuralLake.builder().build();
  }

  @AfterContainer
  static void close() throws IOException {
    lake.close();
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static NeuralTable newTable() {
    return lake.table(folder.resolve("t" + TABLES.incrementAndGet()));
  }

  private static ModelledTable create(StructType schema, boolean vectors) {
    return ModelledTable.create(
        newTable(),
        schema,
        Map.of(
            "delta.enableDeletionVectors",
            Boolean.toString(vectors),
            "delta.checkpointInterval",
            "3"));
  }

  @Provide
  Arbitrary<ActionChain<ModelledTable>> chains() {
    return TableArbitraries.schemas()
        .flatMap(
            schema ->
                TableActions.chain(() -> create(schema, schema.length() % 2 == 0))
                    .withMaxTransformations(8));
  }

  @Property(tries = 10)
  void tableIsItsModelInEveryVersion(@ForAll("chains") ActionChain<ModelledTable> chain) {
    ModelledTable state = chain.run();
    state.checkAllVersions();
    chain.transformations().forEach(Statistics.label("operation")::collect);
  }

  /** A write that the model does not know of is what a bug would be. */
  @Property(tries = 3)
  void aTableThatIsNotItsModelIsFoundOut(@ForAll("schemas") StructType schema) {
    ModelledTable state = create(schema, false);
    List<Map<String, Object>> batch = TableArbitraries.batches(schema).sample();
    state.table().append(batch).commit();
    assertThatThrownBy(state::check)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("has version 1, but must have 0");
    state.model().commitWithoutChange();
    assertThatThrownBy(state::check)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("does not hold what was written");
  }

  @Provide
  Arbitrary<StructType> schemas() {
    return TableArbitraries.schemas();
  }

  @Provide
  Arbitrary<FaultPlan> plans() {
    return TableArbitraries.faultPlans();
  }

  @Property(tries = 20)
  void faultPlansRepeat(@ForAll("plans") FaultPlan plan) {
    assertThat(plan.toString()).startsWith("FaultPlan.seeded(").contains("Trouble.LOSE_ANSWER");
  }
}
