package io.neuralake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.ingest.StreamWriter;
import io.neuralake.internal.exec.Traced;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.MDC;

/** What Flight Recorder and the logging context are told of operations. */
class OperationEventsTest {

  record Row(int number) {}

  @Test
  void flightRecorderKeepsEachOperation(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("r.jfr");
    String location;
    try (Recording recording = new Recording();
        NeuralLake lake = NeuralLake.builder().build()) {
      recording.enable("io.neuralake.Operation").withThreshold(java.time.Duration.ZERO);
      recording.start();
      NeuralTable table = lake.table(folder.resolve("t"));
      location = table.location();
      table.create(Row.class).commit();
      table.append(List.of(new Row(1))).commit();
      try (StreamWriter<Row> writer = StreamWriter.to(table).of(Row.class).open()) {
        writer.write(new Row(2));
      }
      table.optimize().run();
      table.vacuum().run();
      recording.stop();
      recording.dump(file);
    }
    List<String> seen =
        RecordingFile.readAllEvents(file).stream()
            .filter(e -> location.equals(e.getString("table")))
            .map(
                e -> e.getString("operation") + " " + e.getLong("version") + e.getString("failure"))
            .toList();
    assertThat(seen)
        .containsExactlyInAnyOrder(
            "commit 0", "commit 1", "commit 2", "flush 2", "commit 3", "optimize 3", "vacuum -1");
  }

  @Test
  void theLoggingContextIsThatOfTheInnermostOperation() {
    MDC.put("table", "mine");
    try {
      Map<String, String> inner =
          Traced.call(
              "outer",
              "t",
              () ->
                  Traced.call(
                      "inner",
                      "t",
                      () -> {
                        Traced.version(7);
                        return MDC.getCopyOfContextMap();
                      },
                      r -> -1),
              r -> -1);
      assertThat(inner)
          .containsEntry("operation", "inner")
          .containsEntry("version", "7")
          .containsEntry("table", "t");
      assertThatThrownBy(
              () ->
                  Traced.call(
                      "outer",
                      "t",
                      () -> {
                        throw new IllegalStateException("no");
                      },
                      r -> -1))
          .hasMessage("no");
      assertThat(MDC.getCopyOfContextMap()).isEqualTo(Map.of("table", "mine"));
    } finally {
      MDC.clear();
    }
  }
}
