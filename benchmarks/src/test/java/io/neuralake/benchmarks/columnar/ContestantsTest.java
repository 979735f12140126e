package io.neuralake.benchmarks.columnar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.NeuralLake;
import io.neuralake.read.Scan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContestantsTest {
  private static final int ROWS = 5_001;
  private static final int FILES = 2_500;

  private static final Map<String, List<Work>> WORKS =
      Map.of(
          "neuralake",
          List.of(
              Work.SCAN_ALL,
              Work.SCAN_THREE,
              Work.READ_RECORDS,
              Work.READ_AVRO,
              Work.WRITE,
              Work.COPY),
          "kernel",
          List.of(Work.SCAN_ALL, Work.SCAN_THREE),
          "parquet-avro",
          List.of(Work.READ_AVRO, Work.SCAN_THREE),
          "duckdb",
          List.of(Work.SCAN_ALL, Work.SCAN_THREE, Work.AGGREGATE, Work.WRITE));

  @TempDir Path folder;

  @Test
  void everyContestantHandlesEveryRowEachTime() throws Exception {
    Dataset dataset = new Dataset(folder, ROWS);
    dataset.prepare(FILES);
    for (var works : WORKS.entrySet()) {
      try (SideBySide threads = new SideBySide(2);
          Contestant contestant = Worker.contestant(works.getKey(), dataset, threads)) {
        for (Work work : works.getValue()) {
          assertThat(contestant.run(work)).as(works.getKey() + " " + work).isEqualTo(ROWS);
          assertThat(contestant.run(work)).as(works.getKey() + " " + work).isEqualTo(ROWS);
        }
      }
    }
    for (String name : List.of("neuralake", "kernel")) {
      try (SideBySide threads = new SideBySide(2);
          Contestant contestant = Worker.contestant(name, dataset, threads)) {
        assertThat(contestant.run(Work.LIST_FILES)).isEqualTo(FILES);
        assertThat(contestant.run(Work.LIST_FILES_OF_COMMITS)).isEqualTo(FILES);
        assertThatThrownBy(() -> contestant.run(Work.AGGREGATE))
            .isInstanceOf(UnsupportedOperationException.class)
            .hasMessageContaining("has no sums over 10 columns");
      }
    }
  }

  @Test
  void sharesOfAScanFollowTheBordersOfFilesSoThatNoRowIsLookedAt() throws Exception {
    Dataset dataset = new Dataset(folder, ROWS);
    dataset.prepare(FILES);
    for (Path file : dataset.files()) {
      Files.delete(file); // what is counted now is counted from the log
    }
    try (NeuralLake lake = NeuralLake.builder().build()) {
      List<Scan> shares = NeuralLakeContestant.shares(lake.table(dataset.signals()), 2);
      assertThat(shares).extracting(Scan::count).containsExactly(2_500L, 2_501L);
    }
  }

  @Test
  void arrowBytesAndHeapBytesOfAScanAreCounted() throws Exception {
    Dataset dataset = new Dataset(folder, ROWS);
    dataset.prepare(FILES);
    try (SideBySide threads = new SideBySide(2);
        Contestant contestant = Worker.contestant("neuralake", dataset, threads)) {
      contestant.run(Work.SCAN_ALL);
      assertThat(contestant.arrowBytes() / ROWS).isBetween(70L, 200L);
      assertThat(threads.takeAllocated()).isPositive();
      assertThat(threads.takeAllocated()).isZero();
    }
  }
}
