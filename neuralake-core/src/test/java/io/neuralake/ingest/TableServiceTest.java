package io.neuralake.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.neuralake.MemoryLake;
import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.lock.InProcessLeases;
import io.neuralake.lock.Leases;
import io.neuralake.lock.LockMetrics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TableServiceTest {

  record Row(int number) {}

  private final MemoryLake.TestClock clock = new MemoryLake.TestClock();
  private final ManualTimer timer = new ManualTimer();
  private final ManualTimer renewals = new ManualTimer();
  private final InProcessLeases provider = new InProcessLeases();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private NeuralLake lake;
  private NeuralTable table;

  @BeforeEach
  void open(@TempDir Path folder) {
    lake = NeuralLake.builder().clock(clock).build();
    table = lake.table(folder.resolve("t"));
    table.create(Row.class).commit();
  }

  @AfterEach
  void close() {
    lake.close();
    timer.shutdownNow();
    renewals.shutdownNow();
  }

  private TableService.Builder service() {
    return TableService.of(table).scheduler(timer).meterRegistry(meters);
  }

  private Leases leases() {
    return new Leases(provider, clock, UUID::randomUUID, renewals, LockMetrics.none());
  }

  private void pass(Duration time) {
    clock.advance(time);
    timer.pass(time);
  }

  private void append(int commits) {
    for (int i = 0; i < commits; i++) {
      table.append(List.of(new Row(i))).commit();
    }
  }

  private static Health.Loop only(TableService service) {
    return service.health().loops().get(0);
  }

  @Test
  void compactsWhenItIsTimeOrThereAreManyNewFiles() {
    Compaction when = new Compaction(Duration.ofSeconds(300), 5, Duration.ofSeconds(10));
    try (TableService service = service().compact(when).start()) {
      append(3);
      pass(Duration.ofSeconds(10));
      assertThat(table.detail().files()).as("too early").isEqualTo(3);
      assertThat(meters.get("compaction.backlog.files").gauge().value()).isEqualTo(3);
      append(2);
      pass(Duration.ofSeconds(10));
      assertThat(table.detail().files()).as("many files").isEqualTo(1);
      append(1);
      pass(Duration.ofSeconds(10));
      assertThat(table.detail().files()).isEqualTo(2);
      pass(Duration.ofSeconds(290));
      long compacted = table.version();
      assertThat(table.history(1).get(0).operation()).isEqualTo("OPTIMIZE");
      assertThat(table.detail().files()).as("time").isEqualTo(1);
      pass(Duration.ofSeconds(300));
      pass(Duration.ofSeconds(300));
      assertThat(table.version()).as("nothing new, nothing to do").isEqualTo(compacted);
      assertThat(meters.get("compaction.duration").timer().count()).isEqualTo(2);
      assertThat(meters.get("compaction.files.removed").counter().count()).isEqualTo(7);
      assertThat(only(service).state()).isEqualTo(Health.State.WAITING);
      assertThat(service.health().ok()).isTrue();
    }
    assertThat(table.count()).isEqualTo(6);
  }

  @Test
  void vacuumsWhatNoVersionNeedsAnyMore() {
    append(3);
    table.optimize().run();
    try (TableService service = service().vacuum(Duration.ofHours(24), v -> v).start()) {
      pass(Duration.ofHours(1));
      assertThat(meters.get("vacuum.files.deleted").counter().count()).as("too young").isZero();
      pass(Duration.ofDays(400));
      assertThat(only(service).failures()).as(only(service).toString()).isZero();
      assertThat(meters.get("vacuum.duration").timer().count()).isEqualTo(2);
    }
    assertThat(table.count()).isEqualTo(3);
  }

  @Test
  void oneOfSeveralServicesWorksAndAnotherTakesOver() {
    Compaction when = new Compaction(Duration.ZERO, 1, Duration.ofSeconds(10));
    try (Leases leases = leases()) {
      TableService first = service().leases(leases).compact(when).start();
      TableService second = service().leases(leases).compact(when).start();
      append(2);
      pass(Duration.ofSeconds(10));
      assertThat(only(first).state()).isEqualTo(Health.State.WAITING);
      assertThat(only(second).state()).isEqualTo(Health.State.STANDBY);
      first.close();
      assertThat(only(first).state()).isEqualTo(Health.State.ENDED);
      append(2);
      pass(Duration.ofSeconds(10));
      assertThat(only(second).state()).isEqualTo(Health.State.WAITING);
      assertThat(table.detail().files()).isEqualTo(1);
      second.close();
      long version = table.version();
      append(2);
      pass(Duration.ofSeconds(100));
      assertThat(table.version()).as("all have ended").isEqualTo(version + 2);
    }
  }

  @Test
  void workThatFailsIsBegunAgainAfterGrowingPauses() {
    List<String> begun = new ArrayList<>();
    ServiceWork writer =
        run -> {
          begun.add("run");
          if (begun.size() < 5) {
            throw new IllegalStateException("no source");
          }
        };
    try (TableService service = service().work("writer", writer).start()) {
      pass(Duration.ZERO);
      List<Duration> pauses = new ArrayList<>();
      while (begun.size() < 5) {
        assertThat(only(service).state()).isEqualTo(Health.State.FAILING);
        assertThat(only(service).lastFailure()).get().asString().contains("no source");
        Duration pause = timer.delays().get(0);
        pauses.add(pause);
        if (begun.size() == 3) {
          assertThat(service.health().ok()).as("it keeps failing").isFalse();
        }
        pass(pause);
      }
      assertThat(pauses).extracting(Duration::toSeconds).containsExactly(1L, 2L, 4L, 8L);
      assertThat(only(service).state()).isEqualTo(Health.State.ENDED);
      assertThat(only(service).failures()).isZero();
      assertThat(meters.get("service.failures").tag("loop", "writer").counter().count())
          .isEqualTo(4);
      pass(Duration.ofHours(1));
      assertThat(begun).as("what has ended well is not repeated").hasSize(5);
    }
    assertThatThrownBy(() -> service().work("w", writer).work("w", writer))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("the service has a w already");
  }

  @Test
  void checkpointsAreWrittenWhenVersionsHaveComeWithoutThem(@TempDir Path folder) throws Exception {
    try (TableService service = service().checkpoint(Duration.ofMinutes(1), 4).start()) {
      append(3);
      pass(Duration.ofMinutes(1));
      assertThat(checkpoints()).isEmpty();
      append(2);
      pass(Duration.ofMinutes(1));
      assertThat(checkpoints()).containsExactly("00000000000000000005.checkpoint.parquet");
      append(3);
      pass(Duration.ofMinutes(1));
      assertThat(checkpoints()).hasSize(1);
    }
  }

  private List<String> checkpoints() throws Exception {
    Path log = Path.of(java.net.URI.create(table.location())).resolve("_delta_log");
    try (Stream<Path> files = Files.list(log)) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(f -> f.contains("checkpoint.p"))
          .toList();
    }
  }

  @Test
  void healthTellsOfATableThatIsGoneAndOfRowsThatWait() throws Exception {
    ManualTimer lingering = new ManualTimer();
    StreamWriter<Row> writer = StreamWriter.to(table).of(Row.class).scheduler(lingering).open();
    List<Health> seen = new ArrayList<>();
    List<TableService> services = new ArrayList<>();
    services.add(
        service()
            .work(
                "writer",
                run -> {
                  run.watch(writer);
                  writer.write(new Row(1));
                  clock.advance(Duration.ofSeconds(7));
                  seen.add(services.get(0).health());
                })
            .start());
    pass(Duration.ZERO);
    assertThat(seen).hasSize(1);
    assertThat(seen.get(0).lag()).isEqualTo(Duration.ofSeconds(7));
    assertThat(seen.get(0).ok()).isTrue();
    writer.close();
    services.get(0).close();
    try (TableService lost =
        TableService.of(lake.table(table.location() + "-gone")).scheduler(timer).start()) {
      assertThat(lost.health()).isEqualTo(new Health(false, false, Duration.ZERO, List.of()));
      assertThat(lost.health().ok()).isFalse();
    }
    lingering.shutdownNow();
  }
}
