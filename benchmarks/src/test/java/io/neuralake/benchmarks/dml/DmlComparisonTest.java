package io.neuralake.benchmarks.dml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.write.CommitResult;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DmlComparisonTest {
  @TempDir Path folder;

  private static Options options(String... args) {
    return Options.parse(args, Path.of("o"), Path.of("s"));
  }

  @Test
  void optionsAreRead() {
    assertThat(options("--quick", "--no-spark").rows()).isEqualTo(500_000);
    assertThat(options("--repetitions", "5").repetitions()).isEqualTo(5);
    assertThatThrownBy(() -> options("--fast"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Unknown option --fast");
  }

  @Test
  void eachWorkChangesWhatItSays() throws IOException {
    try (NeuralLake lake = NeuralLake.builder().build()) {
      Tables tables = new Tables(new Options(20_000, 1, false, folder, folder), lake);
      tables.prepare();
      for (Work work : Work.values()) {
        for (boolean vectors : new boolean[] {false, true}) {
          NeuralTable table = lake.table(tables.fresh(vectors));
          CommitResult.Changes changes = work.ours(lake, tables, table).changes();
          boolean merge = work == Work.MERGE_SCATTERED || work == Work.MERGE_ONE_FILE;
          assertThat(changes.rowsAdded()).isEqualTo(merge ? 100 : 0);
          assertThat(changes.rowsUpdated() + changes.rowsDeleted()).isEqualTo(merge ? 100 : 200);
          assertThat(changes.filesRemoved() + changes.filesMarked())
              .isEqualTo(work == Work.MERGE_ONE_FILE ? 1 : 20);
        }
      }
    }
  }
}
