package io.neuralake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.lock.CommitFiles;
import io.neuralake.lock.InProcessLeases;
import io.neuralake.lock.Lease;
import io.neuralake.lock.Leases;
import io.neuralake.lock.LockMetrics;
import io.neuralake.lock.LockProvider;
import io.neuralake.lock.LockProviders;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a registry is told of commits and leases, and tables that name their elector. */
class LocksTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  record Row(int id) {}

  private Map<String, Long> counts() {
    Map<String, Long> counts = new TreeMap<>();
    for (Meter meter : registry.getMeters()) {
      String tags =
          meter.getId().getTags().stream().map(t -> " " + t.getValue()).reduce("", String::concat);
      meter
          .measure()
          .iterator()
          .forEachRemaining(
              m -> {
                if (m.getStatistic().name().equals("COUNT")) {
                  counts.put(
                      meter.getId().getName().replace("neuralake.", "") + tags,
                      (long) m.getValue());
                }
              });
    }
    return counts;
  }

  @Test
  void attemptsRetriesAndRecoveriesAreCounted(@TempDir Path folder) {
    LockProvider recovering =
        new LockProvider() {
          private boolean left = true;

          @Override
          public String name() {
            return "test";
          }

          @Override
          public void commit(CommitFiles log, long version, byte[] content) throws IOException {
            LockProviders.local().commit(log, version, content);
          }

          @Override
          public boolean recover(CommitFiles log) {
            boolean now = left;
            left = false;
            return now;
          }
        };
    try (NeuralLake ours = NeuralLake.builder().lock(recovering).meterRegistry(registry).build();
        NeuralLake others = NeuralLake.builder().build()) {
      NeuralTable table = ours.table(folder.resolve("t"));
      NeuralTable same = others.table(folder.resolve("t"));
      table.create(Row.class).commit();
      same.append(List.of(new Row(1))).commit();
      table.append(List.of(new Row(2))).commit(); // moved onto the other
      same.append(List.of(new Row(3))).commit();
      same.alter().setProperty("delta.appendOnly", "false").commit();
      table.append(List.of(new Row(4))).commit(); // planned again
    }
    assertThat(counts())
        .containsEntry("commit.elector test won", 3L)
        .containsEntry("commit.elector test taken", 2L)
        .containsEntry("commit.retries rebased", 1L)
        .containsEntry("commit.retries metadata", 1L)
        .containsEntry("commit.recoveries test", 1L)
        .hasSize(5);
  }

  @Test
  void leasesAreCounted() throws IOException {
    try (Leases leases =
        new Leases(
            new InProcessLeases(),
            Clock.systemUTC(),
            UUID::randomUUID,
            null,
            LockMetrics.in(registry))) {
      Lease lease = leases.tryAcquire("t", "x", Duration.ofMinutes(1), () -> {}).orElseThrow();
      assertThat(leases.tryAcquire("t", "x", Duration.ofMinutes(1), () -> {})).isEmpty();
      lease.close();
    }
    assertThat(counts()).isEqualTo(Map.of("lease.acquire true", 1L, "lease.acquire false", 1L));
  }

  @Test
  void aTableCanSayWhichElectorItsCommitsGoThrough(@TempDir Path folder) {
    try (NeuralLake byScheme = NeuralLake.builder().build();
        NeuralLake byMutex = NeuralLake.builder().lock(LockProviders.inProcess()).build()) {
      NeuralTable table = byScheme.table(folder.resolve("t"));
      NeuralTable same = byMutex.table(folder.resolve("t"));
      String property = "neuralake.lockProvider";
      assertThatThrownBy(() -> same.create(Row.class).property(property, "local").commit())
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("go through lock provider local, but this lake uses in-process.");
      table.create(Row.class).property(property, "local").commit();
      table.append(List.of(new Row(1))).commit();
      assertThatThrownBy(() -> same.append(List.of(new Row(2))).commit())
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("NEURALAKE_LOCK_PROVIDER; nothing was committed");
      // Moved to the other: whoever still commits the old way is refused, even if it has not
      // looked.
      table.alter().setProperty(property, "in-process").commit();
      same.append(List.of(new Row(3))).commit();
      assertThatThrownBy(() -> table.append(List.of(new Row(4))).commit())
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("go through lock provider in-process, but this lake uses local.");
      assertThat(table.version()).isEqualTo(3);
    }
  }
}
